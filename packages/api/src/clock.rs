//! The device's wall clock, read when credentials arrive. Everything else in this crate is timeless.

use copilot_core::Wall;

/// Now, in milliseconds since 1970 by this device's clock.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn wall() -> Wall {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // A clock before 1970 is a clock that was never set: the token then counts as old and is renewed.
    Wall(since.map_or(0, |span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
}

/// Now, in milliseconds since 1970 by this device's clock.
#[cfg(target_arch = "wasm32")]
pub(crate) fn wall() -> Wall {
    Wall(js_sys::Date::now() as u64)
}
