//! Conditions that count only after they have lasted.

use std::cell::Cell;
use std::rc::Rc;

use dioxus::prelude::*;

use crate::session::{put, use_session};

/// Whether a condition has held for so many milliseconds. It ends at once.
pub(crate) fn use_settled(holds: bool, millis: u32) -> bool {
    let session = use_session();
    let settled = use_signal(|| false);
    let round = use_hook(|| Rc::new(Cell::new((0_u64, false))));
    let (number, held) = round.get();
    if holds != held {
        round.set((number + 1, holds));
        if holds {
            let host = session.host.clone();
            spawn(async move {
                host.sleep(millis).await;
                if round.get() == (number + 1, true) {
                    put(settled, true);
                }
            });
        } else {
            let mut settled = settled;
            dioxus::core::queue_effect(move || settled.set(false));
        }
    }
    holds && settled()
}
