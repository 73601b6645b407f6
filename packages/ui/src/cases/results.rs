//! What a search found: on this device at once, and below that what only the server found.

use copilot_core::Intent;
use copilot_core::ids::CaseKey;
use copilot_core::view::ServerSearch;
use dioxus::prelude::*;

use super::Items;
use super::part::Part;
use crate::session::{Session, use_session};
use crate::words;

/// Cases that a search shows at most.
const HITS: usize = 200;

/// The cases that were found for a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    here: Vec<CaseKey>,
    on_server: Vec<CaseKey>,
}

impl Found {
    pub(super) fn of(session: &Session, text: &str) -> Self {
        let _ = (session.view.found_moved)();
        let hits = session.handle.read(|view| view.find(text, HITS));
        let (on_server, here): (Vec<_>, Vec<_>) = hits.into_iter().partition(|hit| hit.on_server);
        let cases = |hits: Vec<copilot_core::view::Hit>| hits.into_iter().map(|hit| hit.case).collect();
        Self { here: cases(here), on_server: cases(on_server) }
    }

    /// From top to bottom.
    pub(super) fn all(&self) -> Vec<CaseKey> {
        self.here.iter().chain(&self.on_server).cloned().collect()
    }
}

/// Has the server look for a text as well, where that can be asked, for as long as the list is in the page.
pub(super) fn use_server_search(session: &Session) {
    let session = session.clone();
    use_drop(move || session.act(Intent::Search("".into())));
}

/// The rows of a search. `top` is the first row to draw.
#[component]
pub(super) fn Results(
    text: String,
    found: Found,
    top: usize,
    row_height: f64,
    stop: Option<CaseKey>,
) -> Element {
    let Found { here, on_server } = &found;
    rsx! {
        if here.is_empty() && on_server.is_empty() {
            Nothing { text }
        }
        if !here.is_empty() {
            Items { label: words::RESULTS, part: Part::of(here, 0, top, row_height), stop: stop.clone() }
        }
        if !on_server.is_empty() {
            section { class: "group",
                h2 { class: "group-head", "{words::ON_THE_SERVER}" }
                Items { label: words::ON_THE_SERVER, part: Part::of(on_server, here.len(), top, row_height), stop }
            }
        }
    }
}

/// Nothing was found, and where that was looked for.
#[component]
fn Nothing(text: String) -> Element {
    let session = use_session();
    let _ = (session.view.found_moved)();
    let said = match session.handle.read(|view| view.server_search()) {
        ServerSearch::NotAsked => words::no_hits(&text),
        ServerSearch::Asked => words::no_hits_yet(&text),
        ServerSearch::Answered => words::no_hits_anywhere(&text),
    };
    rsx! {
        p { class: "cases-empty", role: "status", "{said}" }
    }
}
