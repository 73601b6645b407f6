//! Two hidden regions: one polite, one that interrupts. The queue decides what is said when.

use dioxus::prelude::*;

use crate::announce::GAP_MS;
use crate::session::use_session;

/// See the module.
#[component]
pub(crate) fn LiveRegions() -> Element {
    let session = use_session();
    let mut polite = use_signal(|| (0_u64, String::new()));
    let mut alert = use_signal(|| (0_u64, String::new()));
    use_future(move || {
        let session = session.clone();
        async move {
            loop {
                let saying = session.sayings.borrow_mut().pop();
                if let Some(saying) = saying {
                    let region = if saying.is_alert() { &mut alert } else { &mut polite };
                    let number = region.peek().0 + 1;
                    region.set((number, saying.text()));
                }
                session.host.sleep(GAP_MS).await;
            }
        }
    });
    rsx! {
        div { class: "hidden", role: "status", aria_live: "polite",
            for (number , text) in [polite()] {
                span { key: "{number}", "{text}" }
            }
        }
        div { class: "hidden", role: "alert", aria_live: "assertive",
            for (number , text) in [alert()] {
                span { key: "{number}", "{text}" }
            }
        }
    }
}
