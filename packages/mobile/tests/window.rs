//! The phone-sized window on a screen.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a story that cannot go on has failed")]

#[path = "../../desktop/tests/stage/mod.rs"]
#[allow(dead_code, reason = "the desktop tells more stories on this ground")]
mod stage;

use stage::{a_crash_loses_and_doubles_nothing, story};

#[test]
fn a_crash_on_the_phone_loses_and_doubles_nothing() {
    story(env!("CARGO_BIN_EXE_copilot-mobile"), a_crash_loses_and_doubles_nothing);
}
