//! Everything that can happen to the core.

use serde::{Deserialize, Serialize};

use crate::ids::RealId;
use crate::intent::Intent;
use crate::journal::{BatchId, Epoch, Recovered, Sequence, Sequenced, StoreRefusal};
use crate::peer::PeerMessage;
use crate::request::{Limits, Outcome, RequestId};
use crate::view::CachedMessage;

/// Something happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The store is open. First event of an instance, exactly once.
    Boot(Recovered),
    /// The person did something.
    Intent(Intent),
    /// The store answered.
    Stored(StoreAck),
    /// A request ended.
    Answered(RequestId, Outcome),
    /// A timer that was armed ran out.
    Timer(TimerId),
    /// The platform's opinion about the network. A hint: requests are the truth (ux §5).
    Link(Link),
    /// The sending lease moved.
    Lease(LeaseEvent),
    /// Another window of this profile said something.
    Peer(PeerMessage),
    /// The window's life.
    Page(Lifecycle),
    /// What an earlier run found out about the server. What it says itself outranks that.
    Server(Limits),
    /// The person signed in again to the account that this core belongs to.
    SignedIn,
}

/// What a store has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreAck {
    /// A batch is durable.
    Appended {
        /// Which.
        batch: BatchId,
        /// Position of its first record; the others follow without a gap.
        first: Sequence,
    },
    /// A batch was not taken, nothing of it.
    Refused {
        /// Which.
        batch: BatchId,
        /// Why.
        why: StoreRefusal,
    },
    /// Answer to [`Effect::ReadBack`](crate::Effect::ReadBack). A store that cannot be read does not answer;
    /// it is asked again until it can.
    ReadBack {
        /// The position that was asked for.
        from: Sequence,
        /// Every record from there on.
        records: Vec<Sequenced>,
    },
    /// Ahead of [`Loaded`](Self::Loaded), from a store that finds these sooner than all, if that was asked for: the
    /// cached messages that stand last in a case, in any order. They come again with the others.
    LoadedEnd {
        /// Of which case.
        case: RealId,
        /// The rows.
        rows: Vec<CachedMessage>,
    },
    /// Answer to [`Effect::Load`](crate::Effect::Load): all cached messages of a case, in any order.
    Loaded {
        /// Of which case.
        case: RealId,
        /// The rows. Empty when the cache has none.
        rows: Vec<CachedMessage>,
    },
}

/// The platform's opinion about the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Link {
    /// There seems to be a route.
    Online,
    /// There is no route.
    Offline,
}

/// The sending lease of this profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeaseEvent {
    /// This window sends, under this epoch.
    Granted(Epoch),
    /// Another window sends.
    Lost,
}

/// The life of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lifecycle {
    /// It came to the front.
    Shown,
    /// It went to the background; it may be killed at any time.
    Hidden,
}

/// Names a timer. Arming one that is armed moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TimerId {
    /// The next moment at which an operation may go on.
    Queue,
    /// The next moment at which a row's delivery state changes by itself.
    Rows,
    /// The next probe of a server that cannot be reached.
    Probe,
    /// The next refresh of the case list and the open case.
    Refresh,
}
