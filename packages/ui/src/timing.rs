//! Conditions that count only after they have lasted, and others that count for a while at least.

use std::cell::Cell;
use std::rc::Rc;

use copilot_core::{Millis, Mono};
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

/// Whether a condition holds, or began to less than so many milliseconds ago. For what begins once in the life of a component.
pub(crate) fn use_lasting(holds: bool, millis: u32) -> bool {
    let session = use_session();
    let began = use_hook(|| Rc::new(Cell::new(None::<Mono>)));
    let mut over = use_signal(|| false);
    let end = |began: Mono| began + Millis(millis.into());
    let now = session.handle.now().mono;
    if holds && began.get().is_none() {
        began.set(Some(now));
        let end = end(now);
        spawn(async move {
            loop {
                let left = (end - session.handle.now().mono).0;
                if left == 0 {
                    return over.set(true);
                }
                session.host.sleep(u32::try_from(left).unwrap_or(u32::MAX)).await;
            }
        });
    }
    holds || began.get().is_some_and(|began| !over() && now < end(began))
}
