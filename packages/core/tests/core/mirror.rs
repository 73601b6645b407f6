//! A user interface that draws a row again only when a patch names it, and so finds every forgotten patch.

use std::collections::BTreeMap;
use std::sync::Arc;

use copilot_core::View;
use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::model::{CaseDetails, Draft};
use copilot_core::view::{CaseRow, Group, MessageRow, ServerSearch, Status, ViewPatch};

const GROUPS: [Group; 3] = [Group::Pinned, Group::Active, Group::Resolved];

/// What is drawn.
#[derive(Default)]
pub(crate) struct Mirror {
    open: Option<CaseKey>,
    groups: [Vec<CaseKey>; 3],
    cases: BTreeMap<CaseKey, Option<CaseRow>>,
    transcript: Vec<MessageKey>,
    messages: BTreeMap<MessageKey, Option<MessageRow>>,
    drafts: BTreeMap<Option<CaseKey>, Draft>,
    details: BTreeMap<CaseKey, Option<Arc<CaseDetails>>>,
    status: Option<Status>,
    search: Option<ServerSearch>,
    /// How often the whole list of cases was read.
    pub(crate) lists_read: usize,
}

impl Mirror {
    pub(crate) fn apply(&mut self, view: &View<'_>, patches: &[ViewPatch]) {
        for patch in patches {
            match patch {
                ViewPatch::CaseList => {
                    self.lists_read += 1;
                    self.groups = GROUPS.map(|group| view.group(group).to_vec());
                    for key in self.groups.iter().flatten() {
                        self.cases.entry(key.clone()).or_insert_with(|| view.case(key));
                    }
                }
                ViewPatch::Case(key) => {
                    self.cases.insert(key.clone(), view.case(key));
                }
                ViewPatch::Open => {
                    self.open = view.open().cloned();
                    self.messages.clear();
                    self.read_transcript(view);
                }
                ViewPatch::Transcript(key) if self.open.as_ref() == Some(key) => self.read_transcript(view),
                ViewPatch::Message(case, key) if self.open.as_ref() == Some(case) => {
                    self.messages.insert(key.clone(), view.message(case, key));
                }
                ViewPatch::Transcript(_) | ViewPatch::Message(..) => {}
                ViewPatch::Draft(case) => {
                    let draft = view.draft(case.as_ref()).cloned().unwrap_or_default();
                    self.drafts.insert(case.clone(), draft);
                }
                ViewPatch::Details(case) => {
                    self.details.insert(case.clone(), view.details(case).cloned());
                }
                ViewPatch::Found => self.search = Some(view.server_search()),
                ViewPatch::Status => self.status = Some(view.status()),
            }
        }
    }

    fn read_transcript(&mut self, view: &View<'_>) {
        let Some(open) = &self.open else { return self.transcript.clear() };
        self.transcript = view.transcript(open).to_vec();
        for key in &self.transcript {
            self.messages.entry(key.clone()).or_insert_with(|| view.message(open, key));
        }
    }

    /// What is drawn is what there is to draw.
    pub(crate) fn compare(&self, view: &View<'_>) {
        assert_eq!(self.open.as_ref(), view.open(), "which case is open");
        for (group, drawn) in GROUPS.into_iter().zip(&self.groups) {
            assert_eq!(drawn, view.group(group), "the order of {group:?}");
            for key in drawn {
                assert_eq!(self.cases.get(key), Some(&view.case(key)), "the row of {key}");
            }
        }
        if let Some(open) = &self.open {
            assert_eq!(self.transcript, view.transcript(open), "the order of the transcript of {open}");
            for key in &self.transcript {
                assert_eq!(self.messages.get(key), Some(&view.message(open, key)), "the row {key} of {open}");
            }
        }
        for (case, drawn) in &self.drafts {
            assert_eq!(Some(drawn), view.draft(case.as_ref()).or(Some(&Draft::default())), "a draft");
        }
        // Details that were closed are gone without a word: nobody looks at them.
        for (case, drawn) in self.details.iter().filter(|(case, _)| view.details(case).is_some()) {
            assert_eq!(drawn.as_ref(), view.details(case), "the details of {case}");
        }
        if let Some(status) = &self.status {
            assert_eq!(status, &view.status(), "the status");
        }
        if let Some(search) = self.search {
            assert_eq!(search, view.server_search(), "whether the server looks as well");
        }
    }
}
