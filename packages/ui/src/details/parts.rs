//! The sections of the details, each absent while there is nothing to say.

use std::rc::Rc;
use std::sync::Arc;

use copilot_core::ids::{CaseKey, MessageKey};
use copilot_core::model::{CaseDetails, Hypothesis, MilestoneState};
use copilot_core::view::CaseRow;
use dioxus::prelude::*;

use crate::header::state_attribute;
use crate::icon::{Glyph, Icon};
use crate::label;
use crate::session::{Session, use_session};
use crate::words;

/// What is broken, how bad, since when.
#[component]
pub(super) fn Problem(case: Rc<CaseRow>, details: Option<Arc<CaseDetails>>) -> Element {
    let session = use_session();
    let now = session.handle.now();
    let problem = details.as_ref().and_then(|details| details.problem.clone());
    let facts = details.as_ref().map(|details| {
        let since = details.since.map(|since| words::since(&label::date_time(since.0, now)));
        [
            details.agent_status.as_ref().map(ToString::to_string),
            details.impact.as_ref().map(ToString::to_string),
            since,
        ]
    });
    let severity = details.as_ref().and_then(|details| details.severity.clone());
    rsx! {
        section {
            h3 { "{words::PROBLEM}" }
            p { class: "problem", dir: "auto", "{problem.as_ref().unwrap_or(&case.title)}" }
            div { class: "tags",
                span { class: "pill", "data-state": state_attribute(&case.state), "{words::state(&case.state)}" }
                if let Some(stage) = &case.stage {
                    span { class: "tag", "{words::stage(stage)}" }
                }
                if let Some(severity) = severity {
                    span { class: "tag bad", "{words::severity(&severity)}" }
                }
                for fact in facts.into_iter().flatten().flatten() {
                    span { key: "{fact}", class: "tag", dir: "auto", "{fact}" }
                }
                span { class: "tag", "{words::last_activity(&label::age(case.activity.0, now))}" }
            }
        }
    }
}

/// The milestones, each with its word.
#[component]
pub(super) fn Progress(details: Arc<CaseDetails>) -> Element {
    let all = details.milestones.len();
    if all == 0 {
        return rsx! {};
    }
    let done = details.milestones.iter().filter(|milestone| milestone.state == MilestoneState::Done).count();
    rsx! {
        section {
            h3 {
                span { class: "gap", "{words::PROGRESS}" }
                span { class: "num", "{words::of(done, all)}" }
            }
            div {
                class: "steps-bar",
                role: "meter",
                aria_label: words::PROGRESS,
                aria_valuemin: "0",
                aria_valuemax: "{all}",
                aria_valuenow: "{done}",
                aria_valuetext: words::of(done, all),
                for (index , milestone) in details.milestones.iter().enumerate() {
                    i { key: "{index}", "data-state": state_name(milestone.state) }
                }
            }
            ul { class: "milestones",
                for (index , milestone) in details.milestones.iter().enumerate() {
                    li { key: "{index}", "data-state": state_name(milestone.state),
                        Icon {
                            glyph: match milestone.state {
                                MilestoneState::Done => Glyph::Check,
                                MilestoneState::InProgress => Glyph::Clock,
                                MilestoneState::NotStarted => Glyph::Circle,
                            },
                            size: 14,
                        }
                        span { "{words::plain_word(&milestone.name)}" }
                        span { class: "hidden", ", {words::milestone(milestone.state)}" }
                    }
                }
            }
        }
    }
}

const fn state_name(state: MilestoneState) -> &'static str {
    match state {
        MilestoneState::Done => "done",
        MilestoneState::InProgress => "doing",
        MilestoneState::NotStarted => "open",
    }
}

/// Most likely first, ruled out last.
fn in_order(hypotheses: &[Hypothesis]) -> Vec<&Hypothesis> {
    let mut all: Vec<&Hypothesis> = hypotheses.iter().collect();
    all.sort_by_key(|one| (is_out(one), std::cmp::Reverse(one.likelihood.unwrap_or(0))));
    all
}

fn is_out(hypothesis: &Hypothesis) -> bool {
    hypothesis.refuted_because.is_some() || matches!(&*hypothesis.state, "refuted" | "retired")
}

/// Possible causes with their likelihood.
#[component]
pub(super) fn Hypotheses(details: Arc<CaseDetails>) -> Element {
    if details.hypotheses.is_empty() {
        return rsx! {};
    }
    let active = details.hypotheses.iter().filter(|one| !is_out(one)).count();
    rsx! {
        section {
            h3 {
                span { class: "gap", "{words::HYPOTHESES}" }
                span { class: "num", "{words::active(active)}" }
            }
            ul {
                for one in in_order(&details.hypotheses) {
                    li { key: "{one.id}", class: "hypothesis", "data-out": is_out(one),
                        div { class: "line",
                            span { class: "gap", dir: "auto", if is_out(one) { s { "{one.text}" } } else { "{one.text}" } }
                            if let Some(percent) = one.likelihood {
                                b { class: "num", "{percent} %" }
                            }
                        }
                        if let Some(percent) = one.likelihood {
                            div {
                                class: "bar",
                                role: "meter",
                                aria_label: words::likelihood(&one.text),
                                aria_valuemin: "0",
                                aria_valuemax: "100",
                                aria_valuenow: "{percent}",
                                i { style: "inline-size: {percent}%" }
                            }
                        }
                        small { dir: "auto",
                            if let Some(why) = &one.refuted_because {
                                "{words::ruled_out(why)}"
                            } else {
                                "{words::plain_word(&one.state)} · {words::pieces(one.evidence)}"
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The cause and what solved it, once they are known.
#[component]
pub(super) fn Outcome(details: Arc<CaseDetails>) -> Element {
    let parts = [(words::ROOT_CAUSE, &details.root_cause), (words::SOLUTION, &details.solution)];
    rsx! {
        for (name , text) in parts {
            if let Some(text) = text {
                section { key: "{name}",
                    h3 { "{name}" }
                    p { class: "problem", dir: "auto", "{text}" }
                }
            }
        }
    }
}

/// What was found, each with the way to the turn it came in.
#[component]
pub(super) fn Evidences(id: CaseKey, details: Arc<CaseDetails>) -> Element {
    if details.evidence.is_empty() {
        return rsx! {};
    }
    rsx! {
        section {
            h3 {
                span { class: "gap", "{words::EVIDENCE}" }
                span { class: "num", "{details.evidence.len()}" }
            }
            ul {
                for (index , one) in details.evidence.iter().enumerate() {
                    li { key: "{index}", class: "file",
                        span { class: "gap",
                            span { dir: "auto", "{one.summary}" }
                            if let Some(source) = &one.source {
                                small { dir: "auto", "{source}" }
                            }
                        }
                        Turn { id: id.clone(), turn: one.turn, what: one.summary.clone() }
                    }
                }
            }
        }
    }
}

/// The way to a turn, if its message is on this device.
#[component]
fn Turn(id: CaseKey, turn: Option<u32>, what: Arc<str>) -> Element {
    let session = use_session();
    let Some(turn) = turn else { return rsx! {} };
    let Some(key) = row_of_turn(&session, &id, turn) else {
        return rsx! {
            span { class: "turn num", "{words::turn(turn)}" }
        };
    };
    rsx! {
        button {
            r#type: "button",
            class: "link turn num",
            aria_label: "{words::turn(turn)}, {label::excerpt(&what)}",
            onclick: move |_| session.light_up(&key),
            "{words::turn(turn)}"
        }
    }
}

fn row_of_turn(session: &Session, case: &CaseKey, turn: u32) -> Option<MessageKey> {
    session.handle.read(|view| {
        let mut rows = view.transcript(case).iter().filter_map(|key| view.message(case, key));
        rows.find(|row| row.turn == Some(turn)).map(|row| row.key)
    })
}

/// A file as it is listed.
struct File {
    name: String,
    about: String,
    summary: Option<Arc<str>>,
    turn: Option<u32>,
    /// The message that it went along with, if that is on this device.
    key: Option<MessageKey>,
}

/// What the server has, and what it does not have yet.
fn files(session: &Session, case: &CaseKey, details: Option<&CaseDetails>) -> Vec<File> {
    let mut files: Vec<File> = details
        .map(|details| details.files.iter())
        .into_iter()
        .flatten()
        .map(|file| File {
            name: file.name.to_string(),
            about: format!("{} · {}", label::size(file.bytes), words::plain_word(&file.state)),
            summary: file.summary.clone(),
            turn: file.turn,
            key: None,
        })
        .collect();
    session.handle.read(|view| {
        for row in view.transcript(case).iter().rev().filter_map(|key| view.message(case, key)) {
            let Some(attachment) = &row.attachment else { continue };
            let name = attachment.name.as_deref().unwrap_or(words::PASTED_LOG).to_owned();
            let listed = row.turn.and_then(|turn| files.iter_mut().find(|file| file.turn == Some(turn)));
            if let Some(listed) = listed {
                // The server gives a name of its own to what was pasted.
                listed.name = name;
            } else {
                files.push(File {
                    name,
                    about: label::size(attachment.bytes),
                    summary: None,
                    turn: None,
                    key: Some(row.key.clone()),
                });
            }
        }
    });
    files
}

/// What went along with messages.
#[component]
pub(super) fn Files(id: CaseKey, details: Option<Arc<CaseDetails>>) -> Element {
    let session = use_session();
    let files = files(&session, &id, details.as_deref());
    rsx! {
        section {
            h3 {
                span { class: "gap", "{words::FILES}" }
                span { class: "num", "{words::files(files.len())}" }
            }
            if files.is_empty() {
                p { class: "quiet", "{words::NO_FILES}" }
            } else {
                ul {
                    for (index , file) in files.into_iter().enumerate() {
                        li { key: "{index}", class: "file",
                            span { class: "face", aria_hidden: "true",
                                Icon { glyph: Glyph::Document }
                            }
                            span { class: "gap",
                                b { class: "ellipsis", dir: "auto", "{file.name}" }
                                small { class: "num", "{file.about}" }
                                if let Some(summary) = &file.summary {
                                    small { dir: "auto", "{summary}" }
                                }
                            }
                            if let Some(key) = file.key {
                                button {
                                    r#type: "button",
                                    class: "link turn",
                                    aria_label: words::show_message_of(&file.name),
                                    onclick: {
                                        let session = session.clone();
                                        move |_| session.light_up(&key)
                                    },
                                    "{words::SHOW}"
                                }
                            } else {
                                Turn { id: id.clone(), turn: file.turn, what: Arc::<str>::from(file.name) }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hypothesis(text: &str, likelihood: u8, refuted: bool) -> Hypothesis {
        Hypothesis {
            id: text.into(),
            text: text.into(),
            likelihood: Some(likelihood),
            state: "active".into(),
            evidence: 1,
            refuted_because: refuted.then(|| "CPU steal is 0.2 %".into()),
        }
    }

    #[test]
    fn the_likeliest_cause_stands_first_and_what_was_ruled_out_last() {
        let all =
            [hypothesis("noise", 90, true), hypothesis("lag", 14, false), hypothesis("pool", 82, false)];
        let order: Vec<&str> = in_order(&all).into_iter().map(|one| &*one.text).collect();
        assert_eq!(order, ["pool", "lag", "noise"]);
    }
}
