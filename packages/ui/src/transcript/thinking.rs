//! Spans that run: FaultMaven's row before the answer, and the seconds in a meta line. Each redraws
//! itself once a second and nothing else.

use std::cell::Cell;
use std::rc::Rc;

use copilot_core::Intent;
use copilot_core::Mono;
use copilot_core::ids::OperationId;
use dioxus::prelude::*;

use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::label;
use crate::session::use_session;
use crate::words;

/// Seconds after which the elapsed time shows, it is called unusual, and writing on is offered (ux §5).
const SHOWN_AFTER: u64 = 3;
const LONG_AFTER: u64 = 30;
const GO_ON_AFTER: u64 = 120;

/// The moment now, anew at every full second since `origin`, which may move a little: a message waits
/// from the moment of its row first, then from the moment at which it left.
fn use_seconds(origin: Mono) -> Mono {
    let session = use_session();
    let mut now = use_signal(|| session.handle.now().mono);
    let current = use_hook(|| Rc::new(Cell::new(origin)));
    current.set(origin);
    use_future(move || {
        let (session, current) = (session.clone(), current.clone());
        async move {
            loop {
                session.host.sleep(until_full_second(session.handle.now().mono, current.get())).await;
                now.set(session.handle.now().mono);
            }
        }
    });
    now()
}

/// Milliseconds until a whole number of seconds lies between now and a moment, before or after it.
fn until_full_second(now: Mono, moment: Mono) -> u32 {
    let into = if now >= moment { (now - moment).0 % 1000 } else { (1000 - (moment - now).0 % 1000) % 1000 };
    u32::try_from(1000 - into).unwrap_or(1000)
}

/// How long a message has been on its way.
#[component]
pub(crate) fn StillSending(since: Mono) -> Element {
    let seconds = (use_seconds(since) - since).0 / 1000;
    rsx! {
        span { class: "ellipsis", "{words::still_sending(seconds)}" }
    }
}

/// How long the server wants to be left alone.
#[component]
pub(crate) fn NextTry(until: Mono) -> Element {
    let seconds = (until - use_seconds(until)).0.div_ceil(1000);
    rsx! {
        span { class: "ellipsis", "{words::busy(seconds)}" }
    }
}

/// What the thinking row says after so many seconds: label, whether the time shows, whether writing on is offered.
fn says(seconds: u64) -> (&'static str, bool, bool) {
    let label = if seconds >= LONG_AFTER { words::THINKING_LONG } else { words::THINKING };
    (label, seconds >= SHOWN_AFTER, seconds >= GO_ON_AFTER)
}

/// The line of the thinking row.
#[component]
pub(crate) fn ThinkingLine(since: Mono, operation: Option<OperationId>) -> Element {
    let session = use_session();
    let seconds = (use_seconds(since) - since).0 / 1000;
    let (label, timed, go_on) = says(seconds);
    rsx! {
        div { class: "thinking",
            span { class: "dots", aria_hidden: "true",
                i {}
                i {}
                i {}
            }
            span { "{label}" }
            if timed {
                span { class: "num", "{label::span(seconds)}" }
            }
            if go_on {
                span { class: "go-on", "{words::GO_ON_WRITING}" }
            }
            if let Some(operation) = operation {
                button {
                    r#type: "button",
                    class: "button",
                    onclick: move |_| {
                        session.act(Intent::Stop(operation));
                        session.focus(Spot::Composer);
                    },
                    Icon { glyph: Glyph::Stop, size: 12 }
                    "{words::STOP}"
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_change_at_full_seconds_on_both_sides_of_a_moment() {
        assert_eq!(until_full_second(Mono(5_250), Mono(1_000)), 750);
        assert_eq!(until_full_second(Mono(5_000), Mono(1_000)), 1000);
        assert_eq!(until_full_second(Mono(1_000), Mono(5_250)), 250);
        assert_eq!(until_full_second(Mono(1_250), Mono(5_250)), 1000);
    }

    #[test]
    fn waiting_is_told_more_honestly_the_longer_it_takes() {
        assert_eq!(says(2), ("Thinking", false, false));
        assert_eq!(says(3), ("Thinking", true, false));
        assert_eq!(says(30), ("Taking longer than usual", true, false));
        assert_eq!(says(120), ("Taking longer than usual", true, true));
    }
}
