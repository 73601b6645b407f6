//! Megabytes per second on a made log of mixed formats. Run with `cargo bench -p copilot-triage`.
//!
//! The log is the same in every run. Prints; judges nothing, because a machine may be busy.

#![expect(clippy::print_stdout, reason = "printing is what a benchmark does")]

#[path = "triage/log.rs"]
mod log;

use std::time::Instant;

use copilot_triage::{Context, triage};

use log::mixed_log;

const MEGABYTES: usize = 10;

fn main() {
    let context = Context::default();
    for (name, text) in [
        ("mixed log", mixed_log(MEGABYTES << 20)),
        ("one line of 10 MB", "x=1 ".repeat(MEGABYTES << 18)),
        (
            "all lines different",
            (0..200_000)
                .map(|n| {
                    format!(
                        "09:00:00 {}\n",
                        (0..6)
                            .map(|k| format!("w{:x}z ", (n * 7919 + k * 104_729) % 999_983))
                            .collect::<String>()
                    )
                })
                .collect(),
        ),
    ] {
        let size = text.len() as f64 / f64::from(1 << 20);
        let best = (0..3)
            .map(|_| {
                let start = Instant::now();
                let report = triage(&text, &context);
                assert!(report.markdown.len() <= copilot_triage::MAX_MARKDOWN_BYTES);
                start.elapsed().as_secs_f64()
            })
            .fold(f64::INFINITY, f64::min);
        println!("{name}: {size:.1} MB in {:.0} ms, {:.0} MB/s", best * 1000.0, size / best);
    }
}
