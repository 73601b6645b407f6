//! What the person does, and how often.

use serde::{Deserialize, Serialize};

use crate::rng::Rng;

/// What the person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of the intents")]
pub enum Act {
    Open,
    OpenNew,
    Say,
    SayNew,
    SayMany,
    SayData,
    SayTheSame,
    MoveState,
    Rename,
    Delete,
    Undo,
    Pin,
    Draft,
    Retry,
    RetryAll,
    SendAnyway,
    Edit,
    Discard,
    Stop,
    DismissNote,
    KeepMine,
    UseTheirs,
    Name,
    SendRest,
    Restore,
    DropCopy,
    LookAtDetails,
    Search,
    HoldUndo,
    TryNow,
    LoadOlder,
    Seen,
    Hide,
    Show,
    /// An intent about an operation that the screen no longer shows.
    StaleClick,
}

const ACTS: [(Act, u64); 35] = [
    (Act::Open, 10),
    (Act::OpenNew, 2),
    (Act::Say, 30),
    (Act::SayNew, 10),
    (Act::SayMany, 5),
    (Act::SayData, 4),
    (Act::SayTheSame, 3),
    (Act::MoveState, 5),
    (Act::Rename, 8),
    (Act::Delete, 4),
    (Act::Undo, 6),
    (Act::Pin, 3),
    (Act::Draft, 4),
    (Act::Retry, 14),
    (Act::RetryAll, 4),
    (Act::SendAnyway, 4),
    (Act::Edit, 6),
    (Act::Discard, 7),
    (Act::Stop, 5),
    (Act::DismissNote, 2),
    (Act::KeepMine, 3),
    (Act::UseTheirs, 3),
    (Act::Name, 4),
    (Act::SendRest, 3),
    (Act::Restore, 2),
    (Act::DropCopy, 1),
    (Act::LookAtDetails, 2),
    (Act::Search, 3),
    (Act::HoldUndo, 2),
    (Act::TryNow, 3),
    (Act::LoadOlder, 2),
    (Act::Seen, 3),
    (Act::Hide, 2),
    (Act::Show, 3),
    (Act::StaleClick, 3),
];

/// Acts of somebody who keeps giving cases other titles.
const QUARREL: [(Act, u64); 10] = [
    (Act::Open, 4),
    (Act::Say, 4),
    (Act::Rename, 12),
    (Act::KeepMine, 6),
    (Act::UseTheirs, 6),
    (Act::MoveState, 6),
    (Act::Name, 3),
    (Act::Restore, 2),
    (Act::DismissNote, 1),
    (Act::Retry, 2),
];

/// The next thing that the person does.
pub(super) fn act(rng: &mut Rng, quarrel: bool) -> Act {
    let quarrels = quarrel && rng.chance(500);
    let acts: &[(Act, u64)] = if quarrels { &QUARREL } else { &ACTS };
    let total: u64 = acts.iter().map(|(_, weight)| weight).sum();
    let mut roll = rng.below(total);
    for (act, weight) in acts {
        if roll < *weight {
            return *act;
        }
        roll -= weight;
    }
    Act::Say
}
