//! The page inside of the window: what it is loaded from, and what it tells.

use dioxus::document::Eval;
use dioxus::prelude::*;
use serde::Deserialize;
use serde_json::json;

use crate::surface::Surface;

/// Longest paste that is handed over, in UTF-16 units. Above any limit of a server; below what the wire between
/// the page and the program carries without a hitch.
const MOST: u32 = 32 * 1024 * 1024;

/// Heights in pixels of the notch and of the bar at the lower edge of the phone that the preview stands for.
const SAFE_AREAS: (u32, u32) = (47, 34);

/// Whether the engine has no keys to undo and redo: WebKitGTK leaves them to the program.
const LACKS_UNDO_KEYS: bool = cfg!(target_os = "linux");

/// What the page tells.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "said", rename_all = "kebab-case")]
pub(crate) enum Said {
    /// A text that the page does not paste by itself.
    Paste { text: String },
    /// One that is too long to be handed over, with a lower bound of its bytes.
    LargePaste { bytes: u64 },
    /// Where the caret of the composer is, in UTF-16 units.
    Caret { at: u32 },
    /// It was asked how often keys have moved in it, since its beginning.
    Typed { times: u64 },
    /// The page can be seen.
    Shown,
    /// It cannot be seen.
    Hidden,
}

/// The document that the window loads.
pub(crate) fn document(surface: Surface) -> String {
    let document =
        include_str!("../page/index.html").replacen("/* typing.js */", include_str!("../page/typing.js"), 1);
    let is_preview = surface == Surface::Phone && cfg!(not(any(target_os = "android", target_os = "ios")));
    if !is_preview {
        return document;
    }
    let (top, bottom) = SAFE_AREAS;
    // Stands in for what the system of a phone tells the page.
    let areas = format!("<style>:root {{ --safe-top: {top}px; --safe-bottom: {bottom}px; }}</style></head>");
    document.replacen("</head>", &areas, 1)
}

/// Lets the page tell from now on. To be called while the window's page is drawn.
pub(crate) fn listen() -> Eval {
    let eval = document::eval(include_str!("../page/page.js"));
    let long = json!({ "lines": copilot_ui::LONG_PASTE_LINES, "bytes": copilot_ui::LONG_PASTE_BYTES });
    // A page that is not there has nothing to tell.
    let _ = eval.send(json!({ "long": long, "most": MOST, "undoKeys": LACKS_UNDO_KEYS }));
    eval
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_tells_is_understood() {
        for (text, said) in [
            (r#"{"said":"paste","text":"x"}"#, Said::Paste { text: "x".to_owned() }),
            (r#"{"said":"large-paste","bytes":5}"#, Said::LargePaste { bytes: 5 }),
            (r#"{"said":"caret","at":3}"#, Said::Caret { at: 3 }),
            (r#"{"said":"typed","times":2}"#, Said::Typed { times: 2 }),
            (r#"{"said":"hidden"}"#, Said::Hidden),
            (r#"{"said":"shown"}"#, Said::Shown),
        ] {
            assert_eq!(serde_json::from_str::<Said>(text).unwrap(), said);
            let name = text.split('"').nth(3).unwrap();
            assert!(include_str!("../page/page.js").contains(&format!("\"{name}\"")), "{name}");
        }
    }

    #[test]
    fn only_the_phone_has_a_notch() {
        assert!(!document(Surface::Desktop).contains("--safe-top"));
        assert!(document(Surface::Phone).contains("--safe-top: 47px"));
        assert!(document(Surface::Desktop).contains("Keeps what is typed"));
    }
}
