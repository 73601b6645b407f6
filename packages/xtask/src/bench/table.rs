//! The table, for people and as JSON.

use serde_json::{Value, json};

use super::budgets::{FRAME, Limit, ROWS, Row};
use super::measure::{Measures, Samples};

/// Stands in place of a verdict.
const NOT_MEASURED: &str = "not measured";

/// Whether a figure is within its budget.
fn verdict(row: &Row, samples: &Samples) -> Option<bool> {
    row.budget.map(|(judged, budget)| samples.permille(judged.permille()) <= budget)
}

/// Milliseconds of a limit, and what it is called.
fn limit(limit: Limit, measures: &Measures) -> Option<(f64, &'static str)> {
    let median = |name| measures.get(name).map(|samples| samples.permille(500));
    match limit {
        Limit::Frame => Some((FRAME, "frame")),
        Limit::Fdatasync => median("limit.fdatasync").map(|value| (value, "fdatasync")),
        Limit::Loopback => median("limit.loopback").map(|value| (value, "loopback")),
    }
}

/// Three digits that count.
fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// A table in Markdown, as it stands in `docs/performance.md`.
pub(super) fn text(measures: &Measures) -> String {
    let mut text = String::from(
        "| what | runs | fastest | median | p95 | p99 | unit | budget | held | median by the limit |\n\
         |---|--:|--:|--:|--:|--:|---|---|---|---|\n",
    );
    for row in &ROWS {
        let Some(samples) = measures.get(row.measure) else {
            text += &format!("| {} | - | | | | | | | {NOT_MEASURED} | |\n", row.what);
            continue;
        };
        let many =
            |permille| if samples.count() > 1 { figure(samples.permille(permille)) } else { String::new() };
        let budget = row.budget.map(|(judged, budget)| match samples.count() {
            1 => figure(budget),
            _ => format!("{} {}", judged.name(), figure(budget)),
        });
        let held = match verdict(row, samples) {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        let times = row.limit.and_then(|kind| limit(kind, measures)).map(|(millis, name)| {
            format!("{} x {name} ({} ms)", figure(samples.permille(500) / millis), figure(millis))
        });
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {held} | {} |\n",
            row.what,
            samples.count(),
            many(0),
            figure(samples.permille(500)),
            many(950),
            many(990),
            samples.unit,
            budget.unwrap_or_default(),
            times.unwrap_or_default(),
        );
    }
    text
}

/// The same without the rows that nothing was measured for.
pub(super) fn measured(measures: &Measures) -> String {
    text(measures).split_inclusive('\n').filter(|line| !line.contains(NOT_MEASURED)).collect()
}

/// The same for programs.
pub(super) fn json(measures: &Measures) -> String {
    let rows: Vec<Value> = ROWS
        .iter()
        .filter_map(|row| {
            let samples = measures.get(row.measure)?;
            let limit = row.limit.and_then(|kind| limit(kind, measures));
            Some(json!({
                "measure": row.measure,
                "what": row.what,
                "unit": samples.unit,
                "runs": samples.count(),
                "fastest": samples.permille(0),
                "median": samples.permille(500),
                "p95": samples.permille(950),
                "p99": samples.permille(990),
                "budget": row.budget.map(|(judged, budget)| json!({ "of": judged.name(), "value": budget })),
                "held": verdict(row, samples),
                "limit": limit.map(|(value, name)| json!({ "name": name, "ms": value })),
            }))
        })
        .collect();
    format!("{:#}\n", json!({ "rows": rows }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measures() -> Measures {
        let mut measures = Measures::default();
        measures.add("web.enter", "ms", vec![8.0; 40]);
        measures.add("web.open", "ms", vec![200.0; 40]);
        measures.add_value("web.size", "KB", 280.0);
        measures.add("limit.fdatasync", "ms", vec![0.5]);
        measures.add("store.append", "ms", vec![1.0; 20]);
        measures
    }

    #[test]
    fn a_row_says_whether_its_budget_is_held_and_how_far_physics_is() {
        let text = text(&measures());
        let line = |what: &str| text.lines().find(|line| line.starts_with(&format!("| {what} |"))).unwrap();
        assert!(line("Enter to painted").contains("| p95 16.7 | yes | 0.480 x frame (16.7 ms) |"), "{text}");
        assert!(line("open a case of 10,000 messages").contains("| **no** |"), "{text}");
        assert!(
            line("eager code of the panel, gzip").contains("| 1 |  | 280 |  |  | KB | 281 | yes |"),
            "{text}"
        );
        assert!(line("a message on the disk, native").contains("2.00 x fdatasync (0.500 ms)"), "{text}");
        assert!(line("triage of 10 MB").contains(NOT_MEASURED), "{text}");
        let measured = measured(&measures());
        assert!(measured.contains("Enter to painted") && !measured.contains("triage of 10 MB"), "{measured}");
    }

    #[test]
    fn programs_read_the_same() {
        let json: Value = serde_json::from_str(&json(&measures())).unwrap();
        let rows = json["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 4, "what was not measured is left out: {json:#}");
        assert_eq!((&rows[0]["held"], &rows[1]["held"]), (&Value::Bool(true), &Value::Bool(false)));
    }
}
