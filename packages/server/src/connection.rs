//! Accepts connections and takes every request through the door: ids, `Host`, `Origin`, body, faults, router.
//!
//! What a call means is the business of `routes`. Closing happens here: a `Dropped` ends a connection without an answer.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower_service::Service;

use crate::app::App;
use crate::faults::{self, Faults};
use crate::metrics::Pattern;
use crate::options::{MAX_JSON_BODY, MAX_TURN_BODY};
use crate::refusal::{ERROR_CODE, Refusal};
use crate::routes;
use crate::wire::{Allowance, Metered};
use crate::{body, origin, words};

/// Most header fields of one request; more are answered with 431.
const MAX_HEADERS: usize = 64;

/// Most bytes of request head that are buffered; more are answered with 431.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Connections served at a time; further ones wait to be accepted.
const MAX_CONNECTIONS: usize = 1024;

/// How long open requests may take to finish after the order to stop.
const STOP_GRACE: Duration = Duration::from_secs(5);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// A request read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
}

/// The connection is closed on purpose, without an answer.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection was closed by a fault rule")]
pub(crate) struct Dropped;

/// Everything a request meets on its way to the handlers.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) app: Arc<App>,
    pub(crate) router: Router,
    pub(crate) faults: Option<Arc<Faults>>,
    pub(crate) port: u16,
    /// Whether it is open to a network: then it is addressed by numbers too, and used by its own pages.
    pub(crate) exposed: bool,
    /// Whether a slash at the end of an address is ignored (contract 3).
    pub(crate) slashes: bool,
    pub(crate) head_timeout: Duration,
    pub(crate) read_timeout: Duration,
}

/// Accepts until told to stop, then lets open requests finish within [`STOP_GRACE`].
pub(crate) async fn serve(listener: TcpListener, door: Door, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = ordered(&mut stop) => break,
        };
        let Some((socket, place)) = accepted else {
            continue;
        };
        let (door, stop) = (door.clone(), stop.clone());
        open.spawn(async move {
            connection(socket, door, stop).await;
            drop(place);
        });
        while open.try_join_next().is_some() {}
    }
    drop(listener);
    if let Some(faults) = &door.faults {
        faults.stop();
    }
    let finished = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_GRACE, finished).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
}

/// Waits for the order to stop. A sender that is gone counts as one.
async fn ordered(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((socket, _)) => {
            // Answers are small and each is written at once: waiting to fill packets only adds latency.
            let _ = socket.set_nodelay(true);
            Some((socket, place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

async fn connection(socket: TcpStream, door: Door, stop: watch::Receiver<bool>) {
    let allowance = Allowance::unlimited();
    if door.faults.is_some() {
        drive(Metered::new(socket, allowance.clone()), door, allowance, stop).await;
    } else {
        drive(socket, door, allowance, stop).await;
    }
}

async fn drive<S>(socket: S, door: Door, allowance: Allowance, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let head_timeout = door.head_timeout;
    let app = Arc::clone(&door.app);
    let _open = app.metrics.connection();
    let service = service_fn(|request| receive(door.clone(), allowance.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(socket), service);
    tokio::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = ordered(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Answers one request, with ids and CORS headers on whatever comes of it.
async fn receive(door: Door, allowance: Allowance, request: Request<Incoming>) -> Result<Response, Dropped> {
    let id = format!("req_{}", uuid::Uuid::new_v4().simple());
    let correlation = correlation_of(request.headers()).unwrap_or_else(|| id.clone());
    let origin = origin::origin_of(request.headers());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let (app, began) = (Arc::clone(&door.app), Instant::now());
    let _answering = app.metrics.request();
    let own = door.exposed.then(|| request.headers().get(header::HOST)).flatten();
    let own_page = |origin: &str| origin::is_page_of(origin, own);
    let (mut response, trusted) =
        if !origin::host_is_ours(request.headers(), request.uri(), door.port, door.exposed) {
            (Refusal::new(StatusCode::FORBIDDEN, "FOREIGN_HOST", words::FOREIGN_HOST).into_response(), false)
        } else if !origin.as_ref().is_none_or(|origin| {
            origin.to_str().is_ok_and(|origin| origin::origin_is_allowed(origin) || own_page(origin))
        }) {
            (
                Refusal::new(StatusCode::FORBIDDEN, "FOREIGN_ORIGIN", words::FOREIGN_ORIGIN).into_response(),
                false,
            )
        } else {
            (answer(&door, &allowance, request).await?, true)
        };
    let pattern = response.extensions().get::<Pattern>();
    app.metrics.answered(&method, pattern, response.status().as_u16(), began.elapsed());
    tracing::debug!(%method, path, status = response.status().as_u16(), id, "answered");
    let headers = response.headers_mut();
    for (name, value) in [(REQUEST_ID, &id), (CORRELATION_ID, &correlation)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    origin::allow(headers, origin.as_ref().filter(|_| trusted));
    Ok(response)
}

/// The client's own correlation id, when it is short and harmless enough to be sent back.
fn correlation_of(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(&CORRELATION_ID)?.to_str().ok()?;
    let good = !text.is_empty() && text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_graphic());
    good.then(|| text.to_owned())
}

async fn answer(door: &Door, allowance: &Allowance, request: Request<Incoming>) -> Result<Response, Dropped> {
    if origin::is_preflight(request.method(), request.headers()) {
        let mut response = StatusCode::NO_CONTENT.into_response();
        origin::permit(response.headers_mut(), request.headers());
        return Ok(response);
    }
    let (mut head, incoming) = request.into_parts();
    if door.slashes {
        head.uri = origin::without_slash(head.uri);
    }
    let carries_files = ["/turns", "/data"].iter().any(|end| head.uri.path().ends_with(end));
    let limit =
        if carries_files || head.uri.path().ends_with("/queries") { MAX_TURN_BODY } else { MAX_JSON_BODY };
    let body = match body::read(incoming, &head.headers, limit, door.read_timeout).await {
        Ok(body) => body,
        Err(refusal) => return Ok(refusal.into_response()),
    };
    let Some(faults) = &door.faults else {
        return Ok(dispatch(&door.router, Whole { head, body }).await);
    };
    let path = head.uri.path();
    if path == faults::PREFIX || path.strip_prefix(faults::PREFIX).is_some_and(|rest| rest.starts_with('/')) {
        let call = (&head.method, &head.uri, &head.headers);
        return Ok(faults::control(&door.app, faults, call, &body).await);
    }
    faults::carry_out(faults, &door.router, allowance, Whole { head, body }).await
}

/// Hands a whole request to the handlers.
pub(crate) async fn dispatch(router: &Router, request: Whole) -> Response {
    let request = Request::from_parts(request.head, Body::from(request.body));
    let is_api = routes::is_api(request.uri().path());
    let result: Result<Response, Infallible> = router.clone().call(request).await;
    let response = result.unwrap_or_else(|impossible| match impossible {});
    // What axum refuses before a handler runs, such as an address that is not UTF-8, comes as bare text.
    if is_api && response.status().is_client_error() && !response.headers().contains_key(&ERROR_CODE) {
        return Refusal::bad_request(words::UNREADABLE_ADDRESS).into_response();
    }
    response
}
