//! One value of every stored type and variant, with invented content.

use std::sync::Arc;

use copilot_core::ids::{CaseKey, MessageKey, OperationId};
use copilot_core::journal::Record;
use copilot_core::model::{
    Action, ActionKind, Answer, BackedUp, Backup, CaseState, Data, Draft, FileBytes, Intention, RealCase,
    RealMessage, Role, Stage, Stamp, Turn,
};
use copilot_core::operation::{Acknowledged, End, FirstAttempt, OperationKind, PendingOperation};
use copilot_core::request::Job;
use copilot_core::view::{Attachment, CachedMessage};
use copilot_core::{Failure, FailureClass, Millis, Rejection, ServerTime, Transient, Wall};

use crate::support::real;

type Named<T> = Vec<(&'static str, T)>;

const NOW: Wall = Wall(1_795_348_800_000);

fn op() -> OperationId {
    "0b9d2f7c-41aa-4c0e-9d65-3b8e72f1c0da".parse().unwrap()
}

fn case() -> CaseKey {
    "opt_case_1795348800000_17".parse().unwrap()
}

fn message(number: u64) -> MessageKey {
    format!("opt_msg_1795348800000_{number}").parse().unwrap()
}

fn stamp() -> Stamp {
    Stamp { wall: NOW, tie: 7 }
}

fn operation(kind: OperationKind) -> Record {
    Record::Operation(Arc::new(PendingOperation { id: op(), case: case(), order: 3, created: NOW, kind }))
}

fn submit(turn: Turn) -> Record {
    operation(OperationKind::SubmitTurn { question: message(18), answer: message(19), turn: Arc::new(turn) })
}

fn with(data: Data) -> Record {
    submit(Turn { text: "What changed?".into(), data: Some(data), intention: None })
}

fn intends(intention: Intention) -> Record {
    submit(Turn { text: "It is solved.".into(), data: None, intention: Some(intention) })
}

fn file(bytes: &[u8]) -> Data {
    let (name, media_type) = ("checkout.log".into(), "text/plain".into());
    Data::File { name, media_type, bytes: FileBytes::new(bytes) }
}

fn actions() -> Vec<Action> {
    let kinds = [
        (ActionKind::Decide, "Start it", Some("Yes, start it"), Some(r#"{"type":"confirmation"}"#)),
        (ActionKind::Run, "List endpoints", Some("kubectl get endpoints"), None),
        (ActionKind::Evidence, "Ingress log", None, None),
        (ActionKind::FreeSpeech, "Tell me more", None, None),
        (ActionKind::Unknown, "Something newer", None, None),
    ];
    let action = |(kind, label, payload, intent): (_, &str, Option<&str>, Option<&str>)| Action {
        kind,
        label: label.into(),
        payload: payload.map(Into::into),
        intent: intent.map(Into::into),
    };
    kinds.map(action).to_vec()
}

fn acknowledged(with: Acknowledged) -> Record {
    Record::Acknowledged { op: op(), with }
}

fn ended(end: End) -> Record {
    Record::Ended { op: op(), end }
}

fn backup(what: BackedUp) -> Record {
    Record::Backup(Arc::new(Backup { id: op(), case: Some(case()), at: NOW, what }))
}

pub(crate) fn records() -> Named<Record> {
    let answer = Answer { text: "Look at the **pool**.".into(), turn: Some(4), actions: actions() };
    let failure = Failure::of(FailureClass::Rejected(Rejection::Quota));
    let move_to = |from, to| Intention::StatusTransition { from, to };
    let draft = Draft { text: "half a".into(), data: vec![Data::Paste { text: "ERROR".into() }], caret: 6 };
    let nothing = Draft::default();
    vec![
        (
            "operation: create a case",
            operation(OperationKind::CreateCase { name: "Chat-2026-11-22 12:00".into() }),
        ),
        ("operation: say something", submit(Turn::say("p99 is up \"again\"\nsince 09:10"))),
        ("operation: say something with pasted text", with(Data::Paste { text: "09:10 ERROR".into() })),
        ("operation: say something with a text file", with(file(b"09:10 ERROR"))),
        ("operation: say something with a binary file", with(file(&[0xff, 0x00, 0x80]))),
        (
            "operation: say something with a page",
            with(Data::Page {
                url: "https://status.example/".into(),
                title: "Status".into(),
                text: "Down".into(),
            }),
        ),
        ("operation: move a case", intends(move_to(CaseState::Investigating, CaseState::Resolved))),
        (
            "operation: move a case to a state of a newer server",
            intends(move_to(CaseState::Inquiry, CaseState::Other("on_hold".into()))),
        ),
        ("operation: answer a question", intends(Intention::Suggested(r#"{"type":"confirmation"}"#.into()))),
        (
            "operation: rename",
            operation(OperationKind::Rename { title: "Mine".into(), base: Some("Theirs".into()) }),
        ),
        (
            "operation: rename what had no title",
            operation(OperationKind::Rename { title: "Mine".into(), base: None }),
        ),
        (
            "operation: have a case named",
            operation(OperationKind::GenerateTitle { base: Some("Case-261122-1".into()) }),
        ),
        ("operation: delete", operation(OperationKind::Delete)),
        ("attempt", Record::Attempt { op: op(), first: FirstAttempt { at: NOW, known_turn: 3 } }),
        ("acknowledged: working", acknowledged(Acknowledged::Working(Job("/turns/jobs/job_91ce".into())))),
        ("acknowledged: answered", acknowledged(Acknowledged::Answered(answer))),
        (
            "acknowledged: answered without a number",
            acknowledged(Acknowledged::Answered(Answer {
                text: "Ok".into(),
                turn: None,
                actions: Vec::new(),
            })),
        ),
        ("acknowledged: committed", acknowledged(Acknowledged::Committed)),
        ("failed", Record::Failed { op: op(), failure, at: NOW }),
        ("stopped", Record::Stopped { op: op() }),
        ("resumed", Record::Resumed { op: op(), anyway: false }),
        ("resumed in spite of a failed one", Record::Resumed { op: op(), anyway: true }),
        ("rebased", Record::Rebased { op: op(), base: Some("Theirs".into()) }),
        ("rebased on nothing", Record::Rebased { op: op(), base: None }),
        ("discarding", Record::Discarding { op: op(), until: NOW }),
        ("kept", Record::Kept { op: op() }),
        ("ended: completed", ended(End::Completed)),
        ("ended: cancelled", ended(End::Cancelled)),
        ("ended: discarded", ended(End::Discarded)),
        ("ended: superseded", ended(End::Superseded)),
        ("ended: refused", ended(End::Refused)),
        ("link", Record::Link { case: case(), real: real("c-1"), name: "Chat-2026-11-22 12:00".into() }),
        ("deleted", Record::Deleted { real: real("c-1") }),
        (
            "draft",
            Record::Draft {
                case: Some(CaseKey::of_server(&real("c-1"))),
                draft: draft.clone(),
                stamp: stamp(),
            },
        ),
        ("draft of no case, empty", Record::Draft { case: None, draft: nothing, stamp: stamp() }),
        ("pin", Record::Pin { case: case(), pinned: true, stamp: stamp() }),
        ("seen", Record::Seen { case: case(), turn: 3 }),
        ("gate", Record::Gate { at: NOW, until: NOW + Millis::seconds(60) }),
        ("backup: title", backup(BackedUp::Title("Mine".into()))),
        ("backup: message", backup(BackedUp::Message(Arc::new(Turn::say("p99 is up"))))),
        ("backup: draft", backup(BackedUp::Draft(draft))),
        ("backup gone", Record::BackupGone { id: op() }),
    ]
}

pub(crate) fn failures() -> Named<Failure> {
    let rejected = |rejection| Failure::of(FailureClass::Rejected(rejection));
    let transient = |transient| Failure::of(FailureClass::Transient(transient));
    let last = Box::new(FailureClass::Transient(Transient::ServerProblem));
    vec![
        ("offline", Failure::of(FailureClass::Offline)),
        ("captive portal", Failure::of(FailureClass::CaptivePortal)),
        (
            "busy, with everything that a failure can say",
            Failure {
                class: FailureClass::Transient(Transient::Busy),
                status: Some(429),
                retry_after: Some(Millis(60_000)),
                message: Some("Too many requests".into()),
                request_id: Some("req-7".into()),
            },
        ),
        ("server problem", transient(Transient::ServerProblem)),
        ("once", transient(Transient::Once)),
        ("uncertain", Failure::of(FailureClass::Uncertain)),
        ("token refused", Failure::of(FailureClass::TokenRefused)),
        ("session expired", Failure::of(FailureClass::SessionExpired)),
        ("conflict", Failure::of(FailureClass::Conflict)),
        ("in progress", Failure::of(FailureClass::InProgress)),
        ("committed", Failure::of(FailureClass::Committed)),
        ("refused", rejected(Rejection::Refused)),
        ("quota", rejected(Rejection::Quota)),
        ("daily limit", rejected(Rejection::DailyLimit)),
        ("forbidden", rejected(Rejection::Forbidden)),
        ("case gone", rejected(Rejection::CaseGone)),
        ("case terminal", rejected(Rejection::CaseTerminal)),
        ("key reused", rejected(Rejection::KeyReused)),
        ("unexplained", rejected(Rejection::Unexplained)),
        ("too large", rejected(Rejection::TooLarge)),
        ("unsupported type", rejected(Rejection::UnsupportedType)),
        ("invalid", rejected(Rejection::Invalid { field: Some("title".into()) })),
        ("invalid, no field named", rejected(Rejection::Invalid { field: None })),
        ("other dialect", rejected(Rejection::OtherDialect)),
        ("provider", rejected(Rejection::Provider)),
        ("tries used up", rejected(Rejection::TriesUsedUp { tries: 5, last })),
    ]
}

pub(crate) fn cases() -> Named<RealCase> {
    let full = RealCase {
        id: real("c41e7d92"),
        title: Some("Checkout 503 after node drain".into()),
        state: CaseState::Investigating,
        stage: Some(Stage::Diagnosis),
        valid_next: vec![CaseState::Resolved, CaseState::Closed],
        milestones: Some(2),
        current_turn: 3,
        created: ServerTime(1_795_348_800_000),
        last_activity: ServerTime(1_795_348_860_000),
        gone: false,
    };
    let bare = RealCase {
        title: None,
        state: CaseState::Other("on_hold".into()),
        stage: Some(Stage::Other("review".into())),
        valid_next: Vec::new(),
        milestones: None,
        gone: true,
        ..full.clone()
    };
    vec![("case", full), ("case of a newer server that is gone", bare)]
}

pub(crate) fn cached_messages() -> Named<CachedMessage> {
    let message = |role, text: &str| RealMessage {
        id: real("m-5"),
        role,
        text: text.into(),
        turn: Some(3),
        created: ServerTime(1_795_348_800_000),
    };
    let plain = |key, message| CachedMessage {
        key,
        message,
        arrival: 4,
        sent: None,
        attachment: None,
        actions: Vec::new(),
    };
    let attachment =
        Attachment { name: Some("checkout.log".into()), bytes: 11, preview: "09:10 ERROR".into() };
    let theirs = MessageKey::of_server(&real("m-5"));
    vec![
        (
            "message of the person, said here",
            CachedMessage {
                sent: Some(NOW),
                attachment: Some(attachment),
                ..plain(self::message(18), message(Role::User, "What changed?"))
            },
        ),
        (
            "message of the assistant, with suggestions",
            CachedMessage {
                actions: actions(),
                ..plain(self::message(19), message(Role::Assistant, "Look."))
            },
        ),
        (
            "message that is a notice, without a turn",
            plain(theirs, RealMessage { turn: None, ..message(Role::System, "Investigation started") }),
        ),
    ]
}
