//! Room on this device: how much could be freed because the server sends it again, and freeing it; getting a place to
//! keep things where there was none.

use std::cell::Cell;
use std::rc::Rc;

use copilot_core::view::StoreHealth;
use copilot_runtime::Handle;
use dioxus::core::{Runtime, RuntimeGuard};
use dioxus::prelude::*;

use crate::announce::Saying;
use crate::session::{Session, put, use_session};
use crate::words;

/// What was freed last, and the how manieth time that was.
pub(crate) type Freed = Option<(u64, u64)>;

/// How many bytes could be freed, as the store measures it: now, once a minute, and whenever something was freed.
pub(crate) fn use_spare() -> Option<u64> {
    let session = use_session();
    let measured = use_resource(move || {
        let _measured_again_after = ((session.freed)(), (session.minute)());
        Handle::spare(&session.handle)
    });
    measured()
}

/// How full the device is for this program: a bar and words, where the shell knows the numbers. What can be fetched
/// again is the green end of what is used, and said unless something else stands `beside` the words.
#[component]
pub(crate) fn Usage(beside: Option<String>) -> Element {
    let session = use_session();
    let status = session.view.status;
    let measured = use_resource(move || {
        let _measured_again_after = ((session.freed)(), (session.minute)());
        session.host.storage()
    });
    let spare = use_spare().unwrap_or_default();
    let most = use_hook(|| Rc::new(Cell::new(0)));
    let Some((used, limit)) = measured().flatten() else { return rsx! {} };
    let limit = if status.read().store == StoreHealth::Full {
        // Browsers name a limit that is far off, so that nobody is known by it. What is here when they refuse more is all.
        most.set(most.get().max(used));
        most.get()
    } else {
        limit
    };
    let limit = limit.max(used).max(1);
    let spare = spare.min(used);
    let beside = beside.or_else(|| (spare > 0).then(|| words::fetchable(spare))).unwrap_or_default();
    let percent = |bytes: u64| bytes.saturating_mul(100) / limit;
    rsx! {
        div { class: "setting-line num",
            span { "{words::storage(used, limit)}" }
            span { class: "quiet", "{beside}" }
        }
        div {
            class: "bar",
            role: "meter",
            aria_label: words::ON_DEVICE,
            aria_valuemin: "0",
            aria_valuemax: "{limit}",
            aria_valuenow: "{used}",
            aria_valuetext: words::storage(used, limit),
            i { style: "inline-size: {percent(used - spare)}%" }
            if spare > 0 {
                i { class: "spare", style: "inline-size: {percent(spare)}%" }
            }
        }
    }
}

impl Session {
    /// Frees what can be fetched again, and says what that was.
    pub(crate) fn free_space(&self) {
        let (session, freeing) = (self.clone(), self.handle.free_spare());
        dioxus::core::spawn_forever(async move {
            let bytes = freeing.await;
            let times = session.freed.try_peek().ok().and_then(|freed| *freed).map_or(0, |(times, _)| times);
            put(session.freed, Some((times + 1, bytes)));
            session.say(Saying::Freed(bytes));
        });
    }

    /// The first moment on screen.
    pub(crate) fn begin(&self) {
        self.focus(self.start());
        if self.handle.took_over() {
            self.say(Saying::Saves(true));
        }
    }

    /// Tries once more to keep what is in this window.
    pub(crate) fn try_to_save(&self) {
        let (session, runtime) = (self.clone(), Runtime::current());
        let in_here = move |act: &dyn Fn(&Self)| {
            let _guard = RuntimeGuard::new(runtime.clone());
            act(&session);
        };
        let hand_over = {
            let in_here = in_here.clone();
            move || in_here(&|session| session.keep_draft())
        };
        // When it has worked another session is on screen, and that one says so.
        self.app.try_to_save(hand_over, move |saved| {
            if !saved {
                in_here(&|session| {
                    session.say(Saying::Saves(false));
                    session.desk.note(words::STILL_NOT_SAVED);
                });
            }
        });
    }
}
