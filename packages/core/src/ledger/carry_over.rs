//! Work that was done while a store could not be used, on its way into that store.
//!
//! The store may hold data of an earlier run, which the window that did the work has not seen. Facts are the same
//! facts there, and applying them once more changes nothing; three things must be looked at. A message goes behind
//! those of its case that wait already. A draft never replaces another one, and an empty one removes none. Case
//! keys of the server lead to the case that they were linked to, as in every fold.

use std::sync::Arc;

use super::Ledger;
use crate::ids::CaseKey;
use crate::journal::{Record, Sequenced};
use crate::model::{Draft, Stamp};
use crate::operation::PendingOperation;
use crate::ordered::{OrderedMap, OrderedSet};

/// Two journals of one profile becoming one.
#[derive(Debug, Default)]
pub struct CarryOver {
    /// What the store held.
    there: Ledger,
    /// What has been carried over.
    here: Ledger,
    /// Composers whose draft was carried over, and as of when.
    drafts: OrderedMap<Option<CaseKey>, Stamp>,
}

impl CarryOver {
    /// Begins with what the store holds.
    #[must_use]
    pub fn onto(stored: &[Sequenced]) -> Self {
        let mut there = Ledger::default();
        for record in stored {
            there.apply(&record.record);
        }
        Self { there, ..Self::default() }
    }

    /// What to append to the store so that these facts hold there, too. To be called with every record once, in the
    /// order of their journal.
    pub fn records(&mut self, facts: &[Sequenced]) -> Vec<Record> {
        let (mut records, mut written) = (Vec::new(), OrderedSet::new());
        for Sequenced { record, .. } in facts {
            self.here.apply(record);
            match record {
                Record::Draft { case, .. } => {
                    written.insert(case.clone());
                }
                Record::Operation(op) => records.push(Record::Operation(self.behind_what_waits(op))),
                other => records.push(other.clone()),
            }
        }
        records.extend(written.into_iter().filter_map(|case| self.draft(case)));
        records
    }

    fn behind_what_waits(&self, op: &Arc<PendingOperation>) -> Arc<PendingOperation> {
        let waiting = self.there.cases.get(&self.there.canonical(&op.case));
        match waiting.and_then(|case| case.ops.last()) {
            Some((last, _)) => {
                Arc::new(PendingOperation { order: op.order.saturating_add(*last), ..(**op).clone() })
            }
            None => Arc::clone(op),
        }
    }

    /// What the composer of a case holds when both are one: what was there, and below it what was written since.
    fn draft(&mut self, case: Option<CaseKey>) -> Option<Record> {
        let slot = case.as_ref().map(|case| self.there.canonical(case));
        let here = self.here.draft(case.as_ref()).cloned().unwrap_or_default();
        let there = self.there.draft(slot.as_ref()).cloned().unwrap_or_default();
        let before = self.drafts.get(&slot).copied();
        let is_news = !here.is_empty() && (&here.text, &here.data) != (&there.text, &there.data);
        if !is_news && before.is_none() {
            return None;
        }
        let newest = [self.here.draft_stamp(case.as_ref()), self.there.draft_stamp(slot.as_ref())];
        let newest = newest.into_iter().chain(before).max().unwrap_or_default();
        let stamp = Stamp { tie: newest.tie.saturating_add(1), ..newest };
        self.drafts.insert(slot.clone(), stamp);
        let draft = if is_news { below(there, here) } else { there };
        Some(Record::Draft { case: slot, draft, stamp })
    }
}

/// Two drafts in one: the second below the first, with its caret.
fn below(first: Draft, second: Draft) -> Draft {
    if first.is_empty() {
        return second;
    }
    let space = if first.text.is_empty() || second.text.is_empty() { "" } else { "\n\n" };
    let before = first.text.encode_utf16().count() + space.len();
    Draft {
        text: Arc::from(format!("{}{space}{}", first.text, second.text)),
        data: first.data.into_iter().chain(second.data).collect(),
        caret: second.caret.saturating_add(u32::try_from(before).unwrap_or(u32::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{OperationId, RealId};
    use crate::journal::{Sequence, Writer};
    use crate::model::Turn;
    use crate::operation::OperationKind;
    use crate::time::Wall;

    fn journal(records: Vec<Record>) -> Vec<Sequenced> {
        let place =
            |(at, record)| Sequenced { sequence: Sequence(at), writer: Writer(3), fence: None, record };
        (1..).zip(records).map(place).collect()
    }

    fn fold(records: impl IntoIterator<Item = Record>) -> Ledger {
        let mut ledger = Ledger::default();
        records.into_iter().for_each(|record| drop(ledger.apply(&record)));
        ledger
    }

    /// What the store holds when the facts of both are in it.
    fn both(stored: Vec<Record>, facts: Vec<Record>) -> Ledger {
        let carried = CarryOver::onto(&journal(stored.clone())).records(&journal(facts));
        fold(stored.into_iter().chain(carried))
    }

    fn local(n: u32) -> CaseKey {
        format!("opt_case_1_{n}").parse().unwrap()
    }

    fn server(id: &str) -> CaseKey {
        CaseKey::of_server(&RealId::parse(id).unwrap())
    }

    fn draft(case: Option<CaseKey>, text: &str, wall: u64) -> Record {
        let caret = u32::try_from(text.len()).unwrap();
        let stamp = Stamp { wall: Wall(wall), tie: 0 };
        Record::Draft { case, draft: Draft { text: text.into(), data: Vec::new(), caret }, stamp }
    }

    fn says(case: CaseKey, n: u8, order: u64) -> Record {
        let message = |side: u32| format!("opt_msg_1_{}", u32::from(n) * 10 + side).parse().unwrap();
        let turn = Arc::new(Turn::say(format!("message {n}")));
        let kind = OperationKind::SubmitTurn { question: message(1), answer: message(2), turn };
        let id = OperationId::from_random([n; 16]);
        Record::Operation(Arc::new(PendingOperation { id, case, order, created: Wall(1), kind }))
    }

    fn linked(case: CaseKey, id: &str) -> Record {
        Record::Link { case, real: RealId::parse(id).unwrap(), name: "a case".into() }
    }

    fn text(ledger: &Ledger, case: Option<&CaseKey>) -> String {
        ledger.draft(case).map(|draft| draft.text.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_store_that_was_empty_holds_what_the_window_held() {
        let facts = vec![says(local(1), 1, 2), linked(local(1), "c-1"), draft(Some(local(1)), "half", 5)];
        let (ledger, alone) = (both(Vec::new(), facts.clone()), fold(facts));
        assert_eq!(ledger.entries().collect::<Vec<_>>(), alone.entries().collect::<Vec<_>>());
        assert_eq!(ledger.links().iter().count(), 1);
        assert_eq!(ledger.draft(Some(&local(1))), alone.draft(Some(&local(1))));
    }

    #[test]
    fn messages_go_behind_those_of_the_case_that_wait_already() {
        let stored = vec![linked(local(1), "c-1"), says(local(1), 1, 2), says(local(1), 2, 3)];
        // The window knew the case by its server's name alone.
        let ledger = both(stored, vec![says(server("c-1"), 3, 2), says(server("c-1"), 4, 3)]);
        let order: Vec<_> = ledger.ops_of(&local(1)).map(|entry| entry.op.id).collect();
        assert_eq!(order, [1, 2, 3, 4].map(|n| OperationId::from_random([n; 16])));
    }

    #[test]
    fn a_draft_that_was_there_stands_above_what_was_written_since() {
        let stored = vec![linked(local(1), "c-1"), draft(Some(local(1)), "before", 9), draft(None, "new", 9)];
        let ledger = both(stored, vec![draft(Some(server("c-1")), "since", 5), draft(None, "new", 20)]);
        let merged = ledger.draft(Some(&local(1))).unwrap();
        assert_eq!((&*merged.text, merged.caret), ("before\n\nsince", 13));
        assert_eq!(text(&ledger, None), "new", "the same is not said twice");
    }

    #[test]
    fn a_draft_that_was_sent_meanwhile_takes_none_away() {
        let stored = vec![draft(None, "of the earlier run", 1)];
        let ledger = both(stored, vec![draft(None, "typed", 5), draft(None, "", 6)]);
        assert_eq!(text(&ledger, None), "of the earlier run");
    }

    #[test]
    fn what_is_done_while_it_is_carried_over_is_carried_over_behind_it() {
        let stored = vec![draft(None, "before", 1)];
        let mut carrying = CarryOver::onto(&journal(stored.clone()));
        let op = OperationId::from_random([1; 16]);
        let cancelled = Record::Ended { op, end: crate::operation::End::Cancelled };
        let rounds = [
            vec![draft(None, "on", 5), says(local(1), 1, 2)],
            vec![draft(None, "on and on", 6), cancelled],
            vec![draft(None, "", 7)],
        ];
        let (mut all, mut drafts) = (stored, Vec::new());
        for facts in rounds {
            all.extend(carrying.records(&journal(facts)));
            drafts.push(text(&fold(all.clone()), None));
        }
        assert_eq!(drafts, ["before\n\non", "before\n\non and on", "before"]);
        assert_eq!(fold(all).entries().count(), 0);
    }
}
