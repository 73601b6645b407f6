//! Defects put in by hand between a core and its world, so that the simulator's own tests can show
//! that its checks catch them. Never active in a run that is not told so.

use copilot_core::ids::OperationId;
use copilot_core::journal::Record;
use copilot_core::operation::{Acknowledged, End, OperationKind};
use copilot_core::request::{Request, RequestId};
use copilot_core::view::ViewPatch;
use copilot_core::{Effect, Event, Link};

use crate::truth::{Instance, Truth};

/// A defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// A retry gets a key of its own.
    FreshKeyOnRetry,
    /// A request leaves together with the append that should come before it.
    SendBeforeDurable,
    /// A message ends as soon as it is answered, whether its rows are here or not.
    EchoBeforeRow,
    /// The store takes writes of an epoch that is over.
    StaleEpoch,
    /// A retried turn says something else under the same key.
    ChangedOnRetry,
    /// Appends are acknowledged and not kept.
    ForgetfulStore,
    /// The interface is not told that rows came or went.
    LostPatch,
    /// The list is read as soon as the platform says that there is a route, whatever the server asked.
    ImpatientReconnect,
}

/// Spoils what a core asks for.
pub(crate) fn spoil(
    sabotage: Sabotage,
    truth: &Truth,
    me: Instance,
    ticket: u64,
    event: &Event,
    effects: &mut Vec<Effect>,
) {
    match sabotage {
        Sabotage::FreshKeyOnRetry | Sabotage::ChangedOnRetry => {
            for effect in effects {
                if let Effect::Send(_, Request::SubmitTurn { key, turn, .. }) = effect
                    && truth.did.get(key).is_some_and(|did| did.sends > 0)
                {
                    if sabotage == Sabotage::ChangedOnRetry {
                        *turn = std::sync::Arc::new(copilot_core::model::Turn::say("something else"));
                    } else {
                        *key = fresh_key(ticket).unwrap_or(*key);
                    }
                }
            }
        }
        Sabotage::SendBeforeDurable => {
            let early = effects.iter().find_map(|effect| match effect {
                Effect::Append(batch) => batch.records.iter().find_map(|record| match record {
                    Record::Operation(op) if matches!(op.kind, OperationKind::CreateCase { .. }) => {
                        Some(op.id)
                    }
                    _ => None,
                }),
                _ => None,
            });
            if let Some(key) = early {
                let id = RequestId((1 << 40) + ticket + me.slot as u64);
                effects.push(Effect::Send(id, Request::CreateCase { key }));
            }
        }
        Sabotage::EchoBeforeRow => {
            for effect in effects {
                let Effect::Append(batch) = effect else { continue };
                let answered = |record: &Record| match record {
                    Record::Acknowledged { op, with: Acknowledged::Answered(_) } => {
                        Some(Record::Ended { op: *op, end: End::Completed })
                    }
                    _ => None,
                };
                let ended: Vec<Record> = batch.records.iter().filter_map(answered).collect();
                batch.records.extend(ended);
            }
        }
        Sabotage::LostPatch => {
            for effect in effects {
                if let Effect::View(patches) = effect {
                    patches.retain(|patch| !matches!(patch, ViewPatch::Transcript(_)));
                }
            }
        }
        Sabotage::ImpatientReconnect if *event == Event::Link(Link::Online) => {
            let id = RequestId((1 << 40) + ticket);
            effects.push(Effect::Send(id, Request::ListCases { offset: 0, limit: 100 }));
        }
        // Put in by the disk and the store.
        Sabotage::ImpatientReconnect | Sabotage::StaleEpoch | Sabotage::ForgetfulStore => {}
    }
}

fn fresh_key(ticket: u64) -> Option<OperationId> {
    format!("00000000-0000-4000-8000-{ticket:012x}").parse().ok()
}
