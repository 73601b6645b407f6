//! What is known about a case beside its conversation: problem, progress, hypotheses, evidence, files,
//! copies of what was replaced, and the ways to end it.
//!
//! `parts` and `copies` draw the sections. The server's part is read while the drawer is open; files that went along
//! with messages of this device are there at once and offline.

mod copies;
mod parts;

use copilot_core::Intent;
use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::model::CaseState;
use dioxus::prelude::*;

use crate::cases::Fence;
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::mirror::use_case;
use crate::session::{Session, put, use_session};
use crate::words;
use copies::Copies;
use parts::{Evidences, Files, Hypotheses, Outcome, Problem, Progress};

/// How long the row that something leads to is lit, in milliseconds (ux §4).
const LIT_MS: u32 = 1200;

/// See the module.
#[component]
pub(crate) fn Details() -> Element {
    let session = use_session();
    match (session.view.open)() {
        Some(id) => rsx! {
            OfCase { key: "{id}", id }
        },
        None => rsx! {},
    }
}

#[component]
fn OfCase(id: CaseKey) -> Element {
    let session = use_session();
    let row = use_case(&id);
    use_hook(|| session.act(Intent::ReadDetails(id.clone())));
    use_drop({
        let session = session.clone();
        move || session.act(Intent::CloseDetails)
    });
    let _ = ((session.view.details_moved)(), session.view.transcript.read().len());
    let Some(case) = row.read().clone() else { return rsx! {} };
    let details = session.handle.read(|view| view.details(&id).cloned());
    let real = session.handle.read(|view| view.real_case(&id)).map(|real| real.to_string());
    let _ = session.view.status.read().limits.dashboard.is_some();
    let dashboard = session.link_to(&id);
    rsx! {
        div { class: "drawer end", role: "dialog", aria_modal: "true", aria_label: words::DETAILS_TITLE,
            Fence { to: Spot::LayerEnd }
            div { class: "sheet-head",
                div { class: "gap",
                    h2 { "{words::DETAILS_TITLE}" }
                    if let Some(real) = real {
                        code { dir: "ltr", class: "id ellipsis", "{real}" }
                    }
                }
                if let Some(address) = dashboard {
                    a {
                        class: "icon-button",
                        href: "{address}",
                        target: "_blank",
                        rel: "noopener noreferrer",
                        title: words::IN_DASHBOARD,
                        aria_label: words::IN_DASHBOARD,
                        Icon { glyph: Glyph::Open }
                    }
                }
                button {
                    r#type: "button",
                    class: "icon-button",
                    aria_label: words::CLOSE,
                    onmounted: {
                        let session = session.clone();
                        move |event: MountedEvent| {
                            session.spots.mounted(Spot::LayerStart, event.data());
                            session.focus(Spot::LayerStart);
                        }
                    },
                    onclick: {
                        let session = session.clone();
                        move |_| session.close_layer()
                    },
                    Icon { glyph: Glyph::Close }
                }
            }
            div {
                class: "details",
                tabindex: "0",
                role: "group",
                aria_label: words::DETAILS_TITLE,
                onmounted: move |event: MountedEvent| session.spots.mounted(Spot::LayerEnd, event.data()),
                Problem { case: case.clone(), details: details.clone() }
                if let Some(details) = &details {
                    Progress { details: details.clone() }
                    Hypotheses { details: details.clone() }
                    Outcome { details: details.clone() }
                    Evidences { id: id.clone(), details: details.clone() }
                }
                Files { id: id.clone(), details }
                Copies { id: id.clone() }
            }
            if !words::next_states(&case).is_empty() {
                Ending { id, next: words::next_states(&case) }
            }
            Fence { to: Spot::LayerStart }
        }
    }
}

/// The buttons that move the case to another state; ending it is asked about once.
#[component]
fn Ending(id: CaseKey, next: Vec<CaseState>) -> Element {
    let session = use_session();
    let mut asked = use_signal(|| None::<CaseState>);
    let carry_out = {
        let (session, id) = (session.clone(), id);
        move |state: CaseState| {
            session.close_layer();
            session.set_state(&id, state);
        }
    };
    let last = {
        let session = session.clone();
        move |event: MountedEvent| session.spots.mounted(Spot::LayerEnd, event.data())
    };
    rsx! {
        div { class: "details-foot",
            if let Some(state) = asked() {
                span { class: "gap", role: "status", "{words::really(&state)}" }
                button {
                    r#type: "button",
                    class: "button primary",
                    onmounted: {
                        let session = session.clone();
                        move |event: MountedEvent| {
                            session.spots.mounted(Spot::MenuItem(0), event.data());
                            session.focus(Spot::MenuItem(0));
                        }
                    },
                    onclick: move |_| carry_out(state.clone()),
                    "{words::really_yes(&state)}"
                }
                button {
                    r#type: "button",
                    class: "button quiet",
                    onmounted: last,
                    onclick: move |_| {
                        asked.set(None);
                        session.focus(Spot::LayerStart);
                    },
                    "{words::CANCEL}"
                }
            } else {
                for (index , state) in next.into_iter().enumerate() {
                    button {
                        key: "{index}",
                        r#type: "button",
                        class: if index == 0 { "button" } else { "button quiet" },
                        onmounted: last.clone(),
                        onclick: {
                            let (state, carry_out) = (state, carry_out.clone());
                            move |_| if state.is_terminal() { asked.set(Some(state.clone())) } else { carry_out(state.clone()) }
                        },
                        "{words::set_state(&state).0}"
                    }
                }
            }
        }
    }
}

impl Session {
    /// Where a case stands in the dashboard, if there is one and the server knows the case.
    pub(crate) fn link_to(&self, case: &CaseKey) -> Option<String> {
        let real = self.handle.read(|view| view.real_case(case))?;
        let dashboard = self.view.status.peek().limits.dashboard.clone()?;
        Some(format!("{}/cases/{real}", dashboard.trim_end_matches('/')))
    }

    /// Goes to a message and lights its row for a moment.
    pub(crate) fn light_up(&self, key: &MessageKey) {
        self.close_layer();
        if let Some(reading) = self.reading() {
            reading.go_to(key);
        }
        self.focus(Spot::Message(key.clone()));
        put(self.view.lit, Some(key.clone()));
        let (session, key) = (self.clone(), key.clone());
        dioxus::core::spawn_forever(async move {
            session.host.sleep(LIT_MS).await;
            if session.view.lit.try_peek().is_ok_and(|lit| *lit == Some(key)) {
                put(session.view.lit, None);
            }
        });
    }
}
