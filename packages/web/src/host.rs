//! What a browser can do for the interface.

use std::any::Any;

use copilot_ui::{Host, Later, NotCaptured, PageText, Pasted};
use dioxus::prelude::*;
use js_sys::JsString;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement, MediaQueryList, Window};

use crate::{extension, installed, place};

/// The page that the panel runs in.
pub(crate) struct Page;

#[wasm_bindgen]
extern "C" {
    /// The clipboard of a paste; its text stays on the browser's side until it is wanted.
    #[wasm_bindgen(js_name = DataTransfer)]
    type PastedData;

    #[wasm_bindgen(method, js_name = getData)]
    fn get_data(this: &PastedData, format: &str) -> JsString;
}

#[wasm_bindgen(module = "/diagrams.js")]
extern "C" {
    /// Loads the library with the first diagram; see there.
    #[wasm_bindgen(catch)]
    async fn diagram(source: &str, dark: bool) -> Result<JsValue, JsValue>;
}

/// Hands a text to the browser as a download.
fn save(name: &str, text: &str) -> Option<()> {
    let document = window()?.document()?;
    let parts = js_sys::Array::of1(&text.into());
    let blob = web_sys::Blob::new_with_str_sequence(&parts).ok()?;
    let address = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
    let link = document.create_element("a").ok()?.dyn_into::<HtmlElement>().ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", name).ok()?;
    link.click();
    // The download has its own hold on the content by now.
    web_sys::Url::revoke_object_url(&address).ok()
}

fn window() -> Option<Window> {
    web_sys::window()
}

fn element(mounted: &MountedData) -> Option<Element> {
    mounted.downcast::<Element>().cloned()
}

/// Takes a text over to this side if it is no longer than `limit` bytes.
fn bounded(text: JsString, limit: u64) -> Pasted {
    // UTF-16 units never outnumber bytes: what is too long by units is too long by bytes.
    let units = u64::from(text.length());
    if units == 0 {
        return Pasted::Native;
    }
    if units > limit {
        return Pasted::TooLarge(units);
    }
    let text = String::from(text);
    let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    if bytes > limit { Pasted::TooLarge(bytes) } else { Pasted::Text(text) }
}

/// A key code that browsers give to presses that an input method handles (UI Events, legacy key codes).
const HANDLED_BY_INPUT_METHOD: u32 = 229;

impl Host for Page {
    fn keyboard_pops_up(&self) -> bool {
        let coarse = window().and_then(|window| window.match_media("(pointer: coarse)").ok().flatten());
        coarse.is_some_and(|query| query.matches())
    }

    fn sleep(&self, millis: u32) -> Later<()> {
        let timer = js_sys::Promise::new(&mut |resolve, _| {
            if let Some(window) = window() {
                let millis = i32::try_from(millis).unwrap_or(i32::MAX);
                let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
            }
        });
        Box::pin(async move {
            let _ = JsFuture::from(timer).await;
        })
    }

    fn copy(&self, text: String) -> Later<bool> {
        let writing = window().map(|window| window.navigator().clipboard().write_text(&text));
        Box::pin(async move {
            match writing {
                Some(writing) => JsFuture::from(writing).await.is_ok(),
                None => false,
            }
        })
    }

    fn read_clipboard(&self, limit: u64) -> Later<Option<Pasted>> {
        let reading = window().map(|window| window.navigator().clipboard().read_text());
        Box::pin(async move {
            let text = JsFuture::from(reading?).await.ok()?;
            Some(bounded(text.unchecked_into(), limit))
        })
    }

    fn save(&self, name: String, text: String) -> Later<bool> {
        let saved = save(&name, &text).is_some();
        Box::pin(async move { saved })
    }

    fn open(&self, address: &str) {
        if let Some(window) = window() {
            let _ = window.open_with_url_and_target_and_features(address, "_blank", "noopener");
        }
    }

    fn command_key(&self) -> &'static str {
        let mac = window().and_then(|window| window.navigator().platform().ok());
        if mac.is_some_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP")) {
            "⌘"
        } else {
            "Ctrl"
        }
    }

    fn storage(&self) -> Later<Option<(u64, u64)>> {
        let asking = window().and_then(|window| window.navigator().storage().estimate().ok());
        Box::pin(async move {
            let estimate = JsFuture::from(asking?).await.ok()?;
            let bytes = |name: &str| js_sys::Reflect::get(&estimate, &name.into()).ok()?.as_f64();
            // Bytes of a disk are far below 2^53.
            Some((bytes("usage")? as u64, bytes("quota")? as u64))
        })
    }

    fn width(&self) -> Option<f64> {
        window()?.inner_width().ok()?.as_f64()
    }

    fn prefers_dark(&self) -> bool {
        dark_query().is_none_or(|query| query.matches())
    }

    fn on_theme(&self, call: Box<dyn Fn()>) -> Box<dyn Any> {
        Box::new(dark_query().map(|query| ThemeListener::new(query, call)))
    }

    fn diagram(&self, source: String, dark: bool) -> Later<Option<String>> {
        Box::pin(async move { diagram(&source, dark).await.ok()?.as_string() })
    }

    fn pasted(&self, event: &ClipboardData, limit: u64) -> Pasted {
        let event =
            event.downcast::<web_sys::Event>().and_then(|event| event.dyn_ref::<web_sys::ClipboardEvent>());
        let Some(data) = event.and_then(web_sys::ClipboardEvent::clipboard_data) else {
            return Pasted::Native;
        };
        bounded(data.unchecked_ref::<PastedData>().get_data("text/plain"), limit)
    }

    fn belongs_to_input_method(&self, event: &KeyboardData) -> bool {
        let key = event.downcast::<web_sys::KeyboardEvent>();
        event.is_composing() || key.is_some_and(|key| key.key_code() == HANDLED_BY_INPUT_METHOD)
    }

    fn captures(&self) -> bool {
        extension::is_here()
    }

    fn capture(&self) -> Later<Result<PageText, NotCaptured>> {
        extension::capture()
    }

    fn admit(&self, server: &str, on_page: bool) -> Later<bool> {
        extension::admit(server, on_page)
    }

    fn earlier_data(&self) -> Later<Option<String>> {
        extension::earlier_data()
    }

    fn on_place(&self, call: Box<dyn Fn(&str)>) -> Box<dyn Any> {
        Box::new(place::Watch::new(call))
    }

    fn address_of(&self, place: &str) -> Option<String> {
        place::address_of(place)
    }

    fn on_update(&self, call: Box<dyn Fn()>) -> Box<dyn Any> {
        Box::new(installed::Watch::new(call))
    }

    fn update(&self) {
        installed::update();
    }

    fn caret(&self, field: &MountedData) -> Option<u32> {
        let field = element(field)?.dyn_into::<HtmlTextAreaElement>().ok()?;
        field.selection_start().ok()?
    }

    fn set_caret(&self, field: &MountedData, caret: u32, _: u64) {
        if let Some(field) = element(field).and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok()) {
            let _ = field.set_selection_range(caret, caret);
        }
    }

    fn select_all(&self, field: &MountedData) {
        if let Some(field) = element(field).and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
            field.select();
        }
    }

    fn press(&self, control: &MountedData) {
        if let Some(control) = element(control).and_then(|control| control.dyn_into::<HtmlElement>().ok()) {
            control.click();
        }
    }

    fn on_hide(&self, call: Box<dyn Fn()>) -> Box<dyn Any> {
        Box::new(HideListener::new(call))
    }
}

fn dark_query() -> Option<MediaQueryList> {
    window()?.match_media("(prefers-color-scheme: dark)").ok().flatten()
}

/// Listens until it is dropped.
struct ThemeListener {
    query: MediaQueryList,
    _call: Closure<dyn Fn()>,
}

impl ThemeListener {
    fn new(query: MediaQueryList, call: Box<dyn Fn()>) -> Self {
        let call = Closure::wrap(call);
        query.set_onchange(Some(call.as_ref().unchecked_ref()));
        Self { query, _call: call }
    }
}

impl Drop for ThemeListener {
    fn drop(&mut self) {
        self.query.set_onchange(None);
    }
}

/// Listens until it is dropped.
struct HideListener {
    call: Closure<dyn Fn()>,
}

/// The last moments in which a page may still write; `visibilitychange` bubbles from the document.
const MOMENTS: [&str; 2] = ["visibilitychange", "pagehide"];

impl HideListener {
    fn new(call: Box<dyn Fn()>) -> Self {
        let listener = Self { call: Closure::wrap(call) };
        if let Some(window) = window() {
            for moment in MOMENTS {
                // In the capture phase, so that what is kept here precedes what the engine does on hiding.
                let callback = listener.call.as_ref().unchecked_ref();
                let _ = window.add_event_listener_with_callback_and_bool(moment, callback, true);
            }
        }
        listener
    }
}

impl Drop for HideListener {
    fn drop(&mut self) {
        if let Some(window) = window() {
            for moment in MOMENTS {
                let callback = self.call.as_ref().unchecked_ref();
                let _ = window.remove_event_listener_with_callback_and_bool(moment, callback, true);
            }
        }
    }
}
