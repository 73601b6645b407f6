//! To the earlier extension's JSON: everything that is in memory, for a file that the person keeps.

use serde_json::{Map, Value, json};

use super::dates;
use crate::core::Core;
use crate::ids::CaseKey;
use crate::model::Role;
use crate::operation::{ExportedState, OperationKind};
use crate::screen::View;
use crate::view::{Delivery, Group};

impl View<'_> {
    /// Everything that is in memory in the storage schema of the earlier extension, as JSON text: cases with
    /// their titles, resident messages, unsent work, id links, pins and drafts.
    #[must_use]
    pub fn export(&self) -> String {
        let core = self.core;
        let (mut titles, mut conversations, mut drafts) = (Map::new(), Map::new(), Map::new());
        let mut pinned = Vec::new();
        for group in [Group::Pinned, Group::Active, Group::Resolved] {
            for case in self.group(group) {
                let id = core.exported_id(case);
                titles.insert(id.clone(), json!(core.title_of(case).0));
                let rows = core.exported_rows(case);
                if !rows.is_empty() {
                    conversations.insert(id.clone(), Value::Array(rows));
                }
                if let Some(draft) = self.draft(Some(case)) {
                    drafts.insert(id.clone(), json!(draft.text));
                }
                if group == Group::Pinned {
                    pinned.push(id);
                }
            }
        }
        if let Some(draft) = self.draft(None) {
            drafts.insert("new".to_owned(), json!(draft.text));
        }
        let operations: Map<String, Value> = core
            .inspect()
            .operations
            .iter()
            .map(|op| (op.id.to_string(), core.exported_operation(op.id)))
            .collect();
        let links: Map<String, Value> =
            core.ledger.links().iter().map(|(key, real)| (key.to_string(), json!(real))).collect();
        let back: Map<String, Value> =
            core.ledger.links().iter().map(|(key, real)| (real.to_string(), json!(key))).collect();
        let all = json!({
            "conversationTitles": titles,
            "conversations": conversations,
            "pendingOperations": operations,
            "idMappings": { "optimisticToReal": links, "realToOptimistic": back },
            "pinnedCases": pinned,
            "drafts": drafts,
        });
        all.to_string()
    }
}

impl Core {
    fn exported_id(&self, case: &CaseKey) -> String {
        self.ledger.real(case).map_or_else(|| case.to_string(), |real| real.to_string())
    }

    fn exported_rows(&self, case: &CaseKey) -> Vec<Value> {
        let resident = self.rows_of(case).into_iter();
        let mut rows: Vec<_> = resident.flat_map(crate::confirmed::Rows::iter).cloned().collect();
        crate::confirmed::put_in_order(&mut rows);
        let confirmed = rows.into_iter().map(|row| {
            json!({
                "id": row.message.id,
                "role": role_of(row.message.role),
                "content": row.message.text,
                "timestamp": dates::text_of(row.message.created.0),
                "turn_number": row.message.turn,
                "optimistic": false,
                "loading": false,
                "failed": false,
            })
        });
        let unsent = self.ledger.ops_of(case).filter_map(|entry| {
            let OperationKind::SubmitTurn { question, turn, .. } = &entry.op.kind else { return None };
            let row = self.view().message(case, question)?;
            let failed = matches!(row.delivery, Delivery::Failed { .. } | Delivery::Blocked);
            Some(json!({
                "id": question,
                "role": "user",
                "content": turn.text,
                "timestamp": dates::text_of(entry.op.created.0),
                "optimistic": true,
                "loading": false,
                "failed": failed,
                "pendingOperationId": entry.op.id,
            }))
        });
        confirmed.chain(unsent).collect()
    }

    fn exported_operation(&self, op: crate::ids::OperationId) -> Value {
        let Some(entry) = self.ledger.entry(&op) else { return Value::Null };
        let case = self.exported_id(&entry.op.case);
        let (kind, data) = match &entry.op.kind {
            OperationKind::CreateCase { name } => ("create_case", json!({ "case_id": case, "title": name })),
            OperationKind::SubmitTurn { turn, .. } => {
                ("submit_query", json!({ "case_id": case, "question": turn.text }))
            }
            OperationKind::Rename { title, .. } => {
                ("update_title", json!({ "case_id": case, "title": title }))
            }
            OperationKind::GenerateTitle { .. } => ("generate_title", json!({ "case_id": case })),
            OperationKind::Delete => ("delete_case", json!({ "case_id": case })),
        };
        let status: ExportedState = self.exported_state(entry);
        json!({
            "id": op,
            "type": kind,
            "status": status,
            "optimisticData": data,
            "createdAt": entry.op.created,
        })
    }
}

const fn role_of(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::System => "system",
    }
}
