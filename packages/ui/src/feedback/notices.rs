//! What stays until it is dealt with: storage that is full or missing, damaged data.

use copilot_core::journal::Durability;
use copilot_core::view::{Status, StoreHealth};
use dioxus::prelude::*;

use super::fold::{self, Fold};
use crate::announce::Saying;
use crate::focus::Spot;
use crate::icon::{Glyph, Icon};
use crate::room::{Usage, use_spare};
use crate::session::use_session;
use crate::words;

/// What is told, and with that which ways out there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// There is no room. Stays while it is true.
    Full,
    /// Nothing is kept. Stays while it is true.
    Unavailable,
    /// Something could not be read. May go.
    Damaged,
}

#[derive(Debug, Clone, PartialEq)]
struct Notice {
    kind: Kind,
    name: &'static str,
    title: &'static str,
    text: String,
}

fn notices(status: &Status) -> Vec<Notice> {
    let mut all = Vec::new();
    let mut add = |kind, name, title, text: &str| {
        all.push(Notice { kind, name, title, text: text.to_owned() });
    };
    if status.store == StoreHealth::Full {
        add(Kind::Full, "storage-full", words::STORAGE_FULL, words::STORAGE_FULL_SUB);
    }
    if status.store == StoreHealth::Unavailable || status.durability == Durability::Nothing {
        add(Kind::Unavailable, "storage-unavailable", words::STORAGE_NONE, words::STORAGE_NONE_SUB);
    }
    if let Some(damage) = &status.damage {
        add(Kind::Damaged, "damaged", words::DAMAGED, &words::damaged(damage.damaged, damage.total));
    }
    all
}

/// See the module.
#[component]
pub(crate) fn OfDevice() -> Element {
    let session = use_session();
    let fold = use_context::<Fold>();
    let mut gone = use_signal(Vec::<&'static str>::new);
    let status = session.view.status;
    let full = use_memo(move || status.read().store == StoreHealth::Full);
    use_effect(move || {
        if full() {
            session.say(Saying::StorageFull);
        }
    });
    let mut all = notices(&status.read());
    all.retain(|notice| !gone.read().contains(&notice.name));
    all.truncate(fold.shown(fold::Kind::OfDevice, all.len()));
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
                        if notice.kind == Kind::Full {
                            Usage {}
                        }
                    }
                    div { class: "buttons",
                        match notice.kind {
                            Kind::Full => rsx! {
                                Free {}
                                Export {}
                            },
                            Kind::Unavailable => rsx! {
                                Export {}
                                TryAgain {}
                            },
                            Kind::Damaged => rsx! {
                                ExportDamage {}
                                button {
                                    r#type: "button",
                                    class: "button quiet",
                                    onclick: move |_| gone.write().push(notice.name),
                                    "{words::DISMISS}"
                                }
                            },
                        }
                    }
                }
            }
        }
    }
}

/// Makes room, where that would help.
#[component]
fn Free() -> Element {
    let session = use_session();
    let spare = use_spare();
    rsx! {
        if let Some(bytes) = spare.filter(|bytes| *bytes > 0) {
            button {
                r#type: "button",
                class: "button primary",
                onclick: move |_| {
                    session.free_space();
                    session.focus(Spot::Composer);
                },
                "{words::free(bytes)}"
            }
        }
    }
}

#[component]
fn Export() -> Element {
    let session = use_session();
    rsx! {
        button { r#type: "button", class: "button", onclick: move |_| session.export_everything(),
            Icon { glyph: Glyph::Download, size: 14 }
            "{words::EXPORT}"
        }
    }
}

/// Opens the store once more, where there is only memory in place of it. A store that is there and cannot be written
/// is tried again all the time.
#[component]
fn TryAgain() -> Element {
    let session = use_session();
    if session.view.status.read().durability != Durability::Nothing {
        return rsx! {};
    }
    rsx! {
        button { r#type: "button", class: "button", onclick: move |_| session.try_to_save(), "{words::TRY_AGAIN}" }
    }
}

#[component]
fn ExportDamage() -> Element {
    let session = use_session();
    rsx! {
        button { r#type: "button", class: "button", onclick: move |_| session.export_damage(),
            Icon { glyph: Glyph::Download, size: 14 }
            "{words::EXPORT_DAMAGED}"
        }
    }
}
