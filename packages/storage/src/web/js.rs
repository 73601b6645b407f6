//! The few calls into the browser that have no stable binding, and what its errors mean.

use copilot_core::journal::StoreRefusal;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, MessageChannel};

/// Calls a method by its name.
pub(super) fn call(object: &JsValue, method: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    let list: Array = arguments.iter().copied().collect();
    function.apply(object, &list)
}

/// What comes of a promise.
pub(super) async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}

/// Whether the page can be seen.
pub(super) fn is_on_screen() -> bool {
    web_sys::window().and_then(|window| window.document()).is_some_and(|document| !document.hidden())
}

/// The next task of the page. The browser lets what the person does and sees come first. A timer would be held back for
/// seconds in a page that is not on screen, a message is not.
pub(super) async fn next_task() {
    let Ok(channel) = MessageChannel::new() else { return };
    let (here, there) = (channel.port1(), channel.port2());
    let told = Promise::new(&mut |resolve, _| here.set_onmessage(Some(&resolve)));
    if there.post_message(&JsValue::UNDEFINED).is_ok() {
        let _ = settled(told).await;
    }
    here.close();
}

/// What an error means for the one who wanted to write.
pub(super) fn refusal(error: &JsValue) -> StoreRefusal {
    match name(error).as_str() {
        "QuotaExceededError" => StoreRefusal::Full,
        _ => StoreRefusal::Unavailable,
    }
}

/// The class of an error: `QuotaExceededError`, `VersionError`, …
pub(super) fn name(error: &JsValue) -> String {
    error.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default()
}

/// The browser's own words for an error.
pub(super) fn words(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).filter(|words| !words.is_empty()).unwrap_or_else(|| name(error))
}
