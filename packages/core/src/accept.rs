//! Intents: checked, turned into operations, on screen in the same step.

mod backups;
mod import;
mod status;
mod titles;
mod together;
mod unsent;

use std::sync::Arc;

use titles::provisional_name;

use crate::core::Core;
use crate::effect::{Announcement, Effect, Notice, Refusal, Undoable};
use crate::ids::{CaseKey, OperationId};
use crate::intent::Intent;
use crate::journal::Record;
use crate::model::{Draft, Turn};
use crate::operation::{OperationKind, PendingOperation, Wait};
use crate::outbox::Phase;
use crate::time::Wall;
use crate::view::{LinkStatus, ViewPatch};

impl Core {
    pub(crate) fn accept(&mut self, intent: Intent) {
        match intent {
            Intent::Open(case) => self.open(case),
            Intent::Submit { case, turns } => self.submit(case, turns),
            Intent::Say { case, turn } => drop(self.say_in(Some(case), vec![turn])),
            Intent::Rename { case, title } => self.rename(case, &title),
            Intent::GenerateTitle(case) => self.generate_title(&case),
            Intent::SetStatus { case, to, text } => self.set_status(&case, to, text),
            Intent::Delete(case) => self.delete(case),
            Intent::Pin { case, pinned } => {
                let stamp = self.pin_stamp(&case);
                self.state(Record::Pin { case, pinned, stamp }, false);
            }
            Intent::KeepDraft { case, draft } => self.keep_draft(case, draft),
            Intent::Retry(op) => self.retry(op, false),
            Intent::SendAnyway(op) => self.retry(op, true),
            Intent::RetryAll(case) => self.retry_all(&case),
            Intent::SendRest(case) => self.send_rest(&case),
            Intent::Edit(op) => self.edit(op),
            Intent::Discard(op) => self.discard(op),
            Intent::Undo(op) => self.undo(op),
            Intent::HoldUndo(op) => self.hold_undo(op),
            Intent::Stop(op) => self.stop(op),
            Intent::KeepMine(op) => self.keep_mine(op),
            Intent::UseTheirs(op) => self.use_theirs(op),
            Intent::DismissTitleNote(case) => self.dismiss_title_note(&case),
            Intent::Restore(id) => self.restore(id),
            Intent::DropBackup(id) => self.drop_backup(id),
            Intent::ReadDetails(case) => self.read_details(&case),
            Intent::CloseDetails => self.reads.close_details(),
            Intent::Search(text) => self.search(&text),
            Intent::Import(takeover) => self.import(&takeover),
            Intent::TryNow => self.try_now(),
            Intent::LoadOlder => self.load_older(),
            Intent::Seen => self.seen(),
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.out.push(Effect::Notice(Notice::Refused(refusal)));
    }

    /// States that the person did something.
    fn begin(&mut self, case: &CaseKey, kind: OperationKind) -> OperationId {
        self.begin_at(self.now.wall, case, kind)
    }

    fn begin_at(&mut self, created: Wall, case: &CaseKey, kind: OperationKind) -> OperationId {
        let op = PendingOperation {
            id: self.mint_operation(),
            case: case.clone(),
            order: self.ledger.next_order(case, &kind),
            created,
            kind,
        };
        let id = op.id;
        self.state(Record::Operation(Arc::new(op)), false);
        id
    }

    /// Says what stands in the composer, which is empty then.
    fn submit(&mut self, case: Option<CaseKey>, turns: Vec<Turn>) {
        let draft_of = case.clone();
        let Some(case) = self.say_in(case, turns) else { return };
        if self.ledger.draft(draft_of.as_ref()).is_some() {
            let stamp = self.draft_stamp(draft_of.as_ref());
            self.state(Record::Draft { case: draft_of.clone(), draft: Draft::default(), stamp }, false);
        }
        if draft_of.is_none() {
            self.open(Some(case));
        }
    }

    /// Begins the messages, in a new case where there is none. `None` when they are refused.
    fn say_in(&mut self, case: Option<CaseKey>, turns: Vec<Turn>) -> Option<CaseKey> {
        let limit = self.net.limits.max_bytes;
        let size_of = |turn: &Turn| {
            let data = turn.data.as_ref().map_or(0, crate::model::Data::len);
            turn.text.len().max(data) as u64
        };
        let too_large = turns.iter().map(size_of).find(|size| *size > limit);
        let refusal = if turns.is_empty() || turns.iter().any(Turn::is_blank) {
            Some(Refusal::Blank)
        } else if let Some(size) = too_large {
            Some(Refusal::TooLarge { size, limit })
        } else {
            case.as_ref().filter(|case| !self.is_writable(case)).map(|_| Refusal::TooLate)
        };
        if let Some(refusal) = refusal {
            self.refuse(refusal);
            return None;
        }
        let case = case.unwrap_or_else(|| {
            let case = self.mint_case();
            let name = provisional_name(self.now);
            self.begin(&case, OperationKind::CreateCase { name });
            case
        });
        if self.ledger.case(&case).is_none_or(|known| known.seen.is_none()) {
            let turn = self.known_turn(&case);
            self.state(Record::Seen { case: case.clone(), turn }, false);
        }
        let moment = self.moment_of_its_own(&case);
        for turn in turns {
            self.say(&case, turn, moment);
        }
        if self.net.link != LinkStatus::Online {
            self.announce(Announcement::WaitingOffline);
        }
        Some(case)
    }

    fn say(&mut self, case: &CaseKey, turn: Turn, moment: Wall) -> OperationId {
        let (question, answer) = (self.mint_message(), self.mint_message());
        self.begin_at(moment, case, OperationKind::SubmitTurn { question, answer, turn: Arc::new(turn) })
    }

    /// Whether the person can still do something in a case.
    fn is_writable(&self, case: &CaseKey) -> bool {
        self.screen.is_listed(case) && self.ledger.deletion(case).is_none()
    }

    fn delete(&mut self, case: CaseKey) {
        if !self.is_writable(&case) {
            return self.refuse(Refusal::TooLate);
        }
        let title = self.title_of(&case).0;
        let operation = self.begin(&case, OperationKind::Delete);
        let until = self.now.mono + self.config.undo;
        self.outbox.set_phase(operation, Phase::Waiting { until, why: Wait::Undo });
        if self.screen.open() == Some(&case) {
            self.open(None);
        }
        self.undoable(operation, Undoable::Deleted { case, title });
    }

    fn undoable(&mut self, operation: OperationId, what: Undoable) {
        self.out.push(Effect::Notice(Notice::Undoable { operation, what, within: self.config.undo }));
    }

    fn keep_draft(&mut self, case: Option<CaseKey>, draft: Draft) {
        if self.ledger.draft(case.as_ref()).cloned().unwrap_or_default() != draft {
            let stamp = self.draft_stamp(case.as_ref());
            self.state(Record::Draft { case, draft, stamp }, false);
        }
    }

    fn open(&mut self, case: Option<CaseKey>) {
        if self.screen.open() == case.as_ref() {
            return;
        }
        // Being open is part of what a row of the list shows.
        let left = self.screen.open().cloned();
        for changed in left.iter().chain(&case) {
            self.case_changed(changed);
        }
        self.screen.set_open(case.clone());
        self.screen.patch(ViewPatch::Open);
        if let Some(case) = case {
            self.open_transcript(&case);
            self.want_messages(&case);
        }
    }

    fn seen(&mut self) {
        let Some(case) = self.screen.open().cloned() else {
            return;
        };
        let turn = self.known_turn(&case);
        let known = self.ledger.case(&case).and_then(|case| case.seen);
        if known.is_none_or(|known| known < turn) {
            self.state(Record::Seen { case, turn }, false);
        }
    }
}
