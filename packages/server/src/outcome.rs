//! Marks that handlers put on their answers (what was committed) and that a fault rule may put on a request (what a list
//! leaves out). They travel as extensions and never reach the wire.

use axum::response::Response;

/// An answer stands on a change of the store.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Committed {
    /// The turn that was committed, where the answer is a turn.
    pub(crate) turn_number: Option<u32>,
}

/// An answer is the stored one of an earlier attempt; nothing ran.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replayed {
    /// The turn that was committed then, where the answer is a turn.
    pub(crate) turn_number: Option<u32>,
}

/// Which rows a list leaves out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lens {
    /// Rows committed less than this many milliseconds ago.
    pub(crate) hide_younger_than_ms: Option<u64>,
    /// Rows of the assistant.
    pub(crate) omit_assistant: bool,
}

/// Marks an answer as committed.
pub(crate) fn committed(mut response: Response) -> Response {
    response.extensions_mut().insert(Committed::default());
    response
}

/// Marks an answer as a committed turn.
pub(crate) fn committed_turn(mut response: Response, turn_number: u32) -> Response {
    response.extensions_mut().insert(Committed { turn_number: Some(turn_number) });
    response
}
