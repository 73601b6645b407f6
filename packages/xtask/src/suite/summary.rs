//! The table at the end of a test run. Its last line is plain, for programs that read it.

use std::fmt;
use std::time::Duration;

use super::counts::Counts;
use crate::progress::elapsed;

/// One step of the run.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) counts: Counts,
    pub(crate) time: Duration,
}

/// All steps of a run.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    rows: Vec<Row>,
    total: Counts,
}

impl Summary {
    pub(crate) fn add(&mut self, row: Row) {
        self.total += row.counts;
        self.rows.push(row);
    }

    pub(crate) fn passed(&self) -> bool {
        self.total.failed == 0
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
        writeln!(f, "\n{:<width$}  {:>7}  {:>7}  {:>12}", "", "passed", "failed", "time")?;
        for Row { name, counts, time } in &self.rows {
            let (passed, failed) = (counts.passed, counts.failed);
            writeln!(f, "{name:<width$}  {passed:>7}  {failed:>7}  {:>12}", elapsed(*time))?;
        }
        let time = self.rows.iter().map(|row| row.time).sum();
        writeln!(f, "\n{} in all\n", elapsed(time))?;
        write!(f, "{}", self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_sum_over_all_rows() {
        let mut summary = Summary::default();
        for (name, passed, failed) in [("Test", 40, 1), ("Lint", 1, 0)] {
            summary.add(Row { name, counts: Counts { passed, failed }, time: Duration::from_secs(3) });
        }
        let text = summary.to_string();
        assert_eq!(text.lines().last(), Some("41 passed, 1 failed"));
        assert!(!summary.passed());
    }
}
