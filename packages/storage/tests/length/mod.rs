//! How often a danger is run through: `cargo xtask crash` asks for the long matrix, a plain `cargo test`
//! runs the short one.

/// Set to `long` by `cargo xtask crash`.
const LENGTH: &str = "COPILOT_CRASH";

/// The number for the long matrix or the short one.
pub(crate) fn long_or<T>(long: T, short: T) -> T {
    if std::env::var(LENGTH).is_ok_and(|length| length == "long") { long } else { short }
}
