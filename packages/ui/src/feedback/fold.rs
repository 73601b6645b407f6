//! What is told under the header, of all kinds together: two at most, the rest folds into one line (ux §4).
//!
//! Each kind says how many it has, in the order in which they are shown, and is told how many of them to draw.

use dioxus::prelude::*;

use super::{conflict::Conflict, earlier::Earlier, notices::OfDevice};
use crate::session::put;
use crate::words;

/// Notices shown at once (ux §4).
const SHOWN: usize = 2;

/// The kinds, as they stand below each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    OfDevice,
    Conflict,
    Earlier,
}

/// How many there are of each kind, and whether all are shown.
#[derive(Clone, Copy)]
pub(super) struct Fold {
    counts: [Signal<usize>; 3],
    open: Signal<bool>,
}

impl Fold {
    /// A kind has so many; how many of them are shown. To be called while drawing.
    pub(super) fn shown(self, kind: Kind, count: usize) -> usize {
        let place = kind as usize;
        if let Some(own) = self.counts.get(place).copied() {
            dioxus::core::queue_effect(move || put(own, count));
        }
        let above: usize = self.counts.iter().take(place).map(|count| count()).sum();
        if (self.open)() { count } else { count.min(SHOWN.saturating_sub(above)) }
    }
}

/// See the module.
#[component]
pub(crate) fn Notices() -> Element {
    let mut fold =
        use_context_provider(|| Fold { counts: [(); 3].map(|()| Signal::new(0)), open: Signal::new(false) });
    let total: usize = fold.counts.iter().map(|count| count()).sum();
    rsx! {
        OfDevice {}
        Conflict {}
        Earlier {}
        if total > SHOWN {
            div { class: "notices",
                button { r#type: "button", class: "link", aria_expanded: (fold.open)(), onclick: move |_| fold.open.toggle(),
                    "{words::more(total - SHOWN)}"
                }
            }
        }
    }
}
