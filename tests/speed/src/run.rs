//! How often something is done, and where the results go.

use std::time::{Duration, Instant};

use serde_json::json;

/// One run of the program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) quick: bool,
}

impl Run {
    /// A number of repetitions or a size: the asked one, or a small one.
    pub(crate) const fn either(&self, asked: usize, quick: usize) -> usize {
        if self.quick { quick } else { asked }
    }

    /// Prints samples under a name. Names are those of the budgets in `cargo xtask bench`.
    #[expect(clippy::print_stdout, reason = "the results are what this program is for")]
    pub(crate) fn tell(&self, measure: &str, unit: &str, samples: &[f64]) {
        println!("{}", json!({ "measure": measure, "unit": unit, "samples": samples }));
    }

    /// Prints durations in milliseconds.
    pub(crate) fn tell_times(&self, measure: &str, times: &[Duration]) {
        let millis: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        self.tell(measure, "ms", &millis);
    }

    /// Times something so many times and prints it.
    pub(crate) fn time(&self, measure: &str, times: usize, mut work: impl FnMut()) {
        let taken: Vec<Duration> = (0..times)
            .map(|_| {
                let begun = Instant::now();
                work();
                begun.elapsed()
            })
            .collect();
        self.tell_times(measure, &taken);
    }
}
