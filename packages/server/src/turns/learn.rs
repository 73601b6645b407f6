//! What a turn adds to the case's knowledge: uploads, evidence, a supposed cause, the problem, a name.

use super::apply::Turn;
use super::form::{Attachment, UploadSource};
use super::intent::Intent;
use crate::assistant::Reply;
use crate::lifecycle;
use crate::refusal::Refusal;
use crate::store::cases::TitleSource;
use crate::store::findings::{self, Evidence, Hypothesis};
use crate::store::uploads::{self, Upload};
use crate::wire_types::AttachmentResult;
use crate::{naming, secrets, words};

/// Most words of a problem statement made from the user's own words.
const PROBLEM_WORDS: u32 = 20;

impl Turn<'_> {
    /// Stores what came with the turn; the bytes are on the disk already.
    pub(super) fn store_attachments(&self, found_log: bool) -> Result<Vec<AttachmentResult>, Refusal> {
        self.order
            .form
            .attachments
            .iter()
            .map(|attachment| self.store_attachment(attachment, found_log))
            .collect()
    }

    fn store_attachment(
        &self,
        attachment: &Attachment,
        found_log: bool,
    ) -> Result<AttachmentResult, Refusal> {
        let twin = uploads::twin(self.db, &self.case.case_id, &attachment.hash)?;
        let readable = attachment.text().is_some();
        let filename = match attachment.source {
            UploadSource::FileUpload => attachment.filename.clone(),
            UploadSource::Paste => format!("pasted-text-{}.txt", self.number),
            UploadSource::PageCapture => format!("captured-page-{}.txt", self.number),
        };
        let upload = Upload {
            file_id: secrets::new_id("file_")?,
            case_id: self.case.case_id.clone(),
            turn_number: self.number,
            source_type: source_type(&filename, found_log).to_owned(),
            filename,
            size_bytes: u64::try_from(attachment.bytes.len()).unwrap_or(u64::MAX),
            content_type: attachment.content_type.clone(),
            content_hash: attachment.hash.clone(),
            upload_source: attachment.source.as_str().to_owned(),
            status: if readable { "completed" } else { "failed" }.to_owned(),
            summary: readable.then(|| words::file_summary(found_log).to_owned()),
            uploaded: self.now,
            source_url: self.order.form.source_url.clone(),
            observed_at: self.order.form.observed_at.clone(),
        };
        uploads::insert(self.db, &upload)?;
        Ok(AttachmentResult {
            file_id: upload.file_id,
            filename: upload.filename,
            file_size: upload.size_bytes,
            processing_status: upload.status,
            source_type: upload.source_type,
            upload_source: upload.upload_source,
            uploaded_at: self.now.to_rfc3339(),
            duplicate_of: twin.as_ref().map(|twin| twin.file_id.clone()),
            duplicate_turn: twin.map(|twin| twin.turn_number),
        })
    }

    /// Takes evidence, a supposed cause, the problem and a name from what the assistant read.
    pub(super) fn learn(&mut self, reply: &Reply, attachments: &[AttachmentResult]) -> Result<(), Refusal> {
        let question =
            self.order.form.query.as_deref().filter(|_| self.order.form.intent == Intent::Conversation);
        if self.case.problem.is_none() {
            self.case.problem = reply.title.clone().or_else(|| naming::from_texts(question, PROBLEM_WORDS));
            if self.case.description.is_empty() {
                self.case.description = self.case.problem.clone().unwrap_or_default();
            }
        }
        if self.case.title_source == TitleSource::Placeholder && !self.case.state.is_terminal() {
            let name = reply.title.clone().or_else(|| naming::from_texts(question, naming::DEFAULT_WORDS));
            if let Some(name) = name {
                self.case.title = name.chars().take(naming::MAX_TITLE_CHARS).collect();
                self.case.title_source = TitleSource::Content;
            }
        }
        if !reply.found_log || self.case.state.is_terminal() {
            return Ok(());
        }
        self.progress = true;
        self.reach(lifecycle::SYMPTOM);
        let hypothesis_id = match &reply.title {
            Some(title) => Some(self.suppose(title)?),
            None => None,
        };
        let summary = reply.title.clone().unwrap_or_else(|| words::file_summary(true).to_owned());
        let sources: Vec<Option<&str>> = match attachments {
            [] => vec![None],
            list => list.iter().map(|attachment| Some(attachment.file_id.as_str())).collect(),
        };
        for file_id in sources {
            findings::insert_evidence(
                self.db,
                &Evidence {
                    evidence_id: secrets::new_id("ev_")?,
                    case_id: self.case.case_id.clone(),
                    file_id: file_id.map(str::to_owned),
                    hypothesis_id: hypothesis_id.clone(),
                    summary: summary.clone(),
                    turn_number: self.number,
                    created: self.now,
                },
            )?;
        }
        Ok(())
    }

    /// The hypothesis of that statement, made if the case has none.
    fn suppose(&self, statement: &str) -> Result<String, Refusal> {
        let known = findings::hypotheses(self.db, &self.case.case_id)?;
        if let Some(same) = known.into_iter().find(|hypothesis| hypothesis.statement == statement) {
            return Ok(same.hypothesis_id);
        }
        let hypothesis = Hypothesis {
            hypothesis_id: secrets::new_id("hyp_")?,
            case_id: self.case.case_id.clone(),
            statement: statement.to_owned(),
            state: "active".to_owned(),
            turn_number: self.number,
            evidence_count: 0,
            decided: None,
        };
        findings::insert_hypothesis(self.db, &hypothesis)?;
        Ok(hypothesis.hypothesis_id)
    }

    /// Says what the user should know about an attachment: that it can't be read, or was here before.
    pub(super) fn remark_on(&mut self, attachments: &[AttachmentResult]) {
        for attachment in attachments {
            if attachment.processing_status == "failed" {
                self.said.push(words::unreadable_file(&attachment.filename));
            }
            if let Some(turn) = attachment.duplicate_turn {
                self.said.push(words::duplicate_file(&attachment.filename, turn));
            }
        }
    }
}

/// The kind of data, from the ending of the name and from what the triage found in it.
fn source_type(filename: &str, found_log: bool) -> &'static str {
    let ending = filename.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "log" | "out" | "err" => "logs",
        "csv" => "metrics",
        "yaml" | "yml" | "conf" | "xml" => "configuration",
        _ if found_log => "logs",
        _ => "text",
    }
}
