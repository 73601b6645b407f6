//! The person: looks at a screen and does something that it offers.

use std::sync::Arc;

use copilot_core::ids::{CaseKey, OperationId};
use copilot_core::model::{CaseState, Data, Draft, Role, Turn};
use copilot_core::view::{CaseRow, Delivery, MessageRow, Thinking};
use copilot_core::{Event, Intent, Lifecycle};

use super::World;
use super::happen::CASES;
use crate::check::mirror::GROUPS;
use crate::happening::Act;
use crate::truth::Instance;

/// Rows of one transcript at which the person stops saying more, so that worlds stay small.
const ROWS: usize = 24;

fn pick_of<T: Clone>(values: &[T], pick: u32) -> Option<T> {
    values.get(pick as usize % values.len().max(1)).cloned()
}

/// What waits for the person's decision in a case.
pub(crate) fn conflicts_of(row: &CaseRow) -> Vec<OperationId> {
    let title = row.conflict.as_ref().map(|conflict| conflict.operation);
    let status = row.status_conflict.as_ref().map(|conflict| conflict.operation);
    title.into_iter().chain(status).collect()
}

impl World {
    pub(crate) fn act(&mut self, me: Instance, act: Act, pick: u32, n: u32) {
        match act {
            Act::Hide => self.deliver(me, Event::Page(Lifecycle::Hidden)),
            Act::Show => self.deliver(me, Event::Page(Lifecycle::Shown)),
            _ => {
                if let Some(intent) = self.wish(me, act, pick, n) {
                    self.deliver(me, Event::Intent(intent));
                }
            }
        }
    }

    fn wish(&self, me: Instance, act: Act, pick: u32, n: u32) -> Option<Intent> {
        let window = self.window(me).filter(|window| !window.frozen)?;
        let view = window.core.view();
        let cases: Vec<CaseKey> = GROUPS.into_iter().flat_map(|group| view.group(group).to_vec()).collect();
        let open = view.open().cloned();
        let rows: Vec<MessageRow> = open
            .iter()
            .flat_map(|case| view.transcript(case).iter().filter_map(|key| view.message(case, key)))
            .collect();
        let ops = |wanted: &dyn Fn(&MessageRow) -> bool| -> Vec<OperationId> {
            rows.iter().filter(|row| wanted(row)).filter_map(|row| row.operation).collect()
        };
        let failed = |row: &MessageRow| matches!(row.delivery, Delivery::Failed { .. });
        // What stands only here on an answer offers nothing but to ask again.
        let unsent = |row: &MessageRow| {
            let waits = !matches!(row.delivery, Delivery::Settled | Delivery::Sent);
            waits && row.role == Role::User && row.operation.is_some()
        };
        let case = if pick.is_multiple_of(4) { pick_of(&cases, pick >> 2) } else { open };
        let full = rows.len() >= ROWS;
        let say = |text: String| Turn::say(text);
        Some(match act {
            Act::Open => Intent::Open(Some(pick_of(&cases, pick)?)),
            Act::OpenNew => Intent::Open(None),
            Act::SayNew if cases.len() >= CASES => return None,
            Act::SayNew => Intent::Submit { case: None, turns: vec![say(format!("say {n}."))] },
            _ if full && matches!(act, Act::Say | Act::SayMany | Act::SayData | Act::SayTheSame) => {
                return None;
            }
            Act::Say => match case {
                None if cases.len() >= CASES => return None,
                case => Intent::Submit { case, turns: vec![say(format!("say {n}."))] },
            },
            Act::SayMany => {
                let turns = (0..2 + pick % 2).map(|part| say(format!("say {n}.{part}."))).collect();
                Intent::Submit { case: Some(case?), turns }
            }
            Act::SayData => {
                let data = Some(Data::Paste { text: format!("09:10 ERROR {n}").into() });
                let turn = Turn { text: format!("data {n}.").into(), data, intention: None };
                Intent::Submit { case: Some(case?), turns: vec![turn] }
            }
            Act::SayTheSame => Intent::Submit { case: Some(case?), turns: vec![say("same".to_owned())] },
            Act::MoveState => {
                let to = if pick.is_multiple_of(3) { CaseState::Resolved } else { CaseState::Investigating };
                Intent::SetStatus { case: case?, to, text: format!("move {n}.").into() }
            }
            Act::Name => Intent::GenerateTitle(case?),
            Act::SendRest => {
                let blocked = rows.iter().any(|row| row.delivery == Delivery::Blocked);
                Intent::SendRest(case.filter(|case| blocked && view.open() == Some(case))?)
            }
            Act::Restore | Act::DropCopy => {
                let of: Vec<_> = cases.iter().map(Some).chain([None]).collect();
                let copies: Vec<OperationId> =
                    of.into_iter().flat_map(|case| view.backups(case)).map(|copy| copy.id).collect();
                let copy = pick_of(&copies, pick)?;
                if act == Act::Restore { Intent::Restore(copy) } else { Intent::DropBackup(copy) }
            }
            Act::LookAtDetails if pick.is_multiple_of(3) => Intent::CloseDetails,
            Act::LookAtDetails => Intent::ReadDetails(case?),
            Act::Rename => Intent::Rename { case: case?, title: format!("Title {n}.").into() },
            Act::Delete => Intent::Delete(case?),
            Act::Undo => Intent::Undo(window.undoable.last().copied()?),
            Act::HoldUndo => Intent::HoldUndo(window.undoable.last().copied()?),
            // What was said, what a case is called, what stands nowhere, and nothing.
            Act::Search => {
                let texts =
                    [format!("say {}", n % 40), "same".to_owned(), format!("nowhere {n}"), String::new()];
                Intent::Search(pick_of(&texts, pick)?.into())
            }
            Act::Pin => Intent::Pin { case: case?, pinned: !pick.is_multiple_of(3) },
            Act::Draft => {
                let text: Arc<str> =
                    if pick.is_multiple_of(3) { "".into() } else { format!("draft {n}.").into() };
                Intent::KeepDraft { case, draft: Draft { text, ..Draft::default() } }
            }
            Act::Retry => Intent::Retry(pick_of(&ops(&failed), pick)?),
            Act::RetryAll => Intent::RetryAll(case?),
            Act::SendAnyway => {
                Intent::SendAnyway(pick_of(&ops(&|row| row.delivery == Delivery::Blocked), pick)?)
            }
            Act::Edit => Intent::Edit(pick_of(&ops(&unsent), pick)?),
            Act::Discard => Intent::Discard(pick_of(&ops(&unsent), pick)?),
            Act::Stop => {
                Intent::Stop(pick_of(&ops(&|row| matches!(row.thinking, Some(Thinking::Since(_)))), pick)?)
            }
            Act::DismissNote => Intent::DismissTitleNote(case?),
            Act::KeepMine | Act::UseTheirs => {
                let rows = cases.iter().filter_map(|case| view.case(case));
                let torn: Vec<OperationId> = rows.flat_map(|row| conflicts_of(&row)).collect();
                let op = pick_of(&torn, pick)?;
                if act == Act::KeepMine { Intent::KeepMine(op) } else { Intent::UseTheirs(op) }
            }
            Act::TryNow => Intent::TryNow,
            Act::LoadOlder => Intent::LoadOlder,
            Act::Seen => Intent::Seen,
            Act::StaleClick => {
                let op = pick_of(&window.remembered, pick)?;
                let said = self.truth.did.get(&op).is_some_and(|did| did.turn().is_some());
                match pick % if said { 5 } else { 2 } {
                    0 => Intent::Retry(op),
                    1 => Intent::Undo(op),
                    2 => Intent::Edit(op),
                    3 => Intent::Discard(op),
                    _ => Intent::Stop(op),
                }
            }
            Act::Hide | Act::Show => return None,
        })
    }
}
