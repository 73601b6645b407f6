//! Copies of what was replaced by another side: they can be put back for seven days.

use copilot_core::Intent;
use copilot_core::ids::CaseKey;
use copilot_core::model::BackedUp;
use dioxus::prelude::*;

use crate::focus::Spot;
use crate::label;
use crate::session::use_session;
use crate::words;

/// See the module.
#[component]
pub(super) fn Copies(id: CaseKey) -> Element {
    let session = use_session();
    let mut changed = use_signal(|| 0_u64);
    let _ = changed();
    let copies = session.handle.read(|view| view.backups(Some(&id)));
    if copies.is_empty() {
        return rsx! {};
    }
    let now = session.handle.now();
    rsx! {
        section {
            h3 { "{words::COPIES}" }
            p { class: "quiet", "{words::COPIES_SUB}" }
            ul {
                for copy in copies {
                    li { key: "{copy.id}", class: "file",
                        span { class: "gap",
                            b { class: "ellipsis", dir: "auto", "{words::copied(&copy.what)}" }
                            small { class: "num", "{words::copied_kind(&copy.what)} · {label::age(copy.at.0, now)}" }
                        }
                        button {
                            r#type: "button",
                            class: "link turn",
                            onclick: {
                                let (session, id, title) = (session.clone(), copy.id, matches!(copy.what, BackedUp::Title(_)));
                                move |_| {
                                    session.keep_draft();
                                    session.act(Intent::Restore(id));
                                    if title {
                                        changed += 1;
                                        session.focus(Spot::LayerStart);
                                    } else {
                                        session.close_layer();
                                    }
                                }
                            },
                            "{words::RESTORE}"
                        }
                        button {
                            r#type: "button",
                            class: "link turn",
                            onclick: {
                                let (session, id) = (session.clone(), copy.id);
                                move |_| {
                                    session.act(Intent::DropBackup(id));
                                    changed += 1;
                                    session.focus(Spot::LayerStart);
                                }
                            },
                            "{words::DISCARD}"
                        }
                    }
                }
            }
        }
    }
}
