//! Rows as values: read when they are drawn, made of confirmed state and operations.

use std::sync::Arc;

use crate::core::Core;
use crate::failure::{Failure, FailureClass};
use crate::ids::{CaseKey, MessageKey};
use crate::ledger::{Entry, Stage};
use crate::model::{Data, Draft, Role, Turn};
use crate::operation::{Acknowledged, OperationKind, Wait};
use crate::outbox::{Live, Phase};
use crate::time::{Millis, Mono};
use crate::view::{
    AccountStatus, Attachment, CachedMessage, CaseRow, Delivery, Group, LinkStatus, MessageRow,
    Status, Thinking,
};

/// Lines of an attachment that a preview shows (ux §4).
const PREVIEW_LINES: usize = 3;
/// Longest preview in characters: lines of logs can be very long.
const PREVIEW_CHARS: usize = 400;
/// Time without progress before a follower says that another window sends (ux §5, state 9).
const OTHER_WINDOW_AFTER: Millis = Millis::seconds(2);

/// Whether the person's retry, of the unchanged message, can work.
pub(crate) fn retry_helps(failure: &Failure) -> bool {
    match &failure.class {
        FailureClass::Rejected(rejection) => rejection.retry_helps(),
        _ => true,
    }
}

/// Read access to what is drawn.
#[derive(Clone, Copy)]
pub struct View<'a> {
    core: &'a Core,
}

impl Core {
    /// What the user interface draws.
    #[must_use]
    pub const fn view(&self) -> View<'_> {
        View { core: self }
    }
}

impl<'a> View<'a> {
    /// The open case; `None` while the empty conversation of a new case is shown.
    #[must_use]
    pub const fn open(&self) -> Option<&'a CaseKey> {
        self.core.screen.open()
    }

    /// The cases of a group, newest activity first.
    #[must_use]
    pub fn group(&self, group: Group) -> &'a [CaseKey] {
        self.core.screen.list.group(group).keys()
    }

    /// A row of the case list.
    #[must_use]
    pub fn case(&self, key: &CaseKey) -> Option<CaseRow> {
        self.core.case_row(key)
    }

    /// The rows of a transcript, top to bottom, as far as they are resident.
    #[must_use]
    pub fn transcript(&self, case: &CaseKey) -> &'a [MessageKey] {
        self.core
            .screen
            .transcripts
            .get(case)
            .map_or(&[], |transcript| transcript.rows.keys())
    }

    /// Whether older rows exist above the first resident one; [`Intent::LoadOlder`](crate::Intent::LoadOlder) fetches them.
    #[must_use]
    pub fn has_older(&self, case: &CaseKey) -> bool {
        self.core.has_older(case)
    }

    /// Whether nothing is known yet about the rows of a case: the interface shows a skeleton.
    #[must_use]
    pub fn is_loading(&self, case: &CaseKey) -> bool {
        self.transcript(case).is_empty()
            && self.core.net.link == LinkStatus::Online
            && self
                .core
                .ledger
                .real(case)
                .is_some_and(|real| self.core.reads.is_loading(&real))
    }

    /// A row of a transcript.
    #[must_use]
    pub fn message(&self, case: &CaseKey, key: &MessageKey) -> Option<MessageRow> {
        self.core.message_row(case, key)
    }

    /// What stands in the composer of a case; `None` asks for the case that does not exist yet.
    #[must_use]
    pub fn draft(&self, case: Option<&CaseKey>) -> Option<&'a Draft> {
        self.core.ledger.draft(case)
    }

    /// Cases whose title or resident messages contain the text, without regard to case; titles first.
    #[must_use]
    pub fn search(&self, text: &str) -> Vec<CaseKey> {
        let needle = text.trim().to_lowercase();
        let keys = [Group::Pinned, Group::Active, Group::Resolved]
            .into_iter()
            .flat_map(|group| self.group(group));
        let (mut titles, mut messages) = (Vec::new(), Vec::new());
        for key in keys {
            if self.core.title_of(key).0.to_lowercase().contains(&needle) {
                titles.push(key.clone());
            } else if self.core.has_text(key, &needle) {
                messages.push(key.clone());
            }
        }
        titles.append(&mut messages);
        titles
    }

    /// Link, account, store, totals.
    #[must_use]
    pub fn status(&self) -> Status {
        let core = self.core;
        let totals = core.outbox.totals();
        Status {
            link: core.net.link,
            account: core.net.account,
            store: core.windows.health,
            durability: core.windows.durability,
            damage: core.windows.damage.clone(),
            role: core.windows.role(),
            limits: core.net.limits.clone(),
            waiting: totals.waiting,
            not_sent: totals.not_sent,
        }
    }
}

impl Core {
    fn has_text(&self, case: &CaseKey, needle: &str) -> bool {
        let confirmed = self
            .ledger
            .real(case)
            .and_then(|real| self.confirmed.rows(&real));
        confirmed.is_some_and(|rows| {
            rows.iter()
                .any(|row| row.message.text.to_lowercase().contains(needle))
        }) || self.ledger.ops_of(case).any(|entry| match &entry.op.kind {
            OperationKind::SubmitTurn { turn, .. } => turn.text.to_lowercase().contains(needle),
            _ => false,
        })
    }

    fn message_row(&self, case: &CaseKey, key: &MessageKey) -> Option<MessageRow> {
        let place = self.screen.transcripts.get(case)?.places.contains_key(key);
        let entry = self.ledger.ops_of(case).find(|entry| match &entry.op.kind {
            OperationKind::SubmitTurn {
                question, answer, ..
            } => question == key || answer == key,
            _ => false,
        });
        let confirmed = self
            .ledger
            .real(case)
            .and_then(|real| self.confirmed.rows(&real))
            .and_then(|rows| rows.by_key(key));
        match (place, confirmed, entry) {
            (false, _, _) | (true, None, None) => None,
            (true, Some(row), entry) => Some(self.confirmed_row(case, row, entry)),
            (true, None, Some(entry)) => self.echo_row(case, key, entry),
        }
    }

    fn confirmed_row(
        &self,
        case: &CaseKey,
        row: &Arc<CachedMessage>,
        entry: Option<&Entry>,
    ) -> MessageRow {
        let is_user = row.message.role == Role::User;
        let turn = entry.and_then(turn_of);
        MessageRow {
            key: row.key.clone(),
            role: row.message.role,
            text: Arc::clone(&row.message.text),
            sent: row.sent,
            created: Some(row.message.created),
            attachment: turn
                .filter(|_| is_user)
                .and_then(|turn| turn.data.as_ref())
                .map(attachment),
            delivery: entry
                .filter(|_| is_user)
                .map_or(Delivery::Settled, |entry| self.delivery(entry)),
            thinking: None,
            actions: self.actions_if_last(case, &row.key, &row.actions),
            operation: entry.map(|entry| entry.op.id),
        }
    }

    fn echo_row(&self, case: &CaseKey, key: &MessageKey, entry: &Entry) -> Option<MessageRow> {
        let OperationKind::SubmitTurn { question, turn, .. } = &entry.op.kind else {
            return None;
        };
        let answered = match &entry.stage {
            Stage::Acknowledged(Acknowledged::Answered(answer)) => Some(answer),
            _ => None,
        };
        if question == key {
            return Some(MessageRow {
                key: key.clone(),
                role: Role::User,
                text: Arc::clone(&turn.text),
                sent: Some(entry.op.created),
                created: None,
                attachment: turn.data.as_ref().map(attachment),
                delivery: self.delivery(entry),
                thinking: None,
                actions: Vec::new(),
                operation: Some(entry.op.id),
            });
        }
        Some(MessageRow {
            key: key.clone(),
            role: Role::Assistant,
            text: answered
                .map(|answer| Arc::clone(&answer.text))
                .unwrap_or_default(),
            sent: None,
            created: None,
            attachment: None,
            delivery: Delivery::Settled,
            thinking: match (&entry.stage, answered) {
                (Stage::Stopped, _) => Some(Thinking::Stopped),
                (_, Some(_)) => None,
                _ => Some(Thinking::Since(self.thinking_since(entry))),
            },
            actions: answered
                .map(|answer| self.actions_if_last(case, key, &answer.actions))
                .unwrap_or_default(),
            operation: Some(entry.op.id),
        })
    }

    fn thinking_since(&self, entry: &Entry) -> Mono {
        let live = self.outbox.live.get(&entry.op.id);
        live.map_or(self.now.mono, |live| {
            live.thinking_since.unwrap_or(live.seen_at)
        })
    }

    /// Suggestions are shown under the last answer only (ux §4).
    fn actions_if_last(
        &self,
        case: &CaseKey,
        key: &MessageKey,
        actions: &[crate::model::Action],
    ) -> Vec<crate::model::Action> {
        let last = self
            .screen
            .transcripts
            .get(case)
            .and_then(|transcript| transcript.rows.keys().last());
        if last == Some(key) {
            actions.to_vec()
        } else {
            Vec::new()
        }
    }

    /// How far a message is: ux §5, in the order in which one state outranks another.
    fn delivery(&self, entry: &Entry) -> Delivery {
        let Some(live) = self.outbox.live.get(&entry.op.id) else {
            return Delivery::Settled;
        };
        match &entry.stage {
            Stage::Failed { failure, .. } => self.failed(entry, failure),
            Stage::Stopped => Delivery::Settled,
            Stage::Acknowledged(with) => self.acknowledged(entry, live, with),
            Stage::Open => self.unsent(entry, live),
        }
    }

    fn failed(&self, entry: &Entry, failure: &Failure) -> Delivery {
        Delivery::Failed {
            failure: failure.clone(),
            not_before: self.retry_not_before(entry.op.id),
        }
    }

    /// Before this moment the server does not want the operation again, by its own word (I12).
    pub(crate) fn retry_not_before(&self, op: crate::ids::OperationId) -> Option<Mono> {
        let Stage::Failed { failure, at } = &self.ledger.entry(&op)?.stage else {
            return None;
        };
        let asked = failure
            .retry_after
            .filter(|asked| *asked > self.config.longest_wait)?;
        let left = Millis(asked.0.saturating_sub((self.now.wall - *at).0));
        (left.0 > 0).then(|| self.now.mono + left)
    }

    fn acknowledged(&self, entry: &Entry, live: &Live, with: &Acknowledged) -> Delivery {
        let age = live
            .acknowledged_at
            .map_or(Millis(u64::MAX), |at| self.now.mono - at);
        if age < self.config.show_sent {
            return Delivery::Sent;
        }
        let listed = match &entry.op.kind {
            OperationKind::SubmitTurn { question, .. } => self
                .ledger
                .real(&entry.op.case)
                .and_then(|real| self.confirmed.rows(&real))
                .is_some_and(|rows| rows.by_key(question).is_some()),
            _ => true,
        };
        let working = matches!(with, Acknowledged::Working(_));
        if listed || working || age < self.config.only_here {
            Delivery::Settled
        } else {
            Delivery::OnlyHere
        }
    }

    fn unsent(&self, entry: &Entry, live: &Live) -> Delivery {
        let age = self.now.mono - live.seen_at;
        let echoed = || {
            if age < self.config.show_sending {
                Delivery::Echoed
            } else {
                Delivery::Sending
            }
        };
        if let Some(failure) = self.failed_creation(entry) {
            return match self.is_first_of_case(entry) {
                true => failure,
                false => Delivery::Blocked,
            };
        }
        if self.is_blocked(entry) {
            return Delivery::Blocked;
        }
        match live.phase {
            Phase::InFlight { .. } if live.uncertain => return Delivery::Checking,
            // A plain POST tells of its arrival only by its answer: the thinking row says it all.
            Phase::InFlight { .. } => return Delivery::Echoed,
            _ => {}
        }
        if self.net.account == AccountStatus::SignedOut {
            return Delivery::WaitingSignIn;
        }
        if self.net.link != LinkStatus::Online {
            return Delivery::WaitingOffline;
        }
        if !self.windows.is_sender() {
            return if age < OTHER_WINDOW_AFTER {
                echoed()
            } else {
                Delivery::WaitingWindow
            };
        }
        if let Some(until) = self.net.gate_until().filter(|until| *until > self.now.mono) {
            return Delivery::WaitingBusy { until };
        }
        match live.phase {
            Phase::Waiting {
                why: Wait::Uncertain,
                ..
            } => Delivery::Checking,
            Phase::Waiting {
                until,
                why: Wait::Backoff,
            } if until - self.now.mono > Millis::seconds(3) => Delivery::WaitingBusy { until },
            _ if age >= self.config.show_still_sending && self.is_at_turn(entry) => {
                Delivery::StillSending {
                    since: live.seen_at,
                }
            }
            _ => echoed(),
        }
    }

    fn is_at_turn(&self, entry: &Entry) -> bool {
        self.current(&entry.op.lane())
            .is_some_and(|current| current.op.order <= entry.op.order)
            && self.is_first_of_case(entry)
    }

    /// The failure that kept the case from being made: it is the first message's failure too.
    fn failed_creation(&self, entry: &Entry) -> Option<Delivery> {
        self.ledger
            .ops_of(&entry.op.case)
            .find_map(|other| match (&other.op.kind, &other.stage) {
                (OperationKind::CreateCase { .. }, Stage::Failed { failure, .. }) => {
                    Some(self.failed(other, failure))
                }
                _ => None,
            })
    }

    fn is_first_of_case(&self, entry: &Entry) -> bool {
        self.ledger
            .ops_of(&entry.op.case)
            .find(|other| {
                matches!(other.op.kind, OperationKind::SubmitTurn { .. })
                    && other.is_unsent()
                    && other.discarding.is_none()
            })
            .is_some_and(|first| first.op.id == entry.op.id)
    }
}

fn turn_of(entry: &Entry) -> Option<&Turn> {
    match &entry.op.kind {
        OperationKind::SubmitTurn { turn, .. } => Some(turn),
        _ => None,
    }
}

fn attachment(data: &Data) -> Attachment {
    let (name, text) = match data {
        Data::Paste { text } => (None, Some(&**text)),
        Data::File { name, bytes, .. } => (
            Some(Arc::clone(name)),
            std::str::from_utf8(bytes.as_slice()).ok(),
        ),
        Data::Page { title, text, .. } => (Some(Arc::clone(title)), Some(&**text)),
    };
    let preview: String = text
        .unwrap_or_default()
        .lines()
        .take(PREVIEW_LINES)
        .collect::<Vec<_>>()
        .join("\n")
        .chars()
        .take(PREVIEW_CHARS)
        .collect();
    Attachment {
        name,
        bytes: data.len() as u64,
        preview: preview.into(),
    }
}
