//! Confirmed rows: how a page of the server meets the rows that are already on screen.
//!
//! A turn's answer carries no message ids. The key for binding is (turn number, role); where two
//! rows fit, the text must be equal, and where that does not decide, nothing is bound (contract 2.4).

use std::sync::Arc;

use crate::confirmed::Rows;
use crate::core::Core;
use crate::effect::CacheWrite;
use crate::ids::{CaseKey, MessageKey, RealId};
use crate::inspect::MergeResult;
use crate::ledger::{Entry, Stage};
use crate::model::{Action, BackedUp, RealCase, RealMessage, Role};
use crate::operation::{Acknowledged, OperationKind};
use crate::ordered::{OrderedMap, OrderedSet};
use crate::request::{Outcome, Page, Reply, RequestId};
use crate::time::Wall;
use crate::view::{Attachment, CachedMessage};

/// What a row of the server is called here, and what the server does not know about it.
pub(crate) struct Binding {
    key: MessageKey,
    sent: Option<Wall>,
    attachment: Option<Attachment>,
    actions: Vec<Action>,
}

/// The rows of a page, by turn and side.
pub(super) type Crowd = OrderedMap<(Option<u32>, Role), OrderedSet<RealId>>;

impl Core {
    /// The confirmed side of a case, if the server knows it.
    pub(crate) fn confirmed_case(&self, key: &CaseKey) -> Option<&Arc<RealCase>> {
        self.ledger.real(key).and_then(|real| self.confirmed.case(&real))
    }

    /// The confirmed rows of a case that are in memory.
    pub(crate) fn rows_of(&self, case: &CaseKey) -> Option<&Rows> {
        match self.ledger.links().real(case) {
            Some(real) => self.confirmed.rows(real),
            None => self.confirmed.rows(case.derived_text()?),
        }
    }

    /// The highest turn that is known of a case.
    pub(crate) fn known_turn(&self, key: &CaseKey) -> u32 {
        let confirmed = self.confirmed_case(key).map_or(0, |case| case.current_turn);
        confirmed.max(self.ledger.answered(key))
    }

    /// Takes over what the server says about a case.
    pub(crate) fn take_case(&mut self, case: RealCase) {
        if self.ledger.is_deleted(&case.id) {
            return;
        }
        let known_turn = self.confirmed.case(&case.id).map_or(0, |known| known.current_turn);
        if let Some(case) = self.confirmed.upsert_case(case, self.now.mono) {
            self.reads.note_case(&case.id, self.net.next_request());
            self.cache(CacheWrite::Case(Arc::clone(&case)));
            self.case_confirmed(&case, known_turn);
        }
    }

    /// What follows from news about a case, whichever window they came to.
    pub(crate) fn case_confirmed(&mut self, case: &RealCase, known_turn: u32) {
        let key = self.ledger.key(&case.id);
        self.settle_edits(&key);
        self.case_changed(&key);
        // Somebody else has said something in the case that the person looks at.
        if case.current_turn > known_turn && self.screen.open() == Some(&key) {
            self.want_messages(&key);
        }
    }

    pub(crate) fn cases_answered(&mut self, offset: u32, request: RequestId, outcome: Outcome) {
        let page = match outcome {
            Ok(Reply::Cases(page)) => Some(page),
            _ => None,
        };
        self.reads.list_read(offset, page.as_ref(), self.now.mono);
        if let Some((count, first)) = page.as_ref().and_then(|page| page.refused.as_ref()) {
            self.violation(format!("{count} cases of the list were left out, the first because {first}"));
        }
        for case in page.into_iter().flat_map(|page| page.rows) {
            if self.reads.is_current(&case.id, request) {
                self.take_case(case);
            }
        }
    }

    pub(crate) fn case_answered(&mut self, case: &RealId, request: RequestId, outcome: Outcome) {
        match outcome {
            Ok(Reply::Case(answer)) if answer.id == *case => {
                if self.reads.is_current(case, request) {
                    self.take_case(answer);
                }
            }
            // Only a 404 on reading the case itself says that it is gone; its rows stay (I19).
            Err(failure) if failure.status == Some(404) => {
                if let Some(known) = self.confirmed.case(case).cloned() {
                    self.take_case(RealCase { gone: true, ..(*known).clone() });
                }
            }
            Ok(_) | Err(_) => {}
        }
    }

    pub(crate) fn messages_answered(&mut self, case: &RealId, offset: u32, outcome: Outcome) {
        let Ok(Reply::Messages(page)) = outcome else {
            return self.reads.messages_failed(case, self.now.mono);
        };
        let (received, total, has_more) = (page.received, page.total, page.has_more);
        self.take_messages(case, offset, page);
        let missing = self.missing(case);
        let page = (offset, received, total, has_more);
        self.reads.messages_read(case, page, missing, self.now.mono);
        self.case_changed(&self.ledger.key(case));
    }

    /// Binds and stores the rows of a page, and completes the operations whose rows are now all here.
    pub(crate) fn take_messages(&mut self, case: &RealId, offset: u32, page: Page<RealMessage>) {
        let mut result = MergeResult { listed: page.received, ..MergeResult::default() };
        if self.ledger.is_deleted(case) {
            return;
        }
        if let Some((count, first)) = &page.refused {
            result.refused = *count;
            self.violation(format!("{count} rows of case {case} were left out, the first because {first}"));
        }
        let key = self.ledger.key(case);
        let mut crowd = Crowd::new();
        for row in &page.rows {
            crowd.entry((row.turn, row.role)).or_default().insert(row.id.clone());
        }
        let end = offset.saturating_add(page.received);
        let page_has_more = page.has_more;
        let read_before = self.confirmed.rows(case).and_then(Rows::highest_turn).unwrap_or(0);
        for (index, row) in page.rows.into_iter().enumerate() {
            let alone = crowd.get(&(row.turn, row.role)).is_some_and(|ids| ids.len() == 1);
            let arrival = offset.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
            self.take_message((case, &key), read_before, row, (arrival, alone), &mut result);
        }
        // A list that ends early has nothing up to where it was asked for.
        let asked = if page_has_more { end } else { offset.saturating_add(self.config.page).max(end) };
        self.confirmed.rows_mut(case).note_read(offset, end, asked);
        self.note_answers((case, &key), &crowd, page_has_more);
        let left = self.messages_that_left(&key).map(|entry| entry.op.id);
        // The rows of those that linger are all here.
        let left: Vec<_> = left.filter(|op| !self.is_lingering(*op)).collect();
        for op in left {
            // A confirmed question may give its unconfirmed answer another place.
            self.place_operation(op);
            self.settle_if_it_ran(op);
            self.complete_if_listed(op);
        }
        self.recorder.note_merge(result);
    }

    fn take_message(
        &mut self,
        (case, key): (&RealId, &CaseKey),
        read_before: u32,
        row: RealMessage,
        (arrival, alone): (u32, bool),
        result: &mut MergeResult,
    ) {
        let known = self.confirmed.rows(case).and_then(|rows| rows.get(&row.id)).cloned();
        let is_new = known.is_none();
        let (binding, arrival) = match known {
            Some(known) => {
                let binding = Binding {
                    key: known.key.clone(),
                    sent: known.sent,
                    attachment: known.attachment.clone(),
                    actions: known.actions.clone(),
                };
                (binding, known.arrival)
            }
            None => {
                let messages = (self.messages_that_left(key), self.ledger.finished(key));
                (self.bind(case, messages, &row, (read_before, alone)), arrival)
            }
        };
        let bound = is_new && binding.key.derived_from().is_none();
        if bound && row.role == Role::User {
            self.back_up_if_changed(key, &binding.key, &row);
        }
        let row = CachedMessage {
            key: binding.key,
            message: row,
            arrival,
            sent: binding.sent,
            attachment: binding.attachment,
            actions: binding.actions,
        };
        if self.store_row(case, key, &Arc::new(row)) {
            result.added += u32::from(is_new);
            result.changed += u32::from(!is_new);
            result.bound += u32::from(bound);
        }
    }

    /// The messages of a case that may have left. The window that sends knows them; the others may not have heard
    /// of it yet.
    fn messages_that_left(&self, key: &CaseKey) -> impl DoubleEndedIterator<Item = &Entry> + Clone {
        // Whoever has just become the one that sends may not have read what others sent before.
        let is_sender = self.windows.is_sender() && !self.windows.is_reading_back();
        let known = is_sender.then(|| self.ledger.begun(key).filter(|entry| entry.first.is_some()));
        let possible = (!is_sender).then(|| self.ledger.ops_of(key));
        let all = known.into_iter().flatten().chain(possible.into_iter().flatten());
        all.filter(|entry| matches!(entry.op.kind, OperationKind::SubmitTurn { .. }))
    }

    /// A row that comes from the cache or from another window, under the server's name, may be one of a message that
    /// was sent: whoever named it had not heard of that, or believed something that never reached the journal.
    pub(crate) fn name_here(&mut self, case: &RealId, row: Arc<CachedMessage>) -> Arc<CachedMessage> {
        let Some(Binding { key, sent, attachment, actions }) = self.other_name(case, &row) else {
            return row;
        };
        let row = Arc::new(CachedMessage { key, sent, attachment, actions, ..Arc::unwrap_or_clone(row) });
        self.cache(CacheWrite::Message { case: case.clone(), row: Arc::clone(&row) });
        row
    }

    /// What such a row is called here, if that is something else than it says.
    pub(crate) fn other_name(&self, case: &RealId, row: &CachedMessage) -> Option<Binding> {
        row.key.derived_from()?;
        let key = self.ledger.key(case);
        let attempted = self.ledger.begun(&key).filter(|entry| entry.first.is_some());
        let binding = self.bind(case, (attempted, std::iter::empty()), &row.message, (0, false));
        (binding.key != row.key).then_some(binding)
    }

    /// The server stored a message with other words than the person's: those are kept beside it.
    fn back_up_if_changed(&mut self, case: &CaseKey, key: &MessageKey, row: &RealMessage) {
        let entry = self.ledger.behind(case, key).or_else(|| self.ledger.finished_behind(case, key));
        let Some(entry) = entry else { return };
        let OperationKind::SubmitTurn { turn, .. } = &entry.op.kind else { return };
        // Without words of the person's the server words the question itself.
        if turn.text.trim() != row.text.trim() && !turn.text.trim().is_empty() {
            let (op, turn) = (entry.op.id, Arc::clone(turn));
            self.back_up(op, Some(case.clone()), BackedUp::Message(turn));
        }
    }

    /// Puts a row into confirmed state, cache and transcript. True if that changed anything.
    fn store_row(&mut self, case: &RealId, key: &CaseKey, row: &Arc<CachedMessage>) -> bool {
        let changed = self.confirmed.rows_mut(case).upsert(row).is_some();
        if changed {
            self.cache(CacheWrite::Message { case: case.clone(), row: Arc::clone(row) });
            self.place_row(key, row);
        }
        changed
    }

    /// Finds out whether a row is one of the messages that left, or of those that are over. `read_before` is the
    /// highest turn that a row was known of before the page.
    fn bind<'a>(
        &self,
        case: &RealId,
        (left, over): (
            impl DoubleEndedIterator<Item = &'a Entry> + Clone,
            impl Iterator<Item = &'a Entry> + Clone,
        ),
        row: &RealMessage,
        (read_before, alone): (u32, bool),
    ) -> Binding {
        // An operation that knows its turn outranks words that are merely equal, and one whose answer is
        // still awaited outranks one that the person stopped: that may never have run.
        let is_of_turn = |entry: &&Entry| row.turn.is_some() && answered_turn(entry) == row.turn;
        let named = left.clone().rev().chain(over.clone()).filter(is_of_turn);
        let taken = named.clone().next().is_some();
        let unnamed = left.chain(over).filter(|entry| !taken && answered_turn(entry).is_none());
        let stopped = |entry: &&Entry| entry.stage == Stage::Stopped;
        named
            .chain(unnamed.clone().filter(|entry| !stopped(entry)))
            .chain(unnamed.filter(stopped))
            .find_map(|entry| self.binding_to(case, (entry, read_before), row, alone))
            .unwrap_or_else(|| Binding {
                key: MessageKey::of_server(&row.id),
                sent: None,
                attachment: None,
                actions: Vec::new(),
            })
    }

    /// What the row is called if it is a row of this operation.
    fn binding_to(
        &self,
        case: &RealId,
        (entry, read_before): (&Entry, u32),
        row: &RealMessage,
        alone: bool,
    ) -> Option<Binding> {
        let OperationKind::SubmitTurn { question, answer, turn } = &entry.op.kind else {
            return None;
        };
        let rows = self.confirmed.rows(case);
        let turn_here = row.turn?;
        let received = match &entry.stage {
            Stage::Acknowledged(Acknowledged::Answered(answer)) => Some(answer),
            _ => None,
        };
        let turn_of_op = answered_turn(entry)
            .or_else(|| rows.and_then(|rows| rows.by_key(question)).and_then(|row| row.message.turn));
        let (key, said) = match row.role {
            Role::User => (question, Some(&turn.text)),
            Role::Assistant => (answer, received.map(|answer| &answer.text)),
            Role::System => return None,
        };
        if rows.is_some_and(|rows| rows.by_key(key).is_some()) {
            return None;
        }
        let same_text = said.is_some_and(|said| **said == *row.text);
        let fits = match turn_of_op {
            Some(turn_of_op) => turn_of_op == turn_here && (alone || same_text),
            // No answer was received: only the person's own words can tell, above what was known
            // when they left.
            None => {
                let known = entry.first.map_or(read_before, |first| first.known_turn);
                row.role == Role::User && same_text && turn_here > known
            }
        };
        fits.then(|| Binding {
            key: key.clone(),
            sent: (row.role == Role::User).then_some(entry.op.created),
            attachment: turn.data.as_ref().filter(|_| row.role == Role::User).map(crate::screen::attachment),
            actions: match row.role {
                Role::Assistant => received.map(|answer| answer.actions.clone()).unwrap_or_default(),
                _ => Vec::new(),
            },
        })
    }
}

/// The turn that the server named when it answered an operation.
pub(super) fn answered_turn(entry: &Entry) -> Option<u32> {
    match &entry.stage {
        Stage::Acknowledged(Acknowledged::Answered(answer)) => answer.turn,
        _ => None,
    }
}
