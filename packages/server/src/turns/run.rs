//! Runs one turn: waits for its place, asks the assistant, commits.
//!
//! Runs to its end even when the client has gone: the key then finds the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::time::Instant;

use super::commit::{self, Done};
use super::intent::Intent;
use super::queue::Place;
use super::{End, Order, jobs};
use crate::app::App;
use crate::assistant::{Conversation, Reply};
use crate::options::TURN_BOUND_SECONDS;
use crate::refusal::Refusal;
use crate::store::{cases, messages, uploads};
use crate::words;

/// Earlier rows that an assistant may look at.
const HISTORY_ROWS: u32 = 40;

/// Characters of each earlier row that an assistant may look at.
const HISTORY_CHARS: u32 = 8192;

/// How long a turn may wait and think. Five seconds of the announced bound are left for the commit.
const BOUND: Duration = Duration::from_secs(TURN_BOUND_SECONDS - 5);

/// Runs a turn and returns its committed answer.
pub(crate) async fn run(app: &Arc<App>, order: Order, place: Place) -> Result<Done, Refusal> {
    let received = app.clock.now();
    let arrived = Instant::now();
    // Nobody waits on the line for a job, so its time begins with its turn.
    let (_turn, deadline) = match order.end {
        End::Job(_) => (place.turn().await, Instant::now() + BOUND),
        End::Unkeyed | End::Receipt { .. } => {
            let turn = tokio::time::timeout_at(arrived + BOUND, place.turn());
            (turn.await.map_err(|_| out_of_time())?, arrived + BOUND)
        }
    };
    let (user_id, case_id) = (order.user_id.clone(), order.case_id.clone());
    let (case, history, newest_log) = app
        .store
        .read(move |db| {
            let case = cases::find(db, &user_id, &case_id)?
                .ok_or_else(|| Refusal::not_found(words::NO_SUCH_CASE))?;
            let history = messages::history(db, &case_id, HISTORY_ROWS, HISTORY_CHARS)?;
            let newest_log = uploads::newest_log(db, &case_id)?;
            Ok::<_, Refusal>((case, history, newest_log))
        })
        .await?;
    commit::check(&case, &order.form)?;
    let reply = if order.form.intent == Intent::Conversation || !order.form.attachments.is_empty() {
        let form = order.form.clone();
        let blobs = app.blobs.clone();
        let newest_log = newest_log.filter(|_| form.attachments.is_empty());
        // Ten megabytes of text are put together and searched for here: not on a thread that serves sockets.
        let conversation = tokio::task::spawn_blocking(move || Conversation {
            question: form.question(),
            text: form.full_text(),
            // Bytes that are gone are no reason not to answer.
            earlier_log: newest_log
                .and_then(|hash| blobs.get(&hash).ok())
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            history,
        })
        .await
        .map_err(|_| Refusal::internal())?;
        Some(ask(app, conversation, deadline).await?)
    } else {
        None
    };
    let (blobs, clock) = (app.blobs.clone(), app.clock.clone());
    app.store
        .write(move |db| {
            let now = clock.now();
            jobs::keep_bytes(&blobs, &order.form)?;
            commit::commit(db, &order, reply, received, now)
        })
        .await
}

async fn ask(app: &Arc<App>, conversation: Conversation, deadline: Instant) -> Result<Reply, Refusal> {
    let answer = app.assistant.answer(conversation);
    tokio::time::timeout_at(deadline, answer).await.unwrap_or_else(|_| Err(out_of_time()))
}

fn out_of_time() -> Refusal {
    Refusal::new(StatusCode::GATEWAY_TIMEOUT, "REQUEST_TIMEOUT", words::REQUEST_BOUND)
}

impl End {
    /// The id of the job that this turn is, if it is one.
    pub(super) fn job(&self) -> Option<&str> {
        match self {
            Self::Job(id) => Some(id),
            Self::Unkeyed | Self::Receipt { .. } => None,
        }
    }
}
