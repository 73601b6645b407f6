//! Samples by name, and what is said of them.

use std::collections::BTreeMap;

use serde_json::Value;

/// Samples of one thing, in the order in which they were taken.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Samples {
    /// `ms`, `KB`, `MB` and the like.
    pub(crate) unit: String,
    sorted: Vec<f64>,
}

impl Samples {
    /// `None` for an empty list or one with something that is no number.
    fn new(unit: &str, mut samples: Vec<f64>) -> Option<Self> {
        samples.sort_by(f64::total_cmp);
        let all_numbers = samples.iter().all(|sample| sample.is_finite());
        (!samples.is_empty() && all_numbers).then(|| Self { unit: unit.to_owned(), sorted: samples })
    }

    pub(crate) fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The smallest sample that so many of a thousand do not exceed (nearest rank).
    pub(crate) fn permille(&self, permille: usize) -> f64 {
        let rank = (self.sorted.len() * permille).div_ceil(1_000).max(1);
        self.sorted.get(rank - 1).or(self.sorted.last()).copied().unwrap_or(f64::NAN)
    }
}

/// All samples.
#[derive(Debug, Default)]
pub(crate) struct Measures(BTreeMap<String, Samples>);

impl Measures {
    /// Takes the lines that are measures; programs also print other things.
    pub(crate) fn read<'a>(&mut self, lines: impl Iterator<Item = &'a str>) {
        for line in lines {
            if let Some((name, samples)) = parse(line) {
                self.0.insert(name, samples);
            }
        }
    }

    /// Adds something that is the same every time.
    pub(crate) fn add_value(&mut self, name: &str, unit: &str, value: f64) {
        self.add(name, unit, vec![value]);
    }

    pub(crate) fn add(&mut self, name: &str, unit: &str, samples: Vec<f64>) {
        if let Some(samples) = Samples::new(unit, samples) {
            self.0.insert(name.to_owned(), samples);
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Samples> {
        self.0.get(name)
    }
}

fn parse(line: &str) -> Option<(String, Samples)> {
    let value: Value = serde_json::from_str(line).ok()?;
    let samples = value.get("samples")?.as_array()?.iter().map(Value::as_f64).collect::<Option<Vec<_>>>()?;
    let samples = Samples::new(value.get("unit")?.as_str()?, samples)?;
    Some((value.get("measure")?.as_str()?.to_owned(), samples))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_by_nearest_rank() {
        let samples = Samples::new("ms", (1..=20).rev().map(f64::from).collect()).unwrap();
        assert_eq!(
            [500, 950, 990, 1_000].map(|permille| samples.permille(permille)),
            [10.0, 19.0, 20.0, 20.0]
        );
        let one = Samples::new("ms", vec![7.0]).unwrap();
        assert_eq!([500, 990].map(|permille| one.permille(permille)), [7.0, 7.0]);
    }

    #[test]
    fn lines_that_are_no_measures_are_left_alone() {
        let mut measures = Measures::default();
        measures.read(
            [
                "listening",
                "{}",
                r#"{"measure":"a","unit":"ms","samples":[]}"#,
                r#"{"measure":"b","unit":"ms","samples":[2.5,"x"]}"#,
                r#"{"measure":"c","unit":"ms","samples":[2.5,1]}"#,
            ]
            .into_iter(),
        );
        assert!(measures.get("a").is_none() && measures.get("b").is_none());
        assert_eq!(measures.get("c").unwrap().count(), 2);
    }
}
