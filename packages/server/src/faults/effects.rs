//! Carries out what a rule decided: waits, other answers, closed connections.
//!
//! Handlers run in tasks of their own here, so that the log tells the truth when the client has gone.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use serde_json::{Value, json};

use super::engine::{Arrival, Faults};
use super::log::Ran;
use super::rules::{Fault, RetryAfter, StatusFault};
use crate::clock::Moment;
use crate::connection::{Dropped, Whole, dispatch};
use crate::outcome::{Committed, Lens, Replayed};
use crate::refusal::Refusal;
use crate::wire::Allowance;

/// The page of a network that wants a sign-in of its own.
const PORTAL: &str = "<!doctype html><html><head><title>Sign in to this network</title></head><body><h1>Welcome</h1>\
    <form method=\"post\" action=\"/login\"><input name=\"room\"><button>Connect</button></form></body></html>";

/// Lets the rules decide about `request` and answers it accordingly. `Dropped` closes the connection without an answer.
pub(crate) async fn carry_out(
    faults: &Arc<Faults>,
    router: &Router,
    allowance: &Allowance,
    mut request: Whole,
) -> Result<Response, Dropped> {
    let key = request.head.headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let plan = faults.decide(&Arrival {
        method: request.head.method.as_str(),
        path: request.head.uri.path(),
        key,
        body: &request.body,
    });
    if !plan.latency.is_zero() {
        tokio::time::sleep(plan.latency).await;
    }
    let runner = Runner { faults: Arc::clone(faults), router: router.clone(), entry: plan.entry };
    match plan.fault {
        None | Some(Fault::None {}) => Ok(runner.run(request).await),
        Some(Fault::Status(answer)) => {
            if answer.commit {
                runner.run(request).await;
            }
            faults.note_status(plan.entry, answer.status);
            Ok(status_answer(&answer))
        }
        Some(Fault::DropRequest {}) => Err(Dropped),
        Some(Fault::DropResponse { after_bytes }) => {
            let mut response = runner.run(request).await;
            if after_bytes == 0 {
                return Err(Dropped);
            }
            allowance.limit(after_bytes);
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            Ok(response)
        }
        Some(Fault::Duplicate { gap_ms }) => {
            let second = async {
                tokio::time::sleep(Duration::from_millis(gap_ms)).await;
                runner.run(request.clone()).await
            };
            let (first, _second) = tokio::join!(runner.run(request.clone()), second);
            Ok(first)
        }
        Some(Fault::Html { status }) => {
            faults.note_status(plan.entry, status);
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], PORTAL).into_response())
        }
        Some(Fault::Truncate { bytes }) => truncated(runner.run(request).await, bytes).await,
        Some(Fault::OmitAssistant {}) => {
            request.head.extensions.insert(Lens { omit_assistant: true, ..Lens::default() });
            Ok(runner.run(request).await)
        }
        Some(Fault::HideRows { for_ms }) => {
            request.head.extensions.insert(Lens { hide_younger_than_ms: Some(for_ms), ..Lens::default() });
            Ok(runner.run(request).await)
        }
        Some(Fault::Hang { for_ms, commit }) => {
            if commit {
                runner.run(request).await;
            }
            if let Some(held) = plan.held {
                held.hang(for_ms).await;
            }
            Err(Dropped)
        }
    }
}

/// Runs the handler and notes what came of it.
struct Runner {
    faults: Arc<Faults>,
    router: Router,
    entry: u64,
}

impl Runner {
    async fn run(&self, request: Whole) -> Response {
        let (faults, router, entry) = (Arc::clone(&self.faults), self.router.clone(), self.entry);
        let task = tokio::spawn(async move {
            let response = dispatch(&router, request).await;
            faults.note_run(entry, ran(&response));
            response
        });
        task.await.unwrap_or_else(|_| Refusal::internal().into_response())
    }
}

fn ran(response: &Response) -> Ran {
    let committed = response.extensions().get::<Committed>();
    let replayed = response.extensions().get::<Replayed>();
    Ran {
        status: response.status().as_u16(),
        committed: committed.is_some(),
        replayed: replayed.is_some(),
        turn_number: committed
            .and_then(|mark| mark.turn_number)
            .or_else(|| replayed.and_then(|mark| mark.turn_number)),
    }
}

fn status_answer(fault: &StatusFault) -> Response {
    let retry = fault.retry_after.clone().unwrap_or_default();
    let mut body =
        fault.body.clone().unwrap_or_else(|| json!({ "detail": "A fault rule gave this answer." }));
    if let (Some(seconds), Some(object)) = (retry.body_seconds, body.as_object_mut()) {
        object.insert("retry_after".into(), seconds.into());
    }
    let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match body {
        Value::String(text) => (status, text).into_response(),
        value => (status, axum::Json(value)).into_response(),
    };
    put_retry_after(response.headers_mut(), &retry);
    for (name, value) in &fault.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn put_retry_after(headers: &mut HeaderMap, retry: &RetryAfter) {
    let now = Moment(
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .ok()
            .and_then(|since| i64::try_from(since.as_millis()).ok())
            .unwrap_or_default(),
    );
    let text = match (retry.seconds, retry.http_date_in) {
        (Some(seconds), _) => seconds.to_string(),
        (None, Some(ahead)) => {
            let moment = now.plus_seconds(i64::try_from(ahead).unwrap_or(i64::MAX));
            httpdate::fmt_http_date(moment.to_system_time())
        }
        (None, None) => return,
    };
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.insert(header::RETRY_AFTER, value);
    }
}

async fn truncated(response: Response, bytes: usize) -> Result<Response, Dropped> {
    let (mut head, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.map_err(|_| Dropped)?;
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    head.headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(Response::from_parts(head, Body::new(CutBody::new(whole, bytes))))
}

/// A body that promises all of its bytes and then fails after the first few.
struct CutBody {
    promised: u64,
    next: Step,
}

enum Step {
    Send(Bytes),
    /// Give the connection a turn to write out what it has before the body fails.
    Flush,
    Fail,
}

impl CutBody {
    fn new(mut whole: Bytes, bytes: usize) -> Self {
        let promised = u64::try_from(whole.len()).unwrap_or(u64::MAX);
        whole.truncate(bytes);
        Self { promised, next: Step::Send(whole) }
    }
}

impl hyper::body::Body for CutBody {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        match std::mem::replace(&mut self.next, Step::Fail) {
            Step::Send(bytes) => {
                self.next = Step::Flush;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Step::Flush => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Step::Fail => Poll::Ready(Some(Err(Dropped))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
