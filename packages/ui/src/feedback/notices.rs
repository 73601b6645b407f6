//! What stays until it is dealt with: storage that is full or missing, damaged data.

use copilot_core::journal::Durability;
use copilot_core::view::{Status, StoreHealth};
use dioxus::prelude::*;

use crate::announce::Saying;
use crate::icon::{Glyph, Icon};
use crate::session::use_session;
use crate::words;

/// Notices shown at once (ux §4); the rest folds.
const SHOWN: usize = 2;

#[derive(Debug, Clone, PartialEq)]
struct Notice {
    name: &'static str,
    title: &'static str,
    text: String,
    saves: Saves,
}

/// What the button of a notice saves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Saves {
    /// Everything that is here. The notice stays while it is true.
    Everything,
    /// What could not be read. The notice may go.
    Damage,
}

fn notices(status: &Status) -> Vec<Notice> {
    let mut all = Vec::new();
    if status.store == StoreHealth::Full {
        let text = words::STORAGE_FULL_SUB.to_owned();
        all.push(Notice { name: "storage-full", title: words::STORAGE_FULL, text, saves: Saves::Everything });
    }
    if status.store == StoreHealth::Unavailable || status.durability == Durability::Nothing {
        let text = words::STORAGE_NONE_SUB.to_owned();
        all.push(Notice {
            name: "storage-unavailable",
            title: words::STORAGE_NONE,
            text,
            saves: Saves::Everything,
        });
    }
    if let Some(damage) = &status.damage {
        let text = words::damaged(damage.damaged, damage.total);
        all.push(Notice { name: "damaged", title: words::DAMAGED, text, saves: Saves::Damage });
    }
    all
}

/// See the module.
#[component]
pub(crate) fn Notices() -> Element {
    let session = use_session();
    let mut gone = use_signal(Vec::<&'static str>::new);
    let mut unfolded = use_signal(|| false);
    let status = session.view.status;
    let full = use_memo(move || status.read().store == StoreHealth::Full);
    use_effect({
        let session = session.clone();
        move || {
            if full() {
                session.say(Saying::StorageFull);
            }
        }
    });
    let mut all = notices(&status.read());
    all.retain(|notice| !gone.read().contains(&notice.name));
    let folded = if unfolded() { 0 } else { all.len().saturating_sub(SHOWN) };
    all.truncate(all.len() - folded);
    if all.is_empty() {
        return rsx! {};
    }
    rsx! {
        div { class: "notices",
            for notice in all {
                div { key: "{notice.name}", class: "notice", role: "note", "data-notice": notice.name,
                    Icon { glyph: Glyph::Database }
                    div {
                        strong { "{notice.title}" }
                        "{notice.text}"
                    }
                    div { class: "buttons",
                        button {
                            r#type: "button",
                            class: "button",
                            onclick: {
                                let session = session.clone();
                                move |_| match notice.saves {
                                    Saves::Everything => session.export_everything(),
                                    Saves::Damage => session.export_damage(),
                                }
                            },
                            Icon { glyph: Glyph::Download, size: 14 }
                            if notice.saves == Saves::Damage { "{words::EXPORT_DAMAGED}" } else { "{words::EXPORT}" }
                        }
                        if notice.saves == Saves::Damage {
                            button {
                                r#type: "button",
                                class: "button quiet",
                                onclick: move |_| gone.write().push(notice.name),
                                "{words::DISMISS}"
                            }
                        }
                    }
                }
            }
            if folded > 0 {
                button { r#type: "button", class: "link", onclick: move |_| unfolded.set(true), "{words::more(folded)}" }
            }
        }
    }
}
