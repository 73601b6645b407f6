//! Message rows.

use std::sync::Arc;

use copilot_core::ids::RealId;
use copilot_core::model::{RealMessage, Role};
use copilot_core::request::Page;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{count, maybe};
use super::page::{self, Extent, Refusal};
use crate::times::server_time;

#[derive(Deserialize)]
struct MessageRow {
    message_id: String,
    role: String,
    content: Arc<str>,
    created_at: String,
    #[serde(default, deserialize_with = "count")]
    turn_number: Option<u32>,
}

#[derive(Deserialize)]
struct MessageList {
    messages: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "count")]
    total_count: Option<u32>,
    #[serde(default, deserialize_with = "maybe")]
    has_more: Option<bool>,
    #[serde(default, deserialize_with = "count")]
    next_offset: Option<u32>,
}

fn read_message(text: &str) -> Result<RealMessage, Refusal> {
    let row: MessageRow = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let id = RealId::parse(&row.message_id).map_err(|error| format!("message_id: {error}"))?;
    let created = server_time(&row.created_at).ok_or_else(|| format!("created_at of {id} is not a time"))?;
    let role = match row.role.as_str() {
        "user" => Role::User,
        // The queries dialect has both words for it.
        "assistant" | "agent" => Role::Assistant,
        _ => Role::System,
    };
    Ok(RealMessage { id, role, text: row.content, turn: row.turn_number, created })
}

/// Reads a page of messages that was asked for from `offset` on; `None` if it is no such list.
pub(crate) fn read_messages(text: &str, offset: u32) -> Option<Page<RealMessage>> {
    let body: MessageList = serde_json::from_str(text).ok()?;
    let has_more = body.has_more.or(body.next_offset.map(|_| true));
    let extent = Extent { offset, total: body.total_count, has_more };
    Some(page::read(&body.messages, &extent, read_message))
}
