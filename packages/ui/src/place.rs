//! Places that an address can name: a case, the settings.
//!
//! The shell says where its address leads; what is not understood leads nowhere and is no error.

use copilot_core::ids::{CaseKey, RealId};
use copilot_core::view::Group;
use copilot_runtime::Handle;

use crate::session::{Page, Session, put};

const CASE: &str = "/case/";
const SETTINGS: &str = "/settings";

/// Where an address leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A case, by the server's id.
    Case(RealId),
    /// The settings.
    Settings,
}

impl Place {
    /// Reads what stands behind the `#` of an address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text == SETTINGS {
            return Some(Self::Settings);
        }
        RealId::parse(text.strip_prefix(CASE)?).ok().map(Self::Case)
    }

    /// The place of a case, for an address.
    pub(crate) fn of_case(case: &RealId) -> String {
        format!("{CASE}{case}")
    }
}

impl Session {
    /// Goes where an address leads. A case that is not in the list yet opens when it comes, unless the person has
    /// opened another one by then.
    pub(crate) fn go(&self, place: Place) {
        match place {
            Place::Settings => self.show_page(Page::Settings),
            Place::Case(case) => {
                put(self.page, Page::Conversation);
                self.wanted.replace(Some(case));
                self.go_on();
            }
        }
    }

    /// An address to give away that leads to a case: the dashboard's if there is one, else this program's.
    pub(crate) fn address_of(&self, case: &CaseKey) -> Option<String> {
        let real = self.handle.read(|view| view.real_case(case))?;
        self.link_to(case).or_else(|| self.host.address_of(&Place::of_case(&real)))
    }

    /// Opens the case that was asked for, if it is there by now.
    pub(crate) fn go_on(&self) {
        let Some(wanted) = self.wanted.borrow().clone() else { return };
        if let Some(case) = case_of(&self.handle, &wanted) {
            self.wanted.take();
            self.show(Some(case));
        }
    }
}

/// The row of a case of the server. A case that was born here goes by another key than one that was first seen there.
pub(crate) fn case_of(handle: &Handle, id: &RealId) -> Option<CaseKey> {
    handle.read(|view| {
        let groups = [Group::Pinned, Group::Active, Group::Resolved].into_iter();
        let mut cases = groups.flat_map(|group| view.group(group));
        cases.find(|case| view.real_case(case).as_ref() == Some(id)).cloned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_case_leads_back_to_it() {
        let id = RealId::parse("case-7f3a").unwrap();
        assert_eq!(Place::parse(&Place::of_case(&id)), Some(Place::Case(id)));
    }

    #[test]
    fn what_is_no_place_leads_nowhere() {
        for text in ["", "/", "/case/", "/case/opt_case_1_2", "/settings/", "case/x", "/inspector"] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }
}
