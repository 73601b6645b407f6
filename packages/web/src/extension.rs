//! What the panel can do as a browser extension; the calls are in `extension.js`.

use copilot_ui::{Later, NotCaptured, PageText};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/extension.js")]
extern "C" {
    #[wasm_bindgen(js_name = isExtension)]
    fn is_extension() -> bool;

    #[wasm_bindgen(js_name = admit, catch)]
    async fn ask_leave(server: &str, on_page: bool) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = capture, catch)]
    async fn read_page() -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = earlierData, catch)]
    async fn read_earlier() -> Result<JsValue, JsValue>;
}

/// Whether this page is part of an extension.
pub(crate) fn is_here() -> bool {
    is_extension()
}

/// Gets leave to talk to a server, and to show its sign-in page where there is one.
pub(crate) fn admit(server: &str, on_page: bool) -> Later<bool> {
    let server = server.to_owned();
    Box::pin(async move { ask_leave(&server, on_page).await.is_ok_and(|allowed| allowed.is_truthy()) })
}

/// Reads the page in front of this window.
pub(crate) fn capture() -> Later<Result<PageText, NotCaptured>> {
    Box::pin(async {
        let page = read_page().await.map_err(|why| reason(why.as_string().as_deref()))?;
        let text = |name: &str| {
            js_sys::Reflect::get(&page, &name.into())
                .ok()
                .and_then(|text| text.as_string())
                .unwrap_or_default()
        };
        Ok(PageText { url: text("url"), title: text("title"), text: text("text") })
    })
}

fn reason(why: Option<&str>) -> NotCaptured {
    match why {
        Some("not-allowed") => NotCaptured::NotAllowed,
        Some("own") => NotCaptured::Own,
        Some("gone") => NotCaptured::Gone,
        _ => NotCaptured::Closed,
    }
}

/// What the earlier extension has left.
pub(crate) fn earlier_data() -> Later<Option<String>> {
    Box::pin(async { read_earlier().await.ok()?.as_string() })
}
