//! Intents: checked, turned into operations, on screen in the same step.

use std::sync::Arc;

use crate::core::Core;
use crate::effect::{Effect, Notice, Refusal, Undoable};
use crate::ids::{CaseKey, OperationId};
use crate::intent::Intent;
use crate::journal::Record;
use crate::ledger::Stage;
use crate::model::{Draft, Turn};
use crate::operation::{End, OperationKind, PendingOperation, Wait};
use crate::outbox::Phase;
use crate::time::{Millis, Now};
use crate::view::ViewPatch;

impl Core {
    pub(crate) fn accept(&mut self, intent: Intent) {
        match intent {
            Intent::Open(case) => self.open(case),
            Intent::Submit { case, turns } => self.submit(case, turns),
            Intent::Rename { case, title } => self.rename(case, &title),
            Intent::Delete(case) => self.delete(case),
            Intent::Pin { case, pinned } => {
                let stamp = self.stamp();
                self.state(
                    Record::Pin {
                        case,
                        pinned,
                        stamp,
                    },
                    false,
                );
            }
            Intent::KeepDraft { case, draft } => self.keep_draft(case, draft),
            Intent::Retry(op) => self.retry(op, false),
            Intent::SendAnyway(op) => self.retry(op, true),
            Intent::RetryAll(case) => self.retry_all(&case),
            Intent::Edit(op) => self.edit(op),
            Intent::Discard(op) => self.discard(op),
            Intent::Undo(op) => self.undo(op),
            Intent::Stop(op) => self.stop(op),
            Intent::DismissTitleNote(case) => self.dismiss_title_note(&case),
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
        let op = PendingOperation {
            id: self.mint_operation(),
            case: case.clone(),
            order: self.ledger.next_order(case),
            created: self.now.wall,
            kind,
        };
        let id = op.id;
        self.state(Record::Operation(Arc::new(op)), false);
        id
    }

    fn submit(&mut self, case: Option<CaseKey>, turns: Vec<Turn>) {
        let limit = self.net.limits.max_bytes;
        let size_of = |turn: &Turn| {
            let data = turn.data.as_ref().map_or(0, crate::model::Data::len);
            turn.text.len().max(data) as u64
        };
        if turns.is_empty() || turns.iter().any(Turn::is_blank) {
            return self.refuse(Refusal::Blank);
        }
        if let Some(size) = turns.iter().map(size_of).find(|size| *size > limit) {
            return self.refuse(Refusal::TooLarge { size, limit });
        }
        if case.as_ref().is_some_and(|case| !self.is_writable(case)) {
            return self.refuse(Refusal::TooLate);
        }
        let draft_of = case.clone();
        let case = case.unwrap_or_else(|| {
            let case = self.mint_case();
            let name = provisional_name(self.now);
            self.begin(&case, OperationKind::CreateCase { name });
            case
        });
        if self
            .ledger
            .case(&case)
            .is_none_or(|known| known.seen.is_none())
        {
            let turn = self.known_turn(&case);
            self.state(
                Record::Seen {
                    case: case.clone(),
                    turn,
                },
                false,
            );
        }
        for turn in turns {
            let (question, answer) = (self.mint_message(), self.mint_message());
            self.begin(
                &case,
                OperationKind::SubmitTurn {
                    question,
                    answer,
                    turn: Arc::new(turn),
                },
            );
        }
        if self.ledger.draft(draft_of.as_ref()).is_some() {
            let stamp = self.stamp();
            self.state(
                Record::Draft {
                    case: draft_of.clone(),
                    draft: Draft::default(),
                    stamp,
                },
                false,
            );
        }
        if draft_of.is_none() {
            self.open(Some(case));
        }
    }

    /// Whether the person can still do something in a case.
    fn is_writable(&self, case: &CaseKey) -> bool {
        self.screen.is_listed(case) && self.ledger.deletion(case).is_none()
    }

    fn rename(&mut self, case: CaseKey, title: &str) {
        let title: String = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let title: Arc<str> = title
            .chars()
            .take(self.config.title_chars)
            .collect::<String>()
            .into();
        if title.is_empty() {
            return self.refuse(Refusal::BlankTitle);
        }
        if !self.is_writable(&case) {
            return self.refuse(Refusal::TooLate);
        }
        if *self.title_of(&case).0 == *title {
            return self.drop_unsent_renames(&case, &title);
        }
        self.drop_unsent_renames(&case, &title);
        let base = self
            .confirmed_case(&case)
            .and_then(|case| case.title.clone());
        if base.as_deref() == Some(&*title) && !self.has_rename(&case) {
            return;
        }
        let op = self.begin(&case, OperationKind::Rename { title, base });
        let until = self.now.mono + self.config.debounce;
        self.outbox.set_phase(
            op,
            Phase::Waiting {
                until,
                why: Wait::Debounce,
            },
        );
    }

    fn has_rename(&self, case: &CaseKey) -> bool {
        self.ledger
            .ops_of(case)
            .any(|entry| matches!(entry.op.kind, OperationKind::Rename { .. }))
    }

    /// Rapid edits collapse into the last one while it has not been sent; so does a refused one.
    fn drop_unsent_renames(&mut self, case: &CaseKey, keep: &str) {
        let collapsed: Vec<_> = self
            .ledger
            .ops_of(case)
            .filter(|entry| match &entry.op.kind {
                OperationKind::Rename { title, .. } => {
                    let idle = !self.is_in_flight(entry.op.id);
                    entry.is_unsent()
                        && idle
                        && (**title != *keep || matches!(entry.stage, Stage::Failed { .. }))
                }
                _ => false,
            })
            .map(|entry| entry.op.id)
            .collect();
        for op in collapsed {
            self.state(
                Record::Ended {
                    op,
                    end: End::Superseded,
                },
                false,
            );
        }
    }

    fn delete(&mut self, case: CaseKey) {
        if !self.is_writable(&case) {
            return self.refuse(Refusal::TooLate);
        }
        let title = self.title_of(&case).0;
        let operation = self.begin(&case, OperationKind::Delete);
        let until = self.now.mono + self.config.undo;
        self.outbox.set_phase(
            operation,
            Phase::Waiting {
                until,
                why: Wait::Undo,
            },
        );
        if self.screen.open() == Some(&case) {
            self.open(None);
        }
        self.undoable(operation, Undoable::Deleted { case, title });
    }

    fn undoable(&mut self, operation: OperationId, what: Undoable) {
        self.out.push(Effect::Notice(Notice::Undoable {
            operation,
            what,
            within: self.config.undo,
        }));
    }

    fn keep_draft(&mut self, case: Option<CaseKey>, draft: Draft) {
        if self
            .ledger
            .draft(case.as_ref())
            .cloned()
            .unwrap_or_default()
            != draft
        {
            let stamp = self.stamp();
            self.state(Record::Draft { case, draft, stamp }, false);
        }
    }

    /// Sends a failed operation again, at once and with its tries counted anew. Retrying a message
    /// whose case could not be made retries that too.
    fn retry(&mut self, op: OperationId, anyway: bool) {
        let Some(entry) = self.ledger.entry(&op) else {
            return self.refuse(Refusal::TooLate);
        };
        let case = entry.op.case.clone();
        let failed_here = matches!(entry.stage, Stage::Failed { .. });
        let failed_create = self
            .ledger
            .ops_of(&case)
            .find(|e| {
                matches!(e.op.kind, OperationKind::CreateCase { .. })
                    && matches!(e.stage, Stage::Failed { .. })
            })
            .map(|e| e.op.id);
        if let Some(create) = failed_create {
            self.resume(create, false);
        }
        if failed_here || anyway {
            self.resume(op, anyway);
        }
    }

    fn resume(&mut self, op: OperationId, anyway: bool) {
        if self
            .retry_not_before(op)
            .is_some_and(|moment| moment > self.now.mono)
        {
            return;
        }
        if let Some(live) = self.outbox.live.get_mut(&op) {
            live.attempts = 0;
        }
        self.state(Record::Resumed { op, anyway }, false);
    }

    fn retry_all(&mut self, case: &CaseKey) {
        let failed: Vec<_> = self
            .ledger
            .ops_of(case)
            .filter(|entry| match &entry.stage {
                Stage::Failed { failure, .. } => crate::screen::retry_helps(failure),
                _ => false,
            })
            .map(|entry| entry.op.id)
            .collect();
        for op in failed {
            self.resume(op, false);
        }
    }

    /// Moves an unsent message back into the composer, above whatever stands there.
    fn edit(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op).filter(|entry| entry.is_unsent()) else {
            return self.refuse(Refusal::TooLate);
        };
        let OperationKind::SubmitTurn { turn, .. } = &entry.op.kind else {
            return;
        };
        let (case, turn) = (entry.op.case.clone(), Arc::clone(turn));
        let kept = self.ledger.draft(Some(&case)).cloned().unwrap_or_default();
        let text: Arc<str> = match (turn.text.is_empty(), kept.text.is_empty()) {
            (_, true) => Arc::clone(&turn.text),
            (true, false) => Arc::clone(&kept.text),
            (false, false) => format!("{}\n\n{}", turn.text, kept.text).into(),
        };
        let data = turn.data.iter().cloned().chain(kept.data).collect();
        let caret = u32::try_from(turn.text.encode_utf16().count()).unwrap_or(u32::MAX);
        let stamp = self.stamp();
        let draft = Draft { text, data, caret };
        self.state(
            Record::Draft {
                case: Some(case),
                draft,
                stamp,
            },
            false,
        );
        self.state(
            Record::Ended {
                op,
                end: End::Cancelled,
            },
            false,
        );
    }

    fn discard(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op) else {
            return self.refuse(Refusal::TooLate);
        };
        match entry.op.kind {
            // The row is gone at once; the operation stays until it can no longer be taken back.
            OperationKind::SubmitTurn { .. } => {
                let until = self.now.wall + self.config.undo;
                self.state(Record::Discarding { op, until }, false);
                self.end_discard_after(op, self.config.undo);
                self.undoable(op, Undoable::Discarded);
            }
            _ => self.state(
                Record::Ended {
                    op,
                    end: End::Discarded,
                },
                false,
            ),
        }
    }

    pub(crate) fn end_discard_after(&mut self, op: OperationId, within: Millis) {
        if let Phase::InFlight { request, .. } = self.phase_of(op) {
            self.abort(request);
        }
        self.outbox.set_phase(
            op,
            Phase::Waiting {
                until: self.now.mono + within,
                why: Wait::Undo,
            },
        );
    }

    fn undo(&mut self, op: OperationId) {
        let Some(entry) = self.ledger.entry(&op) else {
            return self.refuse(Refusal::TooLate);
        };
        if entry.discarding.is_some() {
            self.outbox.set_phase(op, Phase::Idle);
            return self.state(Record::Kept { op }, false);
        }
        let case = entry.op.case.clone();
        let undoable = matches!(
            self.phase_of(op),
            Phase::Waiting {
                why: Wait::Undo,
                ..
            }
        );
        if matches!(entry.op.kind, OperationKind::Delete) && undoable {
            self.state(
                Record::Ended {
                    op,
                    end: End::Cancelled,
                },
                false,
            );
            self.open(Some(case));
        } else {
            self.refuse(Refusal::TooLate);
        }
    }

    /// Stops waiting for an answer. The server may have the message, so its text stays in its row;
    /// what never left goes back into the composer.
    fn stop(&mut self, op: OperationId) {
        if self
            .ledger
            .entry(&op)
            .is_some_and(|entry| entry.first.is_none())
        {
            return self.edit(op);
        }
        if let Phase::InFlight { request, .. } = self.phase_of(op) {
            self.abort(request);
        }
        self.outbox.set_phase(op, Phase::Idle);
        self.state(Record::Stopped { op }, false);
        if let Some(entry) = self.ledger.entry(&op) {
            let case = entry.op.case.clone();
            self.want_messages(&case);
        }
    }

    fn dismiss_title_note(&mut self, case: &CaseKey) {
        if let Some(note) = self.title_note(case) {
            self.state(
                Record::Ended {
                    op: note.operation,
                    end: End::Discarded,
                },
                false,
            );
        }
    }

    fn open(&mut self, case: Option<CaseKey>) {
        if self.screen.open() == case.as_ref() {
            return;
        }
        self.screen.set_open(case.clone());
        self.screen.patch(ViewPatch::Open);
        if let Some(case) = case {
            self.make_resident(&case);
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

/// `Chat-<local date, time>`: what a case is called until something better comes.
fn provisional_name(now: Now) -> Arc<str> {
    let local =
        i64::try_from(now.wall.0 / 1000).unwrap_or(0) + i64::from(now.utc_offset_minutes) * 60;
    let (day, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (year, month, date) = civil_from_days(day);
    format!(
        "Chat-{year:04}-{month:02}-{date:02} {:02}:{:02}",
        second / 3600,
        second / 60 % 60
    )
    .into()
}

/// The Gregorian date of a day number counted from 1970-01-01. Counts in eras of 400 years that
/// begin on a first of March, so that the leap day is the last of its year.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Mono, Wall};

    #[test]
    fn a_new_case_is_named_by_the_local_date_and_time() {
        let name = |seconds: u64, utc_offset_minutes| {
            provisional_name(Now {
                wall: Wall(seconds * 1000),
                mono: Mono(0),
                utc_offset_minutes,
            })
        };
        assert_eq!(&*name(0, 0), "Chat-1970-01-01 00:00");
        assert_eq!(&*name(951_782_400, 0), "Chat-2000-02-29 00:00");
        assert_eq!(&*name(1_795_305_540, 0), "Chat-2026-11-21 23:59");
        assert_eq!(&*name(1_795_305_540, 60), "Chat-2026-11-22 00:59");
        assert_eq!(&*name(0, -60), "Chat-1969-12-31 23:00");
    }
}
