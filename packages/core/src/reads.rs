//! What is read from the server, and when: the case list, the cases that changed, the messages of
//! resident cases. Any window reads for itself; only the holder of the lease writes.

use std::ops::Bound;
use std::sync::Arc;

use crate::confirmed::Rows;
use crate::core::Core;
use crate::ids::{CaseKey, RealId};
use crate::link::Purpose;
use crate::model::{CaseDetails, RealCase};
use crate::ordered::{OrderedMap, OrderedSet};
use crate::request::{Page, Request, RequestId};
use crate::time::{Millis, Mono};

mod details;
mod resident;
mod search;

/// Reads that may be open at once.
const READS_AT_ONCE: usize = 2;
/// Time between two looks at the first page of the list while the window is visible.
const LIST_EVERY: Millis = Millis::seconds(60);
/// Rows that are read again before the new ones: a server may list rows late.
const OVERLAP: u32 = 10;
/// Waits before the list is read again because it lacked rows that must come.
const READ_AGAIN: [Millis; 5] =
    [Millis::seconds(2), Millis::seconds(5), Millis::seconds(15), Millis::seconds(45), Millis::seconds(120)];
/// Cases whose messages stay in memory, besides those with operations.
const RESIDENT_CASES: usize = 12;

/// Where to read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    /// At the end of what is known, with some overlap.
    End,
    /// At this index of the server's list.
    At(u32),
}

/// Whether operations wait for rows that a page did not bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Nothing,
    /// The server may list them later, at this index or behind it.
    Later(u32),
    /// They may stand above the rows that are in memory.
    Above,
}

/// How far the messages of one resident case are read.
#[derive(Debug, Clone, Default)]
struct Reading {
    /// The cache has been asked and has answered.
    cache_loaded: bool,
    /// A page of the server has been read.
    server_read: bool,
    /// The next page to read.
    wanted: Option<Want>,
    /// A page above the resident rows was asked for.
    older_wanted: bool,
    /// The page that is being read is one of those: behind it stands what has been read already.
    is_older: bool,
    open: bool,
    /// When to read again, because rows were missing or the read failed.
    again_at: Option<Mono>,
    /// From which index on, if that is not the end.
    again_from: Option<u32>,
    again: usize,
    /// When to read once more what was left out, and from which index on.
    once_more: Option<(Mono, u32)>,
}

/// What is to be read.
#[derive(Debug, Clone)]
pub(crate) struct Reads {
    pub(crate) visible: bool,
    list_wanted: Option<u32>,
    list_open: bool,
    list_at: Option<Mono>,
    cases: OrderedSet<RealId>,
    messages: OrderedMap<RealId, Reading>,
    /// The case whose messages were read last: others have their turn before it.
    last_read: Option<RealId>,
    /// The case whose details somebody looks at, what is known of them, and whether they are to be read.
    details: Option<(RealId, Option<Arc<CaseDetails>>)>,
    details_wanted: bool,
    /// What the person looks for.
    search: Option<search::Search>,
    /// Requests older than this one know less about a case than this device does.
    current_from: OrderedMap<RealId, RequestId>,
    /// Resident cases that may be paged out, newest last. Those found to have operations are left out until the last
    /// of these ends.
    recent: Vec<RealId>,
    /// Cases that were paged out in this run: whoever comes back may have been reading far above the end.
    left: OrderedSet<RealId>,
}

impl Default for Reads {
    fn default() -> Self {
        Self {
            visible: true,
            list_wanted: None,
            list_open: false,
            list_at: None,
            cases: OrderedSet::new(),
            messages: OrderedMap::new(),
            last_read: None,
            details: None,
            details_wanted: false,
            search: None,
            current_from: OrderedMap::new(),
            recent: Vec::new(),
            left: OrderedSet::new(),
        }
    }
}

impl Reads {
    /// Everything is read again: the server can be reached again, or the account is back.
    pub(crate) fn want_everything(&mut self) {
        self.list_wanted = Some(0);
        self.details_wanted = self.details.is_some();
        self.want_search();
        for reading in self.messages.values_mut() {
            reading.again_at = None;
            reading.again = 0;
            reading.wanted.get_or_insert(Want::End);
        }
    }

    pub(crate) fn list_read(&mut self, offset: u32, page: Option<&Page<RealCase>>, now: Mono) {
        self.list_open = false;
        self.list_at = Some(now + LIST_EVERY);
        self.list_wanted = page
            .filter(|page| page.has_more && page.received > 0)
            .map(|page| offset.saturating_add(page.received));
    }

    /// Something newer than any answer to an earlier request is known about a case.
    pub(crate) fn note_case(&mut self, case: &RealId, next: RequestId) {
        self.current_from.insert(case.clone(), next);
    }

    /// Whether an answer to this request may still change what is known about a case.
    pub(crate) fn is_current(&self, case: &RealId, request: RequestId) -> bool {
        self.current_from.get(case).is_none_or(|from| request >= *from)
    }

    pub(crate) fn note_messages(&mut self, case: &RealId) {
        if let Some(reading) = self.messages.get_mut(case) {
            reading.server_read = true;
        }
    }

    pub(crate) fn messages_failed(&mut self, case: &RealId, now: Mono) {
        if let Some(reading) = self.messages.get_mut(case) {
            reading.open = false;
            reading.older_wanted = false;
            reading.read_again(now);
        }
    }

    pub(crate) fn messages_read(
        &mut self,
        case: &RealId,
        (offset, received, total, has_more): (u32, u32, Option<u32>, bool),
        missing: Missing,
        now: Mono,
    ) {
        let Some(reading) = self.messages.get_mut(case) else {
            return;
        };
        reading.open = false;
        reading.server_read = true;
        // The list is shorter than it was: the server leaves rows out. Look at its end.
        let past_end = total.filter(|total| received == 0 && offset > *total);
        if let Some(total) = past_end {
            reading.wanted = Some(Want::At(total.saturating_sub(OVERLAP)));
        } else if has_more && received > 0 && !reading.is_older {
            reading.wanted = Some(Want::At(offset.saturating_add(received)));
        } else if let Missing::Later(from) = missing {
            reading.again_from = Some(from.saturating_sub(OVERLAP));
            reading.read_again(now);
        } else if missing == Missing::Nothing {
            reading.again = 0;
            reading.again_at = None;
            reading.again_from = None;
        }
        reading.older_wanted = missing == Missing::Above;
    }

    /// A case is read once more from this index on when its moment has come.
    pub(crate) fn look_again(&mut self, case: &RealId, at: Mono, from: u32) {
        if let Some(reading) = self.messages.get_mut(case) {
            let from = from.saturating_sub(OVERLAP);
            reading.once_more =
                Some(reading.once_more.map_or((at, from), |(at, other)| (at, from.min(other))));
        }
    }

    pub(crate) fn forget(&mut self, case: &RealId) {
        self.messages.remove(case);
        self.cases.remove(case);
        self.recent.retain(|recent| recent != case);
        self.left.remove(case);
    }

    /// Where the rows begin that may hold a message whose fate is unknown.
    pub(crate) fn verify_offset(rows: Option<&Rows>) -> u32 {
        rows.and_then(|rows| rows.window).map_or(0, |(_, to)| to.saturating_sub(OVERLAP))
    }

    /// Whether the rows of a case are in memory, or on their way there.
    pub(crate) fn is_resident(&self, case: &RealId) -> bool {
        self.messages.contains_key(case)
    }

    pub(crate) fn is_loading(&self, case: &RealId) -> bool {
        self.messages.get(case).is_some_and(|reading| !reading.cache_loaded || !reading.server_read)
    }
}

impl Reading {
    fn read_again(&mut self, now: Mono) {
        self.again_at = READ_AGAIN.get(self.again).map(|wait| now + *wait);
        self.again += 1;
    }
}

impl Core {
    /// A case should be read when that is possible: its title or state may have changed.
    pub(crate) fn want_case(&mut self, key: &CaseKey) {
        if let Some(real) = self.ledger.real(key) {
            self.reads.cases.insert(real);
        }
    }

    pub(crate) fn load_older(&mut self) {
        let Some(real) = self.screen.open().and_then(|key| self.ledger.real(key)) else {
            return;
        };
        if let Some(reading) = self.reads.messages.get_mut(&real) {
            reading.older_wanted = true;
        }
    }

    pub(crate) fn has_older(&self, key: &CaseKey) -> bool {
        self.rows_of(key).and_then(|rows| rows.window).is_some_and(|(from, _)| from > 0)
    }

    pub(crate) fn shown(&mut self) {
        self.reads.visible = true;
        // The last message of another window may have been lost.
        self.ask_back();
        self.reads.list_wanted.get_or_insert(0);
        if let Some(key) = self.screen.open().cloned() {
            self.want_messages(&key);
        }
    }

    pub(crate) fn next_refresh_moment(&self) -> Option<Mono> {
        if !self.reads.visible {
            return None;
        }
        let once_more = |reading: &Reading| reading.once_more.map(|(at, _)| at);
        let again = self
            .reads
            .messages
            .values()
            .flat_map(|reading| reading.again_at.into_iter().chain(once_more(reading)));
        again.chain(self.reads.list_at).chain(self.reads.search_moment(self.now.mono)).min()
    }

    pub(crate) fn refresh_timer(&mut self) {
        let now = self.now.mono;
        if self.reads.list_at.is_some_and(|at| at <= now) {
            self.ask_back();
            self.reads.list_at = Some(now + LIST_EVERY);
            self.reads.list_wanted.get_or_insert(0);
        }
        for reading in self.reads.messages.values_mut() {
            if reading.again_at.is_some_and(|at| at <= now) {
                reading.again_at = None;
                let from = reading.again_from.take().map_or(Want::End, Want::At);
                reading.wanted.get_or_insert(from);
            }
            if let Some((_, from)) = reading.once_more.take_if(|(at, _)| *at <= now) {
                reading.wanted.get_or_insert(Want::At(from));
            }
        }
    }

    /// Sends the reads that may go out: what the person looks at comes first.
    pub(crate) fn pump_reads(&mut self) {
        while self.net.is_clear(self.now.mono) && self.net.open_reads() < READS_AT_ONCE {
            self.pump_search();
            let Some((purpose, request)) = self.next_read() else {
                return;
            };
            self.request(purpose, request);
        }
    }

    fn next_read(&mut self) -> Option<(Purpose, Request)> {
        if let Some(read) = self.next_messages_read() {
            return Some(read);
        }
        let limit = self.config.page;
        if !self.reads.list_open
            && let Some(offset) = self.reads.list_wanted.take()
        {
            self.reads.list_open = true;
            return Some((Purpose::Cases { offset }, Request::ListCases { offset, limit }));
        }
        if let Some((case, _)) = self.reads.details.as_ref().filter(|_| self.reads.details_wanted) {
            let case = case.clone();
            self.reads.details_wanted = false;
            return Some((Purpose::Details(case.clone()), Request::ReadDetails { case }));
        }
        let case = self.reads.cases.pop_first()?;
        Some((Purpose::Case(case.clone()), Request::ReadCase { case }))
    }

    fn next_messages_read(&mut self) -> Option<(Purpose, Request)> {
        let open = self.screen.open().and_then(|key| self.ledger.real(key));
        let due = |reading: &Reading| {
            reading.cache_loaded && !reading.open && (reading.wanted.is_some() || reading.older_wanted)
        };
        let case = open.filter(|open| self.reads.messages.get(open).is_some_and(due)).or_else(|| {
            let from = self.reads.last_read.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
            let behind = self.reads.messages.range::<RealId, _>((from, Bound::Unbounded));
            let mut in_turn = behind.chain(&self.reads.messages);
            in_turn.find(|(_, reading)| due(reading)).map(|(case, _)| case.clone())
        })?;
        self.reads.last_read = Some(case.clone());
        let rows = self.confirmed.rows(&case);
        let window = rows.and_then(|rows| rows.window);
        let turns = self.confirmed.case(&case).map_or(0, |case| case.current_turn);
        let page = self.config.page;
        let reading = self.reads.messages.get_mut(&case)?;
        reading.is_older = reading.wanted.is_none();
        let (offset, limit) = match (reading.wanted.take(), window) {
            (Some(Want::At(offset)), _) => (offset, page),
            (Some(Want::End), Some((_, to))) => {
                // Answers may be listed later than what came after them: one page has room for both.
                let unanswered =
                    rows.and_then(|rows| rows.first_unanswered(to.saturating_sub(page - OVERLAP)));
                (unanswered.unwrap_or(to).min(to.saturating_sub(OVERLAP)), page)
            }
            // Two rows a turn: what is read first is the end, where the person looks.
            (Some(Want::End), None) => (turns.saturating_mul(2).saturating_sub(page - OVERLAP), page),
            (None, Some((from, _))) if from > 0 => (from.saturating_sub(page), page.min(from)),
            (None, _) => {
                reading.older_wanted = false;
                return None;
            }
        };
        reading.open = true;
        let request = Request::ListMessages { case: case.clone(), offset, limit };
        Some((Purpose::Messages { case, offset }, request))
    }
}
