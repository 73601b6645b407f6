//! The crash matrix: what came of running through a danger.
//!
//! `cargo xtask crash` names a file for the results; a plain `cargo test` writes none.

use std::fs::OpenOptions;
use std::io::Write;

/// The file that results are added to.
const REPORT: &str = "COPILOT_CRASH_REPORT";

/// Enters a cell that was run through without a loss; one with a loss ends its test.
pub(crate) fn enter(cell: &str, runs: usize, note: &str) {
    let Some(file) = std::env::var_os(REPORT) else { return };
    let toll = serde_json::json!({
        "group": "File store", "cell": cell, "runs": runs, "lost": 0, "doubled": 0, "note": note,
    });
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    // One write, so that test programs that run side by side do not mix their lines.
    file.write_all(format!("{toll}\n").as_bytes()).unwrap();
}
