//! Room on this device: how much could be freed because the server sends it again, and freeing it; getting a place to
//! keep things where there was none.

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
