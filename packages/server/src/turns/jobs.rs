//! Turns that are answered later: accepted durably, run in order, and taken up again after a restart.

use std::sync::Arc;

use bytes::Bytes;

use super::form::TurnForm;
use super::queue::Place;
use super::{End, Order, run};
use crate::app::App;
use crate::blobs::Blobs;
use crate::refusal::Refusal;
use crate::store::jobs::{self, Open, Progress};
use crate::store::receipts::{self, Receipt, Scope};
use crate::store::{StoreError, cases};
use crate::wire_types::meta::JobAccepted;
use crate::{secrets, words};

/// A turn that was accepted as a job.
pub(crate) struct Accepted {
    pub(crate) location: String,
    /// The body of the 202.
    pub(crate) answer: String,
}

/// Stores a turn and its receipt, and starts it in the background.
pub(crate) async fn accept(app: &Arc<App>, mut order: Order) -> Result<Accepted, Refusal> {
    let place = app.queue.line_up(&order.case_id).await;
    let job_id = secrets::new_id("job_")?;
    let location = location(&order.case_id, &job_id);
    let accepted = JobAccepted { job_id: job_id.clone(), status: "processing" };
    let answer = serde_json::to_string(&accepted).map_err(|_| Refusal::internal())?;
    let request = serde_json::to_string(&order.form).map_err(|_| Refusal::internal())?;
    let end = std::mem::replace(&mut order.end, End::Job(job_id.clone()));
    let receipt = match end {
        End::Receipt { scope, content_hash } => Some((scope, receipt(content_hash, &location, &answer))),
        End::Unkeyed | End::Job(_) => None,
    };
    let open = Open { job_id, case_id: order.case_id.clone(), user_id: order.user_id.clone(), request };
    let (blobs, form, now) = (app.blobs.clone(), order.form.clone(), app.clock.now());
    app.store
        .write(move |db| {
            cases::find(db, &open.user_id, &open.case_id)?
                .ok_or_else(|| Refusal::not_found(words::NO_SUCH_CASE))?;
            keep_bytes(&blobs, &form)?;
            jobs::insert(db, &open, now)?;
            if let Some((scope, receipt)) = receipt {
                let scope: Scope = scope;
                receipts::insert(db, &scope, &receipt, now)?;
            }
            Ok::<_, Refusal>(())
        })
        .await?;
    tokio::spawn(work(Arc::clone(app), order, place));
    Ok(Accepted { location, answer })
}

/// Where a job is polled.
fn location(case_id: &str, job_id: &str) -> String {
    format!("/api/v1/cases/{case_id}/turns/jobs/{job_id}")
}

fn receipt(content_hash: String, location: &str, answer: &str) -> Receipt {
    Receipt {
        content_hash,
        status: 202,
        location: Some(location.to_owned()),
        title_source: None,
        answer: Some(answer.to_owned()),
        turn_number: None,
    }
}

/// Runs a job to its end. A failed job gives its key free, so that the same request can run again.
async fn work(app: Arc<App>, order: Order, place: Place) {
    let Some(job_id) = order.end.job().map(str::to_owned) else {
        return;
    };
    let location = location(&order.case_id, &job_id);
    let result = run::run(&app, order, place).await;
    let reason = match result {
        Ok(_) => return,
        // The store is closed: the next start takes the job up again.
        Err(refusal) if refusal.code() == "SHUTTING_DOWN" => return,
        Err(refusal) => refusal.sentence(),
    };
    let noted = app
        .store
        .write(move |db| {
            jobs::finish(db, &job_id, &Progress::Failed(reason))?;
            receipts::withdraw(db, &location)
        })
        .await;
    if let Err(error) = noted {
        tracing::warn!(%error, "the failure of a job could not be stored");
    }
}

/// Takes up the jobs that the last run left behind.
pub(crate) async fn resume(app: &Arc<App>) -> Result<(), StoreError> {
    let left = app.store.read(|db| jobs::open(db)).await?;
    for job in left {
        tracing::info!(job = job.job_id, "an interrupted job runs again");
        let place = app.queue.line_up(&job.case_id).await;
        match restore(&app.blobs, &job) {
            Ok(form) => {
                let end = End::Job(job.job_id);
                let order = Order { user_id: job.user_id, case_id: job.case_id, form, end };
                tokio::spawn(work(Arc::clone(app), order, place));
            }
            Err(error) => {
                tracing::warn!(%error, "an interrupted job can't be run again");
                let location = location(&job.case_id, &job.job_id);
                app.store
                    .write(move |db| {
                        jobs::finish(db, &job.job_id, &Progress::Failed(words::INTERNAL.to_owned()))?;
                        receipts::withdraw(db, &location)
                    })
                    .await?;
            }
        }
    }
    Ok(())
}

fn restore(blobs: &Blobs, job: &Open) -> std::io::Result<TurnForm> {
    let mut form: TurnForm = serde_json::from_str(&job.request)?;
    for attachment in &mut form.attachments {
        attachment.bytes = Bytes::from(blobs.get(&attachment.hash)?);
    }
    Ok(form)
}

/// Puts the attachments of a turn on the disk, before the rows that refer to them are committed.
pub(super) fn keep_bytes(blobs: &Blobs, form: &TurnForm) -> Result<(), Refusal> {
    for attachment in &form.attachments {
        blobs.put(&attachment.hash, &attachment.bytes).map_err(|error| {
            tracing::error!(%error, "an upload could not be stored");
            match error.kind() {
                std::io::ErrorKind::StorageFull => Refusal::from(StoreError::Full),
                _ => Refusal::internal(),
            }
        })?;
    }
    Ok(())
}
