//! Numbers of the engine, each with its source.

use crate::time::Millis;

/// Limits and times. One value per instance, never changed while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Lanes that may have a request open at once (architecture §4).
    pub lanes: usize,
    /// First ceiling of the full-jitter backoff (architecture §4).
    pub backoff_first: Millis,
    /// Last ceiling of the full-jitter backoff (architecture §4).
    pub backoff_last: Millis,
    /// Automatic tries before an operation needs the person (ux §6).
    pub tries: u32,
    /// Longest wait that ends in an automatic retry (architecture §4).
    pub longest_wait: Millis,
    /// Wait after a busy answer that names none (contract 4.3).
    pub busy_default: Millis,
    /// Quiet time before a title is sent (architecture §4).
    pub debounce: Millis,
    /// How long a deletion or a discard can be taken back (ux §5).
    pub undo: Millis,
    /// How much longer a discard is left to the window that began it: it may have been taken back there and not
    /// found the room to say so. Longer than a disk is full for a moment, and nothing waits for it.
    pub undo_elsewhere: Millis,
    /// Silence before a row shows that it is being sent (ux §5, state 2).
    pub show_sending: Millis,
    /// Time without proof of arrival before a row says so (ux §5, state 3).
    pub show_still_sending: Millis,
    /// Silence of the window that sends before another one says so (ux §5, state 9).
    pub show_other_window: Millis,
    /// How long "Sent" stays (ux §5, state 4).
    pub show_sent: Millis,
    /// First wait between two polls of a job (contract 2.4).
    pub poll_first: Millis,
    /// Longest wait between two polls of a job (contract 2.4).
    pub poll_last: Millis,
    /// How long a job is polled (contract 2.4).
    pub poll_budget: Millis,
    /// Time after which a row that the server does not list is called local (ux §5, state 13).
    pub only_here: Millis,
    /// Time between two probes while the server cannot be reached, at most.
    pub probe_last: Millis,
    /// How long a confirmed message is kept in the journal as well: its rows reach the cache meanwhile. A
    /// cache is written by the way, and a server may never list an answer again.
    pub linger: Millis,
    /// How long a copy of something that was replaced can be restored: seven days.
    pub backups_kept: Millis,
    /// Messages per page (contract 2.5).
    pub page: u32,
    /// Longest title in characters (ux §4).
    pub title_chars: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            lanes: 4,
            backoff_first: Millis(500),
            backoff_last: Millis::seconds(60),
            tries: 5,
            longest_wait: Millis::seconds(120),
            busy_default: Millis::seconds(60),
            debounce: Millis(300),
            undo: Millis::seconds(8),
            undo_elsewhere: Millis::seconds(60),
            show_sending: Millis(400),
            show_still_sending: Millis::seconds(10),
            show_other_window: Millis::seconds(2),
            show_sent: Millis::seconds(4),
            poll_first: Millis(1500),
            poll_last: Millis::seconds(10),
            poll_budget: Millis::seconds(600),
            only_here: Millis::seconds(60),
            probe_last: Millis::seconds(30),
            linger: Millis::seconds(2),
            backups_kept: Millis::seconds(7 * 24 * 3600),
            page: 100,
            title_chars: 50,
        }
    }
}
