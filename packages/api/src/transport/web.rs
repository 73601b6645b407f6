//! The network in browsers: a thin `fetch`.
//!
//! No cookies go along and nothing is cached. A request that fails is reported by the browser as one
//! `TypeError`, whatever happened, so [`Broken::Untold`] is all that can be said unless the device was
//! offline before the request began.

use copilot_core::Millis;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, Request, RequestCache, RequestCredentials,
    RequestInit, RequestRedirect, Response, ResponseType, Window,
};

use super::Outgoing;
use crate::address::ServerAddress;
use crate::answer::{BODY_MAX, Broken, Head, HttpAnswer};
use crate::call::Timeouts;

/// Status given to a redirect whose own one the browser hides.
const HIDDEN_REDIRECT: u16 = 302;

/// `fetch` of the page. The browser keeps the connections, and sets its own time to connect.
pub(crate) struct Transport;

impl Transport {
    pub(crate) fn new(_server: &ServerAddress, _timeouts: &Timeouts) -> Self {
        Self
    }

    pub(crate) async fn run(&self, outgoing: Outgoing) -> Result<HttpAnswer, Broken> {
        let window = web_sys::window().ok_or(Broken::NotSent)?;
        let deadline = Deadline::start(&window, outgoing.patience.whole).map_err(|_| Broken::NotSent)?;
        let request = request(&outgoing, &deadline.controller).map_err(|_| Broken::NotSent)?;
        let first = outgoing.patience.piece.map(|wait| deadline.alarm(wait)).transpose();
        let first = first.map_err(|_| Broken::NotSent)?;
        // Only what begins without a network is known to have stayed here: one that goes later may go after the server
        // has carried the request out.
        let cut_off = !window.navigator().on_line();
        let response = JsFuture::from(window.fetch_with_request(&request)).await;
        drop(first);
        let response =
            response.and_then(JsCast::dyn_into::<Response>).map_err(|_| broken(cut_off, &deadline))?;
        Ok(read(&response).await)
    }
}

fn request(outgoing: &Outgoing, controller: &AbortController) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    init.set_method(outgoing.method.as_str());
    init.set_redirect(RequestRedirect::Manual);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&controller.signal()));
    let headers = Headers::new()?;
    for (name, value) in &outgoing.headers {
        headers.append(name, value)?;
    }
    init.set_headers(&headers);
    if let Some(body) = &outgoing.body {
        init.set_body(&Uint8Array::from(body.as_slice()));
    }
    Request::new_with_str_and_init(&outgoing.url, &init)
}

fn broken(cut_off: bool, deadline: &Deadline) -> Broken {
    if cut_off {
        Broken::NotSent
    } else if deadline.controller.signal().aborted() {
        Broken::NoAnswer
    } else {
        Broken::Untold
    }
}

async fn read(response: &Response) -> HttpAnswer {
    if response.type_() == ResponseType::Opaqueredirect {
        let head = Head { status: HIDDEN_REDIRECT, ..Head::default() };
        return HttpAnswer { head, body: Vec::new(), whole: true };
    }
    let headers = response.headers();
    let head = Head::read(response.status(), |name| headers.get(name).ok().flatten());
    let mut body = Vec::new();
    let whole = read_body(response, &mut body).await.is_ok();
    HttpAnswer { head, body, whole }
}

/// Reads chunk by chunk, so that what arrived before a break or the limit is kept.
async fn read_body(response: &Response, body: &mut Vec<u8>) -> Result<(), JsValue> {
    let Some(stream) = response.body() else {
        return Ok(());
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into()?;
    loop {
        let step = JsFuture::from(reader.read()).await?;
        if Reflect::get(&step, &"done".into())?.is_truthy() {
            return Ok(());
        }
        let chunk: Uint8Array = Reflect::get(&step, &"value".into())?.dyn_into()?;
        if body.len() + chunk.length() as usize > BODY_MAX {
            return Err(JsValue::NULL);
        }
        body.extend_from_slice(&chunk.to_vec());
    }
}

/// Aborts the request when its time is over, and when it is no longer awaited.
struct Deadline {
    controller: AbortController,
    window: Window,
    _whole: Alarm,
}

/// Aborts a request at a time; dropped before, it does nothing.
struct Alarm {
    window: Window,
    timer: i32,
    _rings: Closure<dyn FnMut()>,
}

impl Alarm {
    fn set(window: &Window, controller: &AbortController, wait: Millis) -> Result<Self, JsValue> {
        let aborted = controller.clone();
        let rings = Closure::<dyn FnMut()>::new(move || aborted.abort());
        let millis = i32::try_from(wait.0).unwrap_or(i32::MAX);
        let timer = window
            .set_timeout_with_callback_and_timeout_and_arguments_0(rings.as_ref().unchecked_ref(), millis)?;
        Ok(Self { window: window.clone(), timer, _rings: rings })
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.window.clear_timeout_with_handle(self.timer);
    }
}

impl Deadline {
    fn start(window: &Window, whole: Millis) -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        let whole = Alarm::set(window, &controller, whole)?;
        Ok(Self { controller, window: window.clone(), _whole: whole })
    }

    fn alarm(&self, wait: Millis) -> Result<Alarm, JsValue> {
        Alarm::set(&self.window, &self.controller, wait)
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        // After the last byte this does nothing; before it, it closes the connection.
        self.controller.abort();
    }
}
