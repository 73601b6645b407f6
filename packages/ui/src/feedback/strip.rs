//! The strip between conversation and composer: one at a time, the highest wins (ux §4).

use copilot_core::ids::CaseKey;
use copilot_core::view::{AccountStatus, Delivery, LinkStatus, Status};
use copilot_core::{Intent, model::Role};
use dioxus::prelude::*;

use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::session::{Dialog, Session, put, use_session};
use crate::timing::use_settled;
use crate::words;

/// A route may be missing for this many milliseconds before it is said (ux §5).
const OFFLINE_SHOWS_AFTER_MS: u32 = 1000;
/// How long "All sent" stands, in milliseconds (ux §5).
const ALL_SENT_MS: u32 = 1500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    SignedOut { kept: u32 },
    NotSent { count: u32, retry: bool },
    Portal,
    Offline { queue: u32 },
    Sending { count: u32 },
    AllSent,
    Update,
}

/// The way back from being offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Return {
    None,
    Offline,
    Sending,
    Done,
}

fn shows(
    status: &Status,
    not_sent: u32,
    retry: bool,
    offline: bool,
    back: Return,
    newer: bool,
) -> Option<Shows> {
    if status.account == AccountStatus::SignedOut {
        return Some(Shows::SignedOut { kept: status.waiting + status.not_sent });
    }
    if not_sent > 0 {
        return Some(Shows::NotSent { count: not_sent, retry });
    }
    match (status.link, back) {
        (LinkStatus::Portal { .. }, _) if offline => Some(Shows::Portal),
        (LinkStatus::Offline { .. }, _) if offline => Some(Shows::Offline { queue: status.waiting }),
        (LinkStatus::Online, Return::Sending) => Some(Shows::Sending { count: status.waiting }),
        (LinkStatus::Online, Return::Done) => Some(Shows::AllSent),
        _ => newer.then_some(Shows::Update),
    }
}

/// Where the way back leads from here.
const fn next(back: Return, online: bool, waiting: u32) -> Return {
    match (back, online, waiting) {
        (_, false, _) => Return::Offline,
        (Return::Offline, true, 1..) | (Return::Sending, true, 1..) => Return::Sending,
        (Return::Sending, true, 0) => Return::Done,
        (Return::Offline, true, 0) => Return::None,
        (other, true, _) => other,
    }
}

/// See the module.
#[component]
pub(crate) fn Strip() -> Element {
    let session = use_session();
    let status = session.view.status;
    let open = session.view.open;
    let transcript = session.view.transcript;
    let mut back = use_signal(|| Return::None);
    use_effect({
        let session = session.clone();
        move || {
            let (online, waiting) = {
                let status = status.read();
                (status.link == LinkStatus::Online, status.waiting)
            };
            let now = next(*back.peek(), online, waiting);
            put(back, now);
            if now == Return::Done {
                let host = session.host.clone();
                spawn(async move {
                    host.sleep(ALL_SENT_MS).await;
                    if *back.peek() == Return::Done {
                        back.set(Return::None);
                    }
                });
            }
        }
    });
    let offline = use_settled(status.read().link != LinkStatus::Online, OFFLINE_SHOWS_AFTER_MS);
    let case = open();
    let _ = transcript.read().len();
    let failed = case.as_ref().map(|case| failed(&session, case)).unwrap_or_default();
    let status = status.read().clone();
    let Some(shows) = shows(&status, failed.count, failed.retry, offline, back(), (session.newer)()) else {
        return rsx! {};
    };
    let (name, glyph) = match shows {
        Shows::SignedOut { .. } => ("signed-out", Glyph::Lock),
        Shows::NotSent { .. } => ("not-sent", Glyph::Alert),
        Shows::Portal | Shows::Offline { .. } => ("offline", Glyph::CloudOff),
        Shows::Sending { .. } => ("sending", Glyph::Clock),
        Shows::AllSent => ("all-sent", Glyph::Check),
        Shows::Update => ("update", Glyph::Refresh),
    };
    let (lead, rest) = sentence(shows);
    rsx! {
        div { class: "strip", "data-strip": name,
            Icon { glyph }
            span { class: "says num",
                strong { "{lead}" }
                if !rest.is_empty() {
                    " {rest}"
                }
            }
            match shows {
                Shows::SignedOut { .. } => rsx! {
                    button {
                        r#type: "button",
                        class: "button primary",
                        onclick: move |_| session.open_layer(Dialog::SignIn, Spot::Composer),
                        "{words::SIGN_IN_TO_SEND}"
                    }
                },
                Shows::NotSent { retry, .. } => rsx! {
                    button {
                        r#type: "button",
                        class: if retry { "button quiet" } else { "button" },
                        onclick: move |_| {
                                if let (Some(first), Some(reading)) = (failed.first.clone(), session.reading()) {
                                    reading.go_to(&first);
                                    session.focus(Spot::Message(first));
                                }
                            },
                        "{words::SHOW}"
                    }
                    // What can go is either the failed ones, or only those that wait behind them.
                    if retry || failed.blocked {
                        button {
                            r#type: "button",
                            class: "button",
                            onclick: {
                                let (session, case) = (session.clone(), case);
                                move |_| {
                                if let Some(case) = case.clone() {
                                    session.act(if retry { Intent::RetryAll(case) } else { Intent::SendRest(case) });
                                }
                                session.focus(Spot::Composer);
                            }},
                            Icon { glyph: Glyph::Refresh, size: 14 }
                            if retry { "{words::RETRY_ALL}" } else { "{words::SEND_REST}" }
                        }
                    }
                },
                Shows::Offline { .. } => rsx! {
                    TryNow {}
                },
                Shows::Portal => rsx! {
                    a {
                        class: "button quiet",
                        href: "{session.handle.account().server}",
                        target: "_blank",
                        rel: "noopener noreferrer",
                        "{words::OPEN_PORTAL}"
                    }
                    TryNow {}
                },
                Shows::Update => rsx! {
                    button {
                        r#type: "button",
                        class: "button",
                        onclick: move |_| {
                            session.keep_draft();
                            session.host.update();
                        },
                        "{words::UPDATE}"
                    }
                },
                Shows::Sending { .. } | Shows::AllSent => rsx! {},
            }
        }
    }
}

#[component]
fn TryNow() -> Element {
    let session = use_session();
    rsx! {
        button { r#type: "button", class: "button quiet", onclick: move |_| session.act(Intent::TryNow), "{words::TRY_NOW}" }
    }
}

fn sentence(shows: Shows) -> (String, String) {
    match shows {
        Shows::SignedOut { kept: 0 } => (words::SIGNED_OUT.to_owned(), String::new()),
        Shows::SignedOut { kept } => (words::SIGNED_OUT.to_owned(), words::kept(kept)),
        Shows::NotSent { count, retry: true } => (words::not_sent(count), String::new()),
        Shows::NotSent { count, retry: false } => words::not_sent_needs_change(count),
        Shows::Portal => (String::new(), words::PORTAL.to_owned()),
        Shows::Offline { queue: 0 } => (words::OFFLINE.to_owned(), String::new()),
        Shows::Offline { queue } => (words::OFFLINE.to_owned(), words::offline_queue(queue)),
        Shows::Sending { count } => (words::sending(count), String::new()),
        Shows::AllSent => (words::ALL_SENT.to_owned(), String::new()),
        Shows::Update => (words::UPDATE_READY.to_owned(), String::new()),
    }
}

/// What of the open case was not sent.
#[derive(Debug, Clone, Default, PartialEq)]
struct Failed {
    count: u32,
    /// Whether trying again helps at least one of them.
    retry: bool,
    /// Whether messages wait behind one that needs a change first.
    blocked: bool,
    first: Option<copilot_core::ids::MessageKey>,
}

fn failed(session: &Session, case: &CaseKey) -> Failed {
    session.handle.read(|view| {
        let count = view.case(case).map_or(0, |row| row.not_sent);
        if count == 0 {
            return Failed::default();
        }
        let mut failed = Failed { count, ..Failed::default() };
        for key in view.transcript(case).iter().rev() {
            let Some(row) = view.message(case, key).filter(|row| row.role == Role::User) else { continue };
            match &row.delivery {
                Delivery::Failed { failure, .. } => {
                    failed.retry |= crate::transcript::retry_helps(failure);
                    failed.first = Some(key.clone());
                }
                Delivery::Blocked => {
                    failed.blocked = true;
                    failed.first = Some(key.clone());
                }
                // Unsent rows stand together at the end.
                _ => break,
            }
        }
        failed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_goes_over_sending_to_all_sent() {
        let offline = next(Return::None, false, 3);
        let sending = next(offline, true, 3);
        assert_eq!(sending, Return::Sending);
        assert_eq!(next(sending, true, 1), Return::Sending);
        assert_eq!(next(sending, true, 0), Return::Done);
    }

    #[test]
    fn without_a_queue_the_strip_just_goes() {
        assert_eq!(next(Return::Offline, true, 0), Return::None);
        assert_eq!(next(Return::None, true, 5), Return::None);
    }
}
