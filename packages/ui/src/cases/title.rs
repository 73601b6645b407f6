//! The title of a case where it is read. A name that the server gives fades in (ux §5); what the person wrote is
//! simply there, and so is every title that a row begins with.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use copilot_core::view::{CaseRow, NameOrigin};
use dioxus::prelude::*;

/// See the module.
#[component]
pub(crate) fn Title(case: Rc<CaseRow>) -> Element {
    let shown = use_hook(|| Rc::new(RefCell::new((Arc::clone(&case.title), case.origin, 0_u32))));
    let mut shown = shown.borrow_mut();
    let (title, origin, named) = &mut *shown;
    if *title != case.title {
        let by_server = case.origin == NameOrigin::Server && *origin != NameOrigin::Mine;
        *named = if by_server { *named + 1 } else { 0 };
        *title = Arc::clone(&case.title);
    }
    *origin = case.origin;
    let named = *named;
    rsx! {
        // Another name is another element: it begins to fade in once more.
        for named in [named] {
            span { key: "{named}", class: if named > 0 { "named" }, "{case.title}" }
        }
    }
}
