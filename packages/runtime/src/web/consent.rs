//! Sign-in pages in a browser: the extension's own window (`chrome.identity`), or in place of this page.

use copilot_storage::LocalFuture;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Window;

use crate::consent::{Consent, Visit};

/// The browser as it is around this page.
pub(super) struct BrowserConsent {
    /// Where this start returned from a page; taken out of the address bar at once.
    returned: std::cell::RefCell<Option<String>>,
}

impl BrowserConsent {
    pub(super) fn look() -> Self {
        Self { returned: std::cell::RefCell::new(web_sys::window().and_then(|window| take_from(&window))) }
    }
}

impl Consent for BrowserConsent {
    fn prepare(&self) -> LocalFuture<Option<Box<dyn Visit>>> {
        Box::pin(async {
            let window = web_sys::window()?;
            if !is_extension(&window) {
                return Some(Box::new(InPlace { window }) as Box<dyn Visit>);
            }
            let identity = allowed_identity().await?;
            let redirect = redirect_of(&identity)?;
            Some(Box::new(OwnWindow { identity, redirect }) as Box<dyn Visit>)
        })
    }

    fn take_return(&self) -> Option<String> {
        self.returned.borrow_mut().take()
    }
}

/// A start with `code` or `error` and `state` in its address comes from a sign-in page.
fn take_from(window: &Window) -> Option<String> {
    let location = window.location();
    let search = location.search().ok()?;
    let has = |name: &str| search.trim_start_matches('?').split('&').any(|pair| pair.starts_with(name));
    if !has("state=") || !(has("code=") || has("error=")) {
        return None;
    }
    let here = address_of(window)?;
    let history = window.history().ok()?;
    // A reload must not try the code again, and nobody shall read it off the screen.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&here));
    Some(format!("{here}{search}"))
}

/// This page without query and fragment.
fn address_of(window: &Window) -> Option<String> {
    let location = window.location();
    Some(format!("{}{}", location.origin().ok()?, location.pathname().ok()?))
}

/// Whether the page is part of an extension, whose panel a sign-in page must not replace.
fn is_extension(window: &Window) -> bool {
    window.location().protocol().is_ok_and(|protocol| protocol.ends_with("-extension:"))
}

/// A part of the extension's own API; what no permission was given for is absent.
fn api(name: &str) -> Option<JsValue> {
    let chrome = Reflect::get(&js_sys::global(), &"chrome".into()).ok()?;
    let part = Reflect::get(&chrome, &name.into()).ok()?;
    part.is_object().then_some(part)
}

/// `chrome.identity`, asked for when it is needed first.
async fn allowed_identity() -> Option<JsValue> {
    if let Some(identity) = api("identity") {
        return Some(identity);
    }
    let wanted = Object::new();
    Reflect::set(&wanted, &"permissions".into(), &Array::of1(&"identity".into())).ok()?;
    let asked: Promise = call(&api("permissions")?, "request", &Array::of1(&wanted))?.dyn_into().ok()?;
    JsFuture::from(asked).await.ok()?;
    api("identity")
}

fn call(of: &JsValue, name: &str, arguments: &Array) -> Option<JsValue> {
    let function: Function = Reflect::get(of, &name.into()).ok()?.dyn_into().ok()?;
    function.apply(of, arguments).ok()
}

fn redirect_of(identity: &JsValue) -> Option<String> {
    call(identity, "getRedirectURL", &Array::of1(&"cb".into()))?.as_string()
}

/// A window of the extension.
struct OwnWindow {
    identity: JsValue,
    redirect: String,
}

impl Visit for OwnWindow {
    fn redirect_uri(&self) -> String {
        self.redirect.clone()
    }

    fn ask(self: Box<Self>, page: &str) -> LocalFuture<Option<String>> {
        let details = Object::new();
        let set = Reflect::set(&details, &"url".into(), &page.into())
            .and_then(|_| Reflect::set(&details, &"interactive".into(), &true.into()));
        Box::pin(async move {
            set.ok()?;
            let asked = call(&self.identity, "launchWebAuthFlow", &Array::of1(&details))?;
            let asked: Promise = asked.dyn_into().ok()?;
            JsFuture::from(asked).await.ok()?.as_string()
        })
    }
}

/// This very page: the program ends here and begins anew when the sign-in page returns.
struct InPlace {
    window: Window,
}

impl Visit for InPlace {
    fn redirect_uri(&self) -> String {
        address_of(&self.window).unwrap_or_default()
    }

    fn ask(self: Box<Self>, page: &str) -> LocalFuture<Option<String>> {
        let left = self.window.location().assign(page).is_ok();
        Box::pin(async move { if left { std::future::pending().await } else { None } })
    }
}
