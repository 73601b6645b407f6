//! A user interface without pixels: it reads again what patches name, and nothing else. If it then
//! differs from what the core says when asked for everything, a patch was missing (I7).

use std::collections::BTreeMap;

use copilot_core::View;
use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::view::{CaseRow, Group, MessageRow, Status, ViewPatch};

pub(crate) const GROUPS: [Group; 3] = [Group::Pinned, Group::Active, Group::Resolved];

/// What is on the screen of a window.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    open: Option<CaseKey>,
    list: Vec<(Group, CaseKey)>,
    cases: BTreeMap<CaseKey, CaseRow>,
    keys: Vec<MessageKey>,
    rows: BTreeMap<MessageKey, MessageRow>,
    status: Option<Status>,
}

/// What went off the screen in one step although the same case is still open.
#[derive(Debug, Default)]
pub(crate) struct Gone {
    pub(crate) rows: Vec<MessageRow>,
    pub(crate) cases: Vec<CaseKey>,
}

fn list_of(view: View<'_>) -> Vec<(Group, CaseKey)> {
    GROUPS
        .into_iter()
        .flat_map(|group| view.group(group).iter().map(move |key| (group, key.clone())))
        .collect()
}

impl Mirror {
    /// Whether a row is on screen.
    pub(crate) fn shows(&self, row: &MessageKey) -> bool {
        self.rows.contains_key(row)
    }

    /// Draws what the patches name. Returns what went away by that.
    pub(crate) fn draw(&mut self, view: View<'_>, patches: &[ViewPatch]) -> Gone {
        let mut gone = Gone::default();
        for patch in patches {
            match patch {
                ViewPatch::Open => self.mount(view),
                ViewPatch::CaseList => self.draw_list(view, &mut gone),
                ViewPatch::Case(key) if self.list.iter().any(|(_, listed)| listed == key) => {
                    self.cases.extend(view.case(key).map(|row| (key.clone(), row)));
                }
                ViewPatch::Transcript(case) if self.open.as_ref() == Some(case) => {
                    self.draw_transcript(view, case, &mut gone);
                }
                ViewPatch::Message(case, key)
                    if self.open.as_ref() == Some(case) && self.rows.contains_key(key) =>
                {
                    self.rows.extend(view.message(case, key).map(|row| (key.clone(), row)));
                }
                ViewPatch::Status => self.status = Some(view.status()),
                _ => {}
            }
        }
        gone
    }

    fn mount(&mut self, view: View<'_>) {
        self.open = view.open().cloned();
        self.rows.clear();
        self.keys.clear();
        if let Some(case) = self.open.clone() {
            self.draw_transcript(view, &case, &mut Gone::default());
        }
    }

    fn draw_list(&mut self, view: View<'_>, gone: &mut Gone) {
        self.list = list_of(view);
        let listed: Vec<&CaseKey> = self.list.iter().map(|(_, key)| key).collect();
        let unlisted: Vec<CaseKey> = self.cases.keys().filter(|key| !listed.contains(key)).cloned().collect();
        for key in &unlisted {
            self.cases.remove(key);
        }
        gone.cases.extend(unlisted);
        for (_, key) in &self.list {
            if !self.cases.contains_key(key) {
                self.cases.extend(view.case(key).map(|row| (key.clone(), row)));
            }
        }
    }

    fn draw_transcript(&mut self, view: View<'_>, case: &CaseKey, gone: &mut Gone) {
        self.keys = view.transcript(case).to_vec();
        let unlisted: Vec<MessageKey> =
            self.rows.keys().filter(|key| !self.keys.contains(key)).cloned().collect();
        for key in unlisted {
            gone.rows.extend(self.rows.remove(&key));
        }
        for key in &self.keys {
            if !self.rows.contains_key(key) {
                self.rows.extend(view.message(case, key).map(|row| (key.clone(), row)));
            }
        }
    }

    /// What the screen shows and the core does not, or the reverse.
    pub(crate) fn differs(&self, view: View<'_>) -> Option<String> {
        if self.open.as_ref() != view.open() {
            return Some(format!("open is {:?}, drawn is {:?}", view.open(), self.open));
        }
        let list = list_of(view);
        if self.list != list {
            return Some(format!("the list is {list:?}, drawn is {:?}", self.list));
        }
        for (_, key) in &self.list {
            let (is, drawn) = (view.case(key), self.cases.get(key));
            if is.as_ref() != drawn {
                return Some(format!("case {key} is {is:?}, drawn is {drawn:?}"));
            }
        }
        let Some(case) = &self.open else {
            return None;
        };
        if self.keys != view.transcript(case) {
            return Some(format!("rows are {:?}, drawn are {:?}", view.transcript(case), self.keys));
        }
        for key in &self.keys {
            let (is, drawn) = (view.message(case, key), self.rows.get(key));
            if is.as_ref() != drawn {
                return Some(format!("row {key} is {is:?}, drawn is {drawn:?}"));
            }
        }
        let status = view.status();
        (self.status.as_ref() != Some(&status))
            .then(|| format!("status is {status:?}, drawn is {:?}", self.status))
    }
}
