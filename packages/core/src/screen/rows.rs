//! Rows as values: read when they are drawn, made of confirmed state and operations.

use std::sync::Arc;

use crate::core::Core;
use crate::ids::{CaseKey, MessageKey, RealId};
use crate::inspect::Inspection;
use crate::ledger::{Entry, Stage};
use crate::model::{Backup, CaseDetails, Data, Draft, Role};
use crate::operation::{Acknowledged, OperationKind};
use crate::time::Mono;
use crate::view::{
    Attachment, CachedMessage, CaseRow, Delivery, Group, LinkStatus, MessageRow, ServerSearch, Status,
    Thinking,
};

/// Lines of an attachment that a preview shows (ux §4).
const PREVIEW_LINES: usize = 3;
/// Longest preview in characters: lines of logs can be very long.
const PREVIEW_CHARS: usize = 400;

/// Read access to what is drawn.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub(crate) core: &'a Core,
}

impl Core {
    /// What the user interface draws.
    #[must_use]
    pub const fn view(&self) -> View<'_> {
        View { core: self }
    }
}

impl<'a> View<'a> {
    /// The open case; `None` while the empty conversation of a new case is shown.
    #[must_use]
    pub const fn open(&self) -> Option<&'a CaseKey> {
        self.core.screen.open()
    }

    /// The cases of a group, newest activity first.
    #[must_use]
    pub fn group(&self, group: Group) -> &'a [CaseKey] {
        self.core.screen.list.group(group).keys()
    }

    /// A row of the case list.
    #[must_use]
    pub fn case(&self, key: &CaseKey) -> Option<CaseRow> {
        self.core.case_row(key)
    }

    /// The rows of a transcript, top to bottom, as far as they are resident.
    #[must_use]
    pub fn transcript(&self, case: &CaseKey) -> &'a [MessageKey] {
        self.core.screen.transcripts.get(case).map_or(&[], |transcript| transcript.rows.keys())
    }

    /// Whether older rows exist above the first resident one; [`Intent::LoadOlder`](crate::Intent::LoadOlder) fetches them.
    #[must_use]
    pub fn has_older(&self, case: &CaseKey) -> bool {
        self.core.has_older(case)
    }

    /// Whether nothing is known yet about the rows of a case: the interface shows a skeleton.
    #[must_use]
    pub fn is_loading(&self, case: &CaseKey) -> bool {
        self.transcript(case).is_empty()
            && self.core.net.link == LinkStatus::Online
            && self.core.ledger.real(case).is_some_and(|real| self.core.reads.is_loading(&real))
    }

    /// A row of a transcript.
    #[must_use]
    pub fn message(&self, case: &CaseKey, key: &MessageKey) -> Option<MessageRow> {
        self.core.message_row(case, key)
    }

    /// What stands in the composer of a case; `None` asks for the case that does not exist yet.
    #[must_use]
    pub fn draft(&self, case: Option<&CaseKey>) -> Option<&'a Draft> {
        self.core.ledger.draft(case)
    }

    /// The id that the server knows a case by.
    #[must_use]
    pub fn real_case(&self, case: &CaseKey) -> Option<RealId> {
        self.core.ledger.real(case)
    }

    /// The details of a case that [`Intent::ReadDetails`](crate::Intent::ReadDetails) asked for, once they are here.
    #[must_use]
    pub fn details(&self, case: &CaseKey) -> Option<&'a Arc<CaseDetails>> {
        self.core.details_of(case)
    }

    /// Whether the server looks for the text that [`Intent::Search`](crate::Intent::Search) named.
    #[must_use]
    pub fn server_search(&self) -> ServerSearch {
        self.core.server_search()
    }

    /// Copies of what was replaced in a case, newest first; `None` asks for the case that does not exist yet.
    #[must_use]
    pub fn backups(&self, case: Option<&CaseKey>) -> Vec<Arc<Backup>> {
        let kept = self.core.ledger.backups().filter(|backup| backup.case.as_ref() == case);
        let mut kept: Vec<_> = kept.filter(|backup| self.core.is_kept(backup)).cloned().collect();
        kept.reverse();
        kept
    }

    /// Everything since the start, for the inspector's export; `None` once that is too much to keep.
    #[must_use]
    pub fn trace(&self) -> Option<crate::trace::Trace> {
        self.core.trace()
    }

    /// What the sync inspector shows.
    #[must_use]
    pub fn inspect(&self) -> Inspection {
        self.core.inspect()
    }

    /// Link, account, store, totals.
    #[must_use]
    pub fn status(&self) -> Status {
        let core = self.core;
        let totals = core.outbox.totals();
        Status {
            link: core.net.link,
            account: core.net.account,
            store: core.windows.health,
            durability: core.windows.durability,
            damage: core.windows.damage.clone(),
            role: core.windows.role(),
            limits: core.net.limits.clone(),
            waiting: totals.waiting,
            not_sent: totals.not_sent,
            undecided: core.undecided(),
        }
    }
}

impl Core {
    fn message_row(&self, case: &CaseKey, key: &MessageKey) -> Option<MessageRow> {
        let place = self.screen.transcripts.get(case)?.places.contains_key(key);
        let entry = self.ledger.behind(case, key).or_else(|| self.ledger.finished_behind(case, key));
        let confirmed = self.rows_of(case).and_then(|rows| rows.by_key(key));
        match (place, confirmed, entry) {
            (false, _, _) | (true, None, None) => None,
            (true, Some(row), entry) => Some(self.confirmed_row(case, row, entry)),
            (true, None, Some(entry)) => self.echo_row(case, key, entry),
        }
    }

    fn confirmed_row(&self, case: &CaseKey, row: &Arc<CachedMessage>, entry: Option<&Entry>) -> MessageRow {
        let is_gone = || self.rows_of(case).is_some_and(|rows| rows.is_gone(&row.message.id));
        let delivery = match row.message.role {
            Role::User => entry.map_or(Delivery::Settled, |entry| self.delivery(entry)),
            _ if is_gone() => Delivery::OnlyHere,
            _ => Delivery::Settled,
        };
        MessageRow {
            key: row.key.clone(),
            role: row.message.role,
            text: Arc::clone(&row.message.text),
            turn: row.message.turn,
            sent: row.sent,
            created: Some(row.message.created),
            attachment: row.attachment.clone(),
            delivery,
            thinking: None,
            actions: self.actions_if_last(case, &row.key, &row.actions),
            operation: entry.map(|entry| entry.op.id).filter(|op| self.ledger.entry(op).is_some()),
        }
    }

    fn echo_row(&self, case: &CaseKey, key: &MessageKey, entry: &Entry) -> Option<MessageRow> {
        let OperationKind::SubmitTurn { question, turn, .. } = &entry.op.kind else {
            return None;
        };
        let answered = match &entry.stage {
            Stage::Acknowledged(Acknowledged::Answered(answer)) => Some(answer),
            _ => None,
        };
        if question == key {
            return Some(MessageRow {
                key: key.clone(),
                role: Role::User,
                text: Arc::clone(&turn.text),
                turn: answered.and_then(|answer| answer.turn),
                sent: Some(entry.op.created),
                created: None,
                attachment: turn.data.as_ref().map(attachment),
                delivery: self.delivery(entry),
                thinking: None,
                actions: Vec::new(),
                operation: Some(entry.op.id).filter(|op| self.ledger.entry(op).is_some()),
            });
        }
        Some(MessageRow {
            key: key.clone(),
            role: Role::Assistant,
            text: answered.map(|answer| Arc::clone(&answer.text)).unwrap_or_default(),
            turn: answered.and_then(|answer| answer.turn),
            sent: None,
            created: None,
            attachment: None,
            delivery: self.delivery_of_answer(entry),
            thinking: match (&entry.stage, answered) {
                (Stage::Stopped, _) => Some(Thinking::Stopped),
                (_, Some(_)) => None,
                _ => Some(Thinking::Since(self.thinking_since(entry))),
            },
            actions: answered
                .map(|answer| self.actions_if_last(case, key, &answer.actions))
                .unwrap_or_default(),
            operation: Some(entry.op.id).filter(|op| self.ledger.entry(op).is_some()),
        })
    }

    fn thinking_since(&self, entry: &Entry) -> Mono {
        let live = self.outbox.live.get(&entry.op.id);
        let elsewhere = || {
            let noted = self.outbox.awaited_since.iter().find(|(op, _)| *op == entry.op.id);
            noted.map(|(_, since)| *since).unwrap_or_default()
        };
        live.map_or_else(elsewhere, |live| live.thinking_since.unwrap_or(live.seen_at))
    }

    /// Suggestions are shown under the last answer only (ux §4).
    fn actions_if_last(
        &self,
        case: &CaseKey,
        key: &MessageKey,
        actions: &[crate::model::Action],
    ) -> Vec<crate::model::Action> {
        let last = self.screen.transcripts.get(case).and_then(|transcript| transcript.rows.keys().last());
        if last == Some(key) { actions.to_vec() } else { Vec::new() }
    }
}

/// What went along, without its content.
pub(crate) fn attachment(data: &Data) -> Attachment {
    let (name, text) = match data {
        Data::Paste { text } => (None, Some(&**text)),
        Data::File { name, bytes, .. } => {
            (Some(Arc::clone(name)), std::str::from_utf8(bytes.as_slice()).ok())
        }
        Data::Page { title, text, .. } => (Some(Arc::clone(title)), Some(&**text)),
    };
    let preview: String = text
        .unwrap_or_default()
        .lines()
        .take(PREVIEW_LINES)
        .collect::<Vec<_>>()
        .join("\n")
        .chars()
        .take(PREVIEW_CHARS)
        .collect();
    Attachment { name, bytes: data.len() as u64, preview: preview.into() }
}
