//! Looking for a text on the server: asked when typing pauses, shown below what was found on this device.
//!
//! What is found on this device never waits for any of this; see `screen::search`.

use std::sync::Arc;

use super::Reads;
use crate::core::Core;
use crate::ids::{CaseKey, RealId};
use crate::link::Purpose;
use crate::request::{Outcome, Reply, Request, RequestId};
use crate::time::Mono;
use crate::view::{AccountStatus, LinkStatus, ServerSearch, ViewPatch};

/// Characters of a text that a server is asked for. A single letter stands in every case; nobody types more.
const WORTH_ASKING: std::ops::RangeInclusive<usize> = 2..=200;

/// Cases that are asked for: the contract's default (contract 2.3).
const CASES: u32 = 20;

/// What the person looks for.
#[derive(Debug, Clone)]
pub(super) struct Search {
    text: Arc<str>,
    stage: Stage,
}

#[derive(Debug, Clone)]
enum Stage {
    /// To be asked at this moment, or when that is possible.
    Due(Mono),
    Open(RequestId),
    Answered(Vec<RealId>),
    /// It could not be asked; it is asked again when the server can be reached again.
    Failed,
}

impl Reads {
    /// What failed is asked again.
    pub(crate) fn want_search(&mut self) {
        if let Some(search) = self.search.as_mut().filter(|search| matches!(search.stage, Stage::Failed)) {
            search.stage = Stage::Due(Mono(0));
        }
    }

    /// When the next question is due, if that is not now: what is due and cannot be asked waits for no clock.
    pub(super) fn search_moment(&self, now: Mono) -> Option<Mono> {
        match self.search.as_ref()?.stage {
            Stage::Due(at) => Some(at).filter(|at| *at > now),
            _ => None,
        }
    }
}

impl Core {
    pub(crate) fn search(&mut self, text: &str) {
        let text = text.trim();
        if self.reads.search.as_ref().is_some_and(|search| *search.text == *text) {
            return;
        }
        if let Some(Search { stage: Stage::Open(request), .. }) = self.reads.search.take() {
            self.abort(request);
        }
        let due = Stage::Due(self.now.mono + self.config.debounce);
        let is_worth_it = WORTH_ASKING.contains(&text.chars().count());
        self.reads.search = is_worth_it.then(|| Search { text: text.into(), stage: due });
        self.screen.patch(ViewPatch::Found);
    }

    /// Sends the question, if it is due and the server takes such questions.
    pub(super) fn pump_search(&mut self) {
        let now = self.now.mono;
        let Some(search) = self.reads.search.as_ref().filter(|_| self.net.limits.search) else { return };
        if !matches!(search.stage, Stage::Due(at) if at <= now) {
            return;
        }
        let asked = Request::SearchCases { text: Arc::clone(&search.text), limit: CASES };
        let request = self.request(Purpose::Search, asked);
        if let Some(search) = &mut self.reads.search {
            search.stage = Stage::Open(request);
        }
    }

    pub(crate) fn search_answered(&mut self, request: RequestId, outcome: Outcome) {
        let is_awaited = |search: &&Search| matches!(search.stage, Stage::Open(open) if open == request);
        if self.reads.search.as_ref().filter(is_awaited).is_none() {
            return;
        }
        let stage = match outcome {
            Ok(Reply::Cases(page)) => {
                if let Some((count, first)) = &page.refused {
                    self.violation(format!("{count} found cases were left out, the first because {first}"));
                }
                let found = page.rows.iter().map(|case| case.id.clone()).collect();
                for case in page.rows {
                    if self.reads.is_current(&case.id, request) {
                        self.take_case(case);
                    }
                }
                Stage::Answered(found)
            }
            // A server that says it can and cannot is not asked again before it has said so once more.
            Err(failure) if matches!(failure.status, Some(404 | 405 | 501)) => {
                self.net.limits.search = false;
                self.screen.patch(ViewPatch::Status);
                Stage::Failed
            }
            Ok(_) | Err(_) => Stage::Failed,
        };
        if let Some(search) = &mut self.reads.search {
            search.stage = stage;
        }
        self.screen.patch(ViewPatch::Found);
    }

    /// Link, account or server changed: the server may be asked now, or no more.
    pub(crate) fn search_may_have_changed(&mut self) {
        if self.reads.search.is_some() {
            self.screen.patch(ViewPatch::Found);
        }
    }

    /// The listed cases that the server found for a text, in its order.
    pub(crate) fn found_on_server(&self, text: &str) -> Vec<CaseKey> {
        match &self.reads.search {
            Some(Search { text: sought, stage: Stage::Answered(found) }) if **sought == *text => {
                let keys = found.iter().map(|case| self.ledger.key(case));
                keys.filter(|key| self.screen.is_listed(key)).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn server_search(&self) -> ServerSearch {
        let reachable = self.net.link == LinkStatus::Online && self.net.account == AccountStatus::SignedIn;
        match self.reads.search.as_ref().map(|search| &search.stage) {
            Some(Stage::Answered(_)) => ServerSearch::Answered,
            Some(Stage::Due(_) | Stage::Open(_)) if reachable && self.net.limits.search => {
                ServerSearch::Asked
            }
            _ => ServerSearch::NotAsked,
        }
    }
}
