//! What comes from outside: the person and the world. Everything else in a run follows from these
//! and from the [fates](crate::fate) of requests, appends and messages.

mod act;

use serde::{Deserialize, Serialize};

pub use act::Act;

use crate::faults::Faults;
use crate::rng::Rng;

/// Something that happens at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// Its number in the run that it was made for. Names the texts that it brings.
    pub n: u32,
    /// When, in milliseconds since the start of the world.
    pub at: u64,
    /// What.
    pub what: What,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The person does something in a window.
    Act {
        /// In which window, counted over those that live.
        window: u8,
        /// What.
        act: Act,
        /// Chooses among what is on the screen.
        pick: u32,
    },
    /// A window's process dies.
    Crash {
        /// Which window.
        window: u8,
        /// How many of the batches that were being written are on the disk.
        survive: u8,
    },
    /// A window's process dies in the middle of the effects of its next step.
    CrashMidStep {
        /// Which window.
        window: u8,
        /// How many effects it still carries out.
        after: u8,
    },
    /// Everything dies at once; the last append is torn.
    PowerLoss {
        /// How many of the batches that were being written are on the disk.
        survive: u8,
        /// How much of the next one is, in bytes.
        torn: u16,
    },
    /// Another window is opened.
    OpenWindow,
    /// A window is closed.
    CloseWindow {
        /// Which window.
        window: u8,
    },
    /// A window is loaded again.
    Reload {
        /// Which window.
        window: u8,
        /// How many of the batches that were being written are on the disk.
        survive: u8,
    },
    /// The person signs out everywhere, and in again after a while: every window ends and starts anew.
    SignOut {
        /// For how long.
        ms: u64,
    },
    /// The device sleeps: every window stands still.
    Sleep {
        /// For how long.
        ms: u64,
        /// Whether the clock that windows measure spans with stands still as well.
        timeless: bool,
    },
    /// A window stands still.
    Freeze {
        /// Which window.
        window: u8,
        /// For how long.
        ms: u64,
    },
    /// The wall clock jumps.
    Clock {
        /// By how much.
        ms: i64,
    },
    /// No route for a while.
    LinkDown {
        /// For how long.
        ms: u64,
        /// Whether the platform says so.
        told: bool,
    },
    /// The disk has no room for a while.
    DiskFull {
        /// For how long.
        ms: u64,
    },
    /// The disk cannot be written for a while.
    DiskBroken {
        /// For how long.
        ms: u64,
    },
    /// The access token expires.
    TokenExpires,
    /// The session ends.
    SessionExpires,
    /// Access and refresh token are revoked.
    AccountDies,
    /// The person signs in again, if that is asked for.
    SignIn,
    /// The server cannot be reached for a while.
    ServerDown {
        /// For how long.
        ms: u64,
    },
    /// The network shows its login page for a while.
    Portal {
        /// For how long.
        ms: u64,
    },
    /// Another client does something.
    Other {
        /// What.
        other: Other,
        /// Chooses the case.
        pick: u32,
    },
    /// A newer program writes a record of a kind that this one does not know.
    NewerRecord {
        /// Whether it tells the windows of this one.
        told: bool,
    },
    /// The store is removed under the windows that use it: they can neither read nor write any more.
    StoreGone,
    /// A row that no client can have made comes into a list of the server.
    Foul {
        /// Chooses the case, or the list of cases.
        pick: u32,
    },
    /// A stored record is damaged; every window is closed and opened again.
    Damage {
        /// Chooses the record.
        pick: u32,
    },
    /// The cache is thrown away.
    EvictCache,
}

/// What another client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Other {
    /// It says something and is answered.
    Turn,
    /// It renames the case.
    Rename,
    /// It moves the case to another state.
    Move,
    /// It closes the case.
    Close,
    /// It deletes the case.
    Delete,
    /// It makes a case.
    Create,
}

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const YEAR: i64 = 365 * 24 * 3_600_000;

/// The happening with a number, after one that came at a moment.
#[must_use]
pub fn happening(seed: u64, faults: &Faults, n: u32, after: u64) -> Happening {
    let mut rng = Rng::of(&[seed, 0x4a99, u64::from(n)]);
    let at = after + gap(&mut rng, faults.pace);
    Happening { n, at, what: what(&mut rng, faults) }
}

/// Bursts, pauses, and now and then an hour in which a key can expire.
fn gap(rng: &mut Rng, pace: u8) -> u64 {
    let roll = rng.below(1000) + 60 * u64::from(pace);
    match roll {
        0..450 => rng.between(0, 60),
        450..700 => rng.between(60, 2 * SECOND),
        700..960 => rng.between(2 * SECOND, 20 * SECOND),
        960..1110 => rng.between(20 * SECOND, 4 * MINUTE),
        1110..1165 => rng.between(4 * MINUTE, 20 * MINUTE),
        _ => rng.between(HOUR - MINUTE, 2 * HOUR),
    }
}

fn what(rng: &mut Rng, faults: &Faults) -> What {
    let weights = &faults.weights;
    let kinds = [
        weights.act,
        weights.crash,
        weights.windows,
        weights.freeze,
        weights.clock,
        weights.link,
        weights.disk,
        weights.account,
        weights.server,
        weights.other,
        weights.newer,
        weights.damage,
        weights.sleep,
        weights.sign_out,
        weights.store_gone,
        weights.foul,
    ];
    let total: u64 = kinds.iter().map(|weight| u64::from(*weight)).sum();
    let mut roll = rng.below(total);
    let mut kind = 0;
    for (at, weight) in kinds.iter().enumerate() {
        if roll < u64::from(*weight) {
            kind = at;
            break;
        }
        roll -= u64::from(*weight);
    }
    let window = u8::try_from(rng.below(8)).unwrap_or(0);
    let survive = u8::try_from(rng.below(4)).unwrap_or(0);
    let pick = u32::try_from(rng.below(1 << 20)).unwrap_or(0);
    match kind {
        1 => match rng.below(4) {
            0 => What::PowerLoss { survive, torn: u16::try_from(rng.below(600)).unwrap_or(0) },
            1 => What::CrashMidStep { window, after: u8::try_from(rng.below(4)).unwrap_or(0) },
            _ => What::Crash { window, survive },
        },
        2 => match rng.below(6) {
            0 => What::CloseWindow { window },
            1 => What::EvictCache,
            2 => What::Reload { window, survive },
            _ => What::OpenWindow,
        },
        3 => What::Freeze { window, ms: rng.between(SECOND, 90 * SECOND) },
        4 => What::Clock {
            ms: [YEAR, -YEAR, 3_700_000, -1_800_000][usize::try_from(rng.below(4)).unwrap_or(0)],
        },
        5 => What::LinkDown {
            ms: if rng.chance(30) { 90 * MINUTE } else { rng.between(200, 90 * SECOND) },
            told: rng.chance(500),
        },
        6 if rng.chance(500) => What::DiskFull { ms: rng.between(100, 30 * SECOND) },
        6 if rng.chance(100) => What::DiskBroken { ms: 10 * MINUTE },
        6 => What::DiskBroken { ms: rng.between(100, 30 * SECOND) },
        7 => match rng.below(6) {
            0 | 1 => What::TokenExpires,
            2 | 3 => What::SessionExpires,
            4 => What::AccountDies,
            _ => What::SignIn,
        },
        8 if rng.chance(300) => What::Portal { ms: rng.between(SECOND, 2 * MINUTE) },
        8 => What::ServerDown { ms: rng.between(SECOND, 5 * MINUTE) },
        9 if faults.quarrel && rng.chance(500) => {
            let other = if rng.chance(700) { Other::Rename } else { Other::Move };
            What::Other { other, pick }
        }
        9 => What::Other {
            other: [Other::Turn, Other::Turn, Other::Rename, Other::Close, Other::Delete, Other::Create]
                [usize::try_from(rng.below(6)).unwrap_or(0)],
            pick,
        },
        10 => What::NewerRecord { told: rng.chance(500) },
        11 => What::Damage { pick },
        12 => What::Sleep { ms: rng.between(30 * SECOND, 10 * HOUR), timeless: rng.chance(500) },
        13 => What::SignOut { ms: rng.between(SECOND, 2 * HOUR) },
        14 => What::StoreGone,
        15 => What::Foul { pick },
        _ => What::Act { window, act: act::act(rng, faults.quarrel), pick },
    }
}
