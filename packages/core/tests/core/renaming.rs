//! What every story about titles does: a rename, and the look at the case that goes before it.

use copilot_core::Intent;
use copilot_core::ids::CaseKey;
use copilot_core::model::RealCase;
use copilot_core::request::{Reply, Request};

use crate::support::*;

pub(crate) fn rename(desk: &mut Desk, case: &CaseKey, title: &str) {
    desk.wish(Intent::Rename { case: case.clone(), title: title.into() });
}

/// Answers the look at the case that goes before every rename.
pub(crate) fn theirs_is(desk: &mut Desk, title: &str) {
    let theirs = RealCase { title: Some(title.into()), ..case("c-1", 1) };
    desk.answer_all(|request| {
        matches!(request, Request::ReadCase { .. }).then(|| Ok(Reply::Case(theirs.clone())))
    });
}
