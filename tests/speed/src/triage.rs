//! Ten megabytes of log.

#[path = "../../../packages/triage/benches/triage/log.rs"]
mod log;

use copilot_triage::{Context, triage};

use crate::run::Run;

pub(crate) fn measure(run: &Run) {
    let text = log::mixed_log(run.either(10 << 20, 1 << 20));
    let context = Context::default();
    run.time("triage.10mb", run.either(20, 2), || assert!(triage(&text, &context).found_log));
}
