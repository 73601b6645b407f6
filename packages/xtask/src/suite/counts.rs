//! How many tests passed and failed, read from what the test programs print.

use std::fmt;
use std::ops::AddAssign;

/// Tests that passed and failed. A check without tests of its own, such as the format, counts as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Counts {
    pub(crate) fn one_pass() -> Self {
        Self { passed: 1, failed: 0 }
    }

    pub(crate) fn one_failure() -> Self {
        Self { passed: 0, failed: 1 }
    }

    /// A program that failed without a failing test did not get as far as its tests.
    pub(crate) fn with_status(mut self, success: bool) -> Self {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
        self
    }

    /// From the `test result:` lines of `cargo test`, one per test program.
    pub(crate) fn from_cargo_test(lines: &[String]) -> Self {
        let mut sum = Self::default();
        for line in lines.iter().filter(|line| line.starts_with("test result:")) {
            sum += Self { passed: number_before(line, " passed"), failed: number_before(line, " failed") };
        }
        sum
    }

    /// From the `Summary` line of `cargo nextest`. Tests that crashed or timed out are named separately there,
    /// so failures are what ran and did not pass.
    pub(crate) fn from_nextest(lines: &[String]) -> Self {
        let Some(line) = lines.iter().rev().find(|line| line.trim_start().starts_with("Summary [")) else {
            return Self::default();
        };
        let passed = number_before(line, " passed");
        let ran = number_before(line, " tests run").max(number_before(line, " test run"));
        Self { passed, failed: ran.saturating_sub(passed) }
    }

    /// From Playwright's JSON report. A test that passed only on another attempt has failed: nothing here is flaky.
    pub(crate) fn from_playwright(report: &str) -> Option<Self> {
        let report: serde_json::Value = serde_json::from_str(report).ok()?;
        let stats = report.get("stats")?;
        let number = |name: &str| stats.get(name).and_then(serde_json::Value::as_u64);
        // An error outside of a test, such as a file that does not parse, is only in this list.
        let errors = report.get("errors").and_then(|errors| errors.as_array()).map_or(0, Vec::len);
        Some(Self {
            passed: number("expected")?,
            failed: number("unexpected")? + number("flaky")? + u64::try_from(errors).unwrap_or(u64::MAX),
        })
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The number right before a phrase; 0 if there is none.
fn number_before(line: &str, phrase: &str) -> u64 {
    let before = line.split_once(phrase).map(|(before, _)| before);
    before
        .and_then(|before| before.rsplit(|c: char| !c.is_ascii_digit()).next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn cargo_test_results_are_added_up() {
        let output = "test a ... ok\ntest result: ok. 5 passed; 0 failed; 1 ignored; 0 measured\n\
                      test result: FAILED. 12 passed; 3 failed; 0 ignored\n";
        assert_eq!(Counts::from_cargo_test(&lines(output)), Counts { passed: 17, failed: 3 });
    }

    #[test]
    fn nextest_failures_include_crashes_and_timeouts() {
        let output = "   Summary [   0.024s] 9 tests run: 6 passed (1 slow), 1 failed, 1 timed out, 1 exec failed, 4 skipped";
        assert_eq!(Counts::from_nextest(&lines(output)), Counts { passed: 6, failed: 3 });
        let output = "     Summary [   0.003s] 1 test run: 1 passed, 0 skipped";
        assert_eq!(Counts::from_nextest(&lines(output)), Counts { passed: 1, failed: 0 });
    }

    #[test]
    fn a_runner_that_never_reached_its_tests_counts_as_a_failure() {
        let output = "error: could not compile `copilot-core` (lib test) due to 1 previous error";
        let counts = Counts::from_cargo_test(&lines(output)).with_status(false);
        assert_eq!(counts, Counts::one_failure());
    }

    #[test]
    fn flaky_browser_tests_and_broken_spec_files_are_failures() {
        let report = r#"{"stats":{"expected":4,"unexpected":1,"flaky":1,"skipped":2},"errors":[{"message":"SyntaxError"}]}"#;
        assert_eq!(Counts::from_playwright(report), Some(Counts { passed: 4, failed: 3 }));
        assert_eq!(Counts::from_playwright("not json"), None);
    }
}
