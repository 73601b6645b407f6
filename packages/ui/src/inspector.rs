//! The sync inspector: what waits, what failed, what each operation is doing, and whether all of it fits together.
//!
//! It shows and exports; nothing in here changes a message, except through the same buttons that rows have.

mod trace;

use copilot_core::operation::ExportedState;
use copilot_core::view::WindowRole;
use copilot_core::{InspectedOperation, Inspection, Intent};
use dioxus::prelude::*;

use crate::icon::{Glyph, Icon};
use crate::label;
use crate::session::{Session, use_session};
use crate::settings::PageHead;
use crate::words;
use trace::Traces;

/// Operations shown at once; more on demand.
const SHOWN: usize = 50;
/// While the page is open it looks again this often, in milliseconds: next tries count down.
const LOOK_MS: u32 = 1000;

/// See the module.
#[component]
pub(crate) fn Inspector() -> Element {
    let session = use_session();
    let mut looked = use_signal(|| 0_u64);
    use_future({
        let session = session.clone();
        move || {
            let session = session.clone();
            async move {
                loop {
                    session.host.sleep(LOOK_MS).await;
                    looked += 1;
                }
            }
        }
    });
    let _ = looked();
    let status = session.view.status.read().clone();
    let dump = session.handle.read(|view| view.inspect());
    let role = match status.role {
        WindowRole::Sender => words::THIS_WINDOW_SENDS,
        WindowRole::Follower => words::ANOTHER_WINDOW_SENDS,
    };
    let counts = [
        (status.waiting, words::COUNT_WAITING, "waiting"),
        (status.not_sent, words::COUNT_NOT_SENT, "not-sent"),
        (status.undecided, words::COUNT_TO_DECIDE, "decide"),
        (u32::try_from(dump.links.len()).unwrap_or(u32::MAX), words::COUNT_LINKED, "linked"),
    ];
    rsx! {
        PageHead { title: words::INSPECTOR, sub: format!("{role} · {}", words::durability(status.durability).0) }
        main { class: "main page",
            div { class: "page-column wide-column",
                dl { class: "counts",
                    for (count , name , tone) in counts {
                        div { key: "{tone}", "data-tone": if count > 0 { tone },
                            dt { "{name}" }
                            dd { class: "num", "{count}" }
                        }
                    }
                }
                Integrity { dump: dump.clone(), onagain: move |()| looked += 1 }
                Tools { may_retry: status.not_sent > 0 }
                if dump.operations.is_empty() {
                    p { class: "cases-empty", "{words::NOTHING_PENDING}" }
                }
                OperationList { dump: dump.clone() }
                Steps { dump }
            }
        }
    }
}

/// The operations of a dump, newest first.
#[component]
fn OperationList(dump: Inspection) -> Element {
    let mut shown = use_signal(|| SHOWN);
    let all = dump.operations.len();
    rsx! {
        ul { class: "operations", aria_label: words::OPERATIONS,
            for operation in dump.operations.into_iter().take(shown()) {
                Operation { key: "{operation.id}", operation }
            }
        }
        if all > shown() {
            button { r#type: "button", class: "link", onclick: move |_| shown += SHOWN, "{words::more(all - shown())}" }
        }
    }
}

#[component]
fn Integrity(dump: Inspection, onagain: EventHandler<()>) -> Element {
    let session = use_session();
    let fine = dump.integrity.is_empty();
    let mut ran = use_signal(|| None::<u64>);
    let at = ran().map(|at| label::age(at, session.handle.now()));
    rsx! {
        section { class: "integrity", "data-fine": fine, role: "status",
            Icon { glyph: if fine { Glyph::Shield } else { Glyph::Alert } }
            div { class: "gap",
                strong { if fine { "{words::INTEGRITY_FINE}" } else { "{words::integrity(dump.integrity.len())}" } }
                small { class: "num",
                    "{words::records(dump.operations.len() + dump.links.len())}"
                    if let Some(at) = at {
                        " · {at}"
                    }
                }
            }
            button {
                r#type: "button",
                class: "button",
                onclick: move |_| {
                    ran.set(Some(session.handle.now().wall.0));
                    onagain.call(());
                },
                "{words::RUN_AGAIN}"
            }
            if !fine {
                ul {
                    for (index , line) in dump.integrity.iter().enumerate() {
                        li { key: "{index}", "{line}" }
                    }
                }
                Repair { operations: dump.operations.len() }
            }
        }
    }
}

/// The way out when records don't fit together: first what would be done, then, when told so, that.
#[component]
fn Repair(operations: usize) -> Element {
    let session = use_session();
    let mut planned = use_signal(|| false);
    rsx! {
        if planned() {
            p { class: "plan", role: "status", "{words::repair_plan(operations)}" }
            button {
                r#type: "button",
                class: "button primary",
                onclick: move |_| {
                    session.keep_draft();
                    session.app.reopen();
                },
                "{words::REPAIR_NOW}"
            }
            button { r#type: "button", class: "button quiet", onclick: move |_| planned.set(false), "{words::CANCEL}" }
        } else {
            button { r#type: "button", class: "button", onclick: move |_| planned.set(true), "{words::REPAIR}" }
        }
    }
}

#[component]
fn Tools(may_retry: bool) -> Element {
    let session = use_session();
    rsx! {
        div { class: "buttons",
            if may_retry {
                button {
                    r#type: "button",
                    class: "button",
                    onclick: move |_| session.retry_everything(),
                    Icon { glyph: Glyph::Refresh, size: 14 }
                    "{words::RETRY_ALL}"
                }
            }
            Traces {}
        }
    }
}

/// How an operation stands: the value for the style sheet, the word, what follows.
fn standing(operation: &InspectedOperation) -> (&'static str, &'static str) {
    match operation.state {
        ExportedState::Failed => ("failed", words::OPERATION_FAILED),
        ExportedState::Completed => ("done", words::OPERATION_DONE),
        ExportedState::RolledBack => ("done", words::OPERATION_TAKEN_BACK),
        ExportedState::Pending if operation.detail == "under way" => ("sending", words::OPERATION_SENDING),
        ExportedState::Pending => ("waiting", words::OPERATION_WAITING),
    }
}

#[component]
fn Operation(operation: InspectedOperation) -> Element {
    let session = use_session();
    let mut open = use_signal(|| false);
    let (tone, word) = standing(&operation);
    let next = operation.next_try_ms.map(|wait| words::next_try(wait.div_ceil(1000)));
    let server = operation.server_case.as_ref().map_or_else(|| words::NO_ID.to_owned(), ToString::to_string);
    let key = operation.case.clone();
    let title = session.handle.read(|view| view.case(&key).map(|row| row.title)).unwrap_or_default();
    rsx! {
        li { class: "operation", "data-tone": tone,
            button {
                r#type: "button",
                class: "operation-head",
                aria_expanded: open(),
                onclick: move |_| open.toggle(),
                span { class: "gap ellipsis",
                    b { "{words::operation_kind(operation.kind)}" }
                    if !operation.what.is_empty() {
                        span { class: "quiet", " “{operation.what}”" }
                    }
                }
                span { class: "state", "{word}" }
            }
            div { class: "operation-line num",
                span { class: "gap", "{words::attempts(operation.attempts)}" }
                span { if let Some(next) = next { "{next}" } else { "{words::standing(operation.detail)}" } }
            }
            code { dir: "ltr", class: "ellipsis", "{operation.case} → {label::short_id(&server)}" }
            if open() {
                dl { class: "operation-more",
                    dt { "{words::CASE}" }
                    dd { "{title}" }
                    dt { "{words::SINCE}" }
                    dd { class: "num", "{label::date_time(operation.created.0, session.handle.now())}" }
                    dt { "{words::STANDING}" }
                    dd { "{words::standing(operation.detail)}" }
                    dt { "{words::OPERATION_IDS}" }
                    dd { code { dir: "ltr", "{operation.case} → {server}" } }
                    dt { "{words::OPERATION_KEY}" }
                    dd { code { dir: "ltr", "{operation.id}" } }
                }
            }
        }
    }
}

/// The rings: what happened last, and what could not be true.
#[component]
fn Steps(dump: Inspection) -> Element {
    let session = use_session();
    let now = session.handle.now();
    rsx! {
        if !dump.violations.is_empty() {
            details { class: "ring-box", open: true,
                summary { "{words::VIOLATIONS} · {dump.violations.len()}" }
                ul {
                    for (index , violation) in dump.violations.iter().rev().take(SHOWN).enumerate() {
                        li { key: "{index}",
                            span { class: "num", "{label::clock_time(violation.at.0, now)} " }
                            "{violation.what}"
                        }
                    }
                }
            }
        }
        details { class: "ring-box",
            summary { "{words::LAST_STEPS} · {dump.steps.len()}" }
            ul {
                for (index , step) in dump.steps.iter().rev().take(SHOWN).enumerate() {
                    li { key: "{index}",
                        span { class: "num", "{label::clock_time(step.at.0, now)} " }
                        "{words::step(step.event, step.effects)}"
                    }
                }
            }
        }
    }
}

impl Session {
    /// Tries everything again that trying again can help, in every case.
    fn retry_everything(&self) {
        let cases: Vec<_> = self.view.groups.peek().iter().flat_map(|keys| keys.iter()).cloned().collect();
        let failed = cases
            .into_iter()
            .filter(|case| self.handle.read(|view| view.case(case).is_some_and(|row| row.not_sent > 0)));
        for case in failed.collect::<Vec<_>>() {
            self.act(Intent::RetryAll(case));
        }
    }
}
