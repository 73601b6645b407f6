//! What is drawn: the case list, the transcripts, and which parts of them changed.
//!
//! `view == merge(confirmed, operations)` (I7), kept up to date per entity: every change of an
//! operation or a confirmed row places that entity again and nothing else. Rows are made in
//! [`rows`] when they are read; texts are never copied into here.

mod case_list;
mod delivery;
mod overlay;
mod rows;
mod search;

pub(crate) use delivery::{SHORT_WAIT, retry_helps};
pub use rows::View;
pub(crate) use rows::attachment;

use crate::ids::{CaseKey, MessageKey, OperationId};
use crate::ordered::{OrderedMap, OrderedSet};
use crate::sorted::SortedKeys;
use crate::view::{Group, ViewPatch};

/// Where a message row stands: turn, time, arrival or order, operation, side, key. Two windows may give
/// one order to two messages: the operation decides, on screen as in the lane.
type Place = (u32, u64, u32, Option<OperationId>, u8, MessageKey);

/// The rows of one case, top to bottom.
#[derive(Debug, Clone, Default)]
struct Transcript {
    rows: SortedKeys<Place, MessageKey>,
    places: OrderedMap<MessageKey, Place>,
}

/// Where a case stands in its group: newest activity first.
type CasePlace = (std::cmp::Reverse<u64>, CaseKey);

/// The case list.
#[derive(Debug, Clone, Default)]
struct CaseList {
    pinned: SortedKeys<CasePlace, CaseKey>,
    active: SortedKeys<CasePlace, CaseKey>,
    resolved: SortedKeys<CasePlace, CaseKey>,
    places: OrderedMap<CaseKey, (Group, CasePlace)>,
}

/// What is drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Screen {
    open: Option<CaseKey>,
    list: CaseList,
    transcripts: OrderedMap<CaseKey, Transcript>,
    patches: OrderedSet<ViewPatch>,
    /// Cases whose row must be placed again at the end of the step.
    changed: OrderedSet<CaseKey>,
}

impl Screen {
    pub(crate) const fn open(&self) -> Option<&CaseKey> {
        self.open.as_ref()
    }

    pub(crate) fn set_open(&mut self, case: Option<CaseKey>) {
        self.open = case;
    }

    pub(crate) fn patch(&mut self, patch: ViewPatch) {
        self.patches.insert(patch);
    }

    pub(crate) fn take_patches(&mut self) -> Vec<ViewPatch> {
        std::mem::take(&mut self.patches).into_iter().collect()
    }

    pub(crate) fn is_listed(&self, case: &CaseKey) -> bool {
        self.list.places.contains_key(case) || self.changed.contains(case)
    }

    /// Takes a case off the screen.
    pub(crate) fn forget_case(&mut self, case: &CaseKey) {
        self.changed.remove(case);
        self.transcripts.remove(case);
        if self.list.remove(case) {
            self.patch(ViewPatch::CaseList);
            self.patch(ViewPatch::Case(case.clone()));
        }
        if self.open.as_ref() == Some(case) {
            self.open = None;
            self.patch(ViewPatch::Open);
        }
    }

    /// Whether the rows of a case have places: it was looked at, and is still in memory.
    pub(crate) fn is_drawn(&self, case: &CaseKey) -> bool {
        self.transcripts.contains_key(case)
    }

    pub(crate) fn close_transcript(&mut self, case: &CaseKey) {
        self.transcripts.remove(case);
    }

    /// Takes every row away, and says of which cases there were any: they are placed again one by one.
    pub(crate) fn clear_rows(&mut self) -> Vec<CaseKey> {
        let cases = std::mem::take(&mut self.transcripts).into_keys().collect();
        self.list = CaseList::default();
        self.patch(ViewPatch::CaseList);
        if let Some(open) = self.open.clone() {
            self.patch(ViewPatch::Transcript(open));
        }
        cases
    }

    pub(crate) fn fingerprint(&self, state: &mut impl std::hash::Hasher) {
        use std::hash::Hash;
        self.open.hash(state);
        self.list.places.hash(state);
        for (case, transcript) in &self.transcripts {
            case.hash(state);
            transcript.rows.hash(state);
        }
    }
}
