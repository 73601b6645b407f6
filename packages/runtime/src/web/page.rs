//! The page around the program: its address, the network, coming to the front and going away.

use std::any::Any;
use std::rc::Rc;

use copilot_core::{Lifecycle, Link};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{StorageEvent, UrlSearchParams, VisibilityState};

use super::listener::EventListener;
use super::settings::PREFIX;
use crate::ports::{Signal, Surroundings};

/// The query parameter that the local server's sign-in link carries.
const START_TOKEN: &str = "token";

/// Under which the storage of this window has what a reload needs.
const FOR_RELOAD: &str = "copilot.start-link";

/// What the browser keeps for one window, over reloads, until it is closed.
fn of_this_window() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

pub(super) struct Page;

impl Surroundings for Page {
    fn watch(&self, listener: Rc<dyn Fn(Signal)>) -> Box<dyn Any> {
        let Some(window) = web_sys::window() else { return Box::new(()) };
        let on_window = |kind, signal: fn(&web_sys::Event) -> Option<Signal>| {
            let listener = listener.clone();
            EventListener::new(&window, kind, move |event| {
                if let Some(signal) = signal(&event) {
                    listener(signal);
                }
            })
        };
        let mut listeners = vec![
            on_window("online", |_| Some(Signal::Link(Link::Online))),
            on_window("offline", |_| Some(Signal::Link(Link::Offline))),
            on_window("pagehide", |_| Some(Signal::Page(Lifecycle::Hidden))),
            on_window("storage", |event| {
                event.dyn_ref().filter(|event| concerns_accounts(event)).map(|_| Signal::SettingsChanged)
            }),
        ];
        if let Some(document) = window.document() {
            let listener = listener.clone();
            listeners.push(EventListener::new(&document.clone(), "visibilitychange", move |_| {
                listener(Signal::Page(match document.visibility_state() {
                    VisibilityState::Hidden => Lifecycle::Hidden,
                    _ => Lifecycle::Shown,
                }));
            }));
        }
        Box::new(listeners)
    }

    fn link(&self) -> Link {
        match web_sys::window() {
            Some(window) if !window.navigator().on_line() => Link::Offline,
            _ => Link::Online,
        }
    }

    fn origin(&self) -> Option<String> {
        let location = web_sys::window()?.location();
        // An extension's pages come from no server.
        let served = matches!(location.protocol().ok()?.as_str(), "http:" | "https:");
        served.then(|| location.origin().ok()).flatten()
    }

    fn take_start_token(&self) -> Option<String> {
        let window = web_sys::window()?;
        let location = window.location();
        let query = UrlSearchParams::new_with_str(&location.search().ok()?).ok()?;
        let token = query.get(START_TOKEN)?;
        query.delete(START_TOKEN);
        let rest = String::from(query.to_string());
        let question_mark = if rest.is_empty() { "" } else { "?" };
        let address = format!("{}{question_mark}{rest}{}", location.pathname().ok()?, location.hash().ok()?);
        let history = window.history().ok()?;
        // Where the address bar cannot be changed the token is still used only once: by this call.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        Some(token)
    }

    fn keep_for_reload(&self, text: Option<&str>) {
        if let Some(storage) = of_this_window() {
            // Where nothing can be kept a reload asks the person, as a new window does.
            let _ = match text {
                Some(text) => storage.set_item(FOR_RELOAD, text),
                None => storage.remove_item(FOR_RELOAD),
            };
        }
    }

    fn kept_for_reload(&self) -> Option<String> {
        of_this_window()?.get_item(FOR_RELOAD).ok()?
    }
}

/// Whether another window changed who is signed in. A storage that was cleared as a whole has no key.
fn concerns_accounts(event: &StorageEvent) -> bool {
    event.key().is_none_or(|key| {
        key.strip_prefix(PREFIX).is_some_and(|key| key == "account" || key.starts_with("credentials:"))
    })
}
