//! The uploads of a case: list and detail. The bytes themselves are not served.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::caller::Caller;
use super::cases::found;
use super::query::Fields;
use crate::app::App;
use crate::refusal::Refusal;
use crate::store::uploads::{self, SortBy, Upload};
use crate::store::{cases, findings};
use crate::wire_types::{DerivedEvidence, UploadDetail, UploadList, UploadSummary};
use crate::words;

/// Files of one page unless the client asks for another number.
const PAGE: u32 = 50;

/// `GET /cases/{id}/uploaded-files`
pub(super) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(case_id): Path<String>,
    fields: Fields,
) -> Result<Response, Refusal> {
    let (limit, offset) = fields.page(PAGE)?;
    let sort_by = match fields.text("sort_by") {
        None | Some("uploaded_at" | "uploaded_at_turn") => SortBy::Uploaded,
        Some("filename") => SortBy::Name,
        Some("size_bytes" | "size") => SortBy::Size,
        Some(_) => {
            let message = "Needs one of uploaded_at, filename, size_bytes.";
            return Err(Refusal::field_error("query", "sort_by", "enum", message));
        }
    };
    let descending = match fields.text("sort_order") {
        None | Some("desc") => true,
        Some("asc") => false,
        Some(_) => {
            return Err(Refusal::field_error("query", "sort_order", "enum", "Needs asc or desc."));
        }
    };
    let (files, total) = app
        .store
        .read(move |db| {
            found(cases::find(db, &caller.user.user_id, &case_id)?)?;
            let page = uploads::page(db, &case_id, (limit, offset), (sort_by, descending))?;
            Ok::<_, Refusal>((page, uploads::count(db, &case_id)?))
        })
        .await?;
    let files = files.into_iter().map(summary).collect();
    Ok(Json(UploadList { files, total_count: total, limit, offset }).into_response())
}

fn summary(upload: Upload) -> UploadSummary {
    let told = upload.source_url.is_some() || upload.observed_at.is_some();
    let metadata =
        told.then(|| json!({ "source_url": upload.source_url, "observed_at": upload.observed_at }));
    UploadSummary {
        size_display: words::size(upload.size_bytes),
        uploaded_at: upload.uploaded.to_rfc3339(),
        file_id: upload.file_id,
        filename: upload.filename,
        size_bytes: upload.size_bytes,
        uploaded_at_turn: upload.turn_number,
        source_type: upload.upload_source,
        analysis_status: upload.status,
        summary: upload.summary,
        source_metadata: metadata,
    }
}

/// `GET /cases/{id}/uploaded-files/{file}`
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((case_id, file_id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let (upload, evidence) = app
        .store
        .read(move |db| {
            found(cases::find(db, &caller.user.user_id, &case_id)?)?;
            let upload = uploads::find(db, &case_id, &file_id)?
                .ok_or_else(|| Refusal::not_found(words::NO_SUCH_FILE))?;
            let mut evidence = findings::evidence(db, &case_id)?;
            evidence.retain(|piece| piece.file_id.as_deref() == Some(&upload.file_id));
            Ok::<_, Refusal>((upload, evidence))
        })
        .await?;
    let derived: Vec<DerivedEvidence> = evidence
        .into_iter()
        .map(|piece| DerivedEvidence {
            evidence_id: piece.evidence_id,
            summary: piece.summary,
            category: "SYMPTOM_EVIDENCE",
            source_type: "log_file",
            collected_at_turn: piece.turn_number,
            primary_purpose: None,
            related_hypothesis_ids: piece.hypothesis_id.into_iter().collect(),
        })
        .collect();
    Ok(Json(UploadDetail {
        size_display: words::size(upload.size_bytes),
        uploaded_at: upload.uploaded.to_rfc3339(),
        file_id: upload.file_id,
        filename: upload.filename,
        size_bytes: upload.size_bytes,
        uploaded_at_turn: upload.turn_number,
        upload_source: upload.upload_source,
        content_type: upload.content_type,
        content_hash: upload.content_hash,
        summary: upload.summary,
        evidence_count: derived.len(),
        derived_evidence: derived,
    })
    .into_response())
}
