//! The results as a table for people and as JSON for programs.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::cells::{CELLS, Cell};

/// What a danger cost, over all its runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Toll {
    runs: u64,
    lost: u64,
    doubled: u64,
    note: String,
}

/// Every cell with its result, in order.
#[derive(Debug)]
pub(crate) struct Matrix(Vec<(Cell, Option<Toll>)>);

impl Matrix {
    /// From one JSON object per line; what a test was ended in the middle of is left out.
    pub(crate) fn read(entries: &str) -> Self {
        let lines = entries.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut tolls: BTreeMap<(String, String), Toll> =
            lines.filter_map(|entry| Some((named(&entry)?, toll(&entry)?))).collect();
        let mut take = |cell: Cell| tolls.remove(&(cell.group.to_owned(), cell.name.to_owned()));
        Self(CELLS.iter().map(|cell| (*cell, take(*cell))).collect())
    }

    /// Nothing was lost or doubled, and nothing was left out that can be run everywhere.
    pub(crate) fn holds(&self) -> bool {
        self.0.iter().all(|(cell, toll)| match toll {
            Some(toll) => toll.runs > 0 && (toll.lost, toll.doubled) == (0, 0),
            None => cell.mounts,
        })
    }

    pub(crate) fn to_json(&self) -> String {
        let cells = self.0.iter().map(|(cell, toll)| match toll {
            Some(Toll { runs, lost, doubled, note }) => json!({
                "group": cell.group, "cell": cell.name,
                "runs": runs, "lost": lost, "doubled": doubled, "note": note,
            }),
            None => json!({ "group": cell.group, "cell": cell.name, "runs": 0 }),
        });
        let (lost, doubled) = self.sums();
        let all = json!({
            "holds": self.holds(), "lost": lost, "doubled": doubled, "cells": cells.collect::<Vec<_>>(),
        });
        format!("{all:#}\n")
    }

    fn sums(&self) -> (u64, u64) {
        let tolls = || self.0.iter().filter_map(|(_, toll)| toll.as_ref());
        (tolls().map(|toll| toll.lost).sum(), tolls().map(|toll| toll.doubled).sum())
    }
}

fn named(entry: &Value) -> Option<(String, String)> {
    Some((entry.get("group")?.as_str()?.to_owned(), entry.get("cell")?.as_str()?.to_owned()))
}

fn toll(entry: &Value) -> Option<Toll> {
    let number = |name: &str| entry.get(name)?.as_u64();
    let note = entry.get("note").and_then(Value::as_str).unwrap_or_default();
    Some(Toll {
        runs: number("runs")?,
        lost: number("lost")?,
        doubled: number("doubled")?,
        note: note.to_owned(),
    })
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = CELLS.iter().map(|cell| cell.name.len()).max().unwrap_or_default() + 2;
        write!(f, "\n{:<width$}  {:>6}  {:>4}  {:>7}", "", "runs", "lost", "doubled")?;
        let mut group = "";
        for (cell, toll) in &self.0 {
            if cell.group != group {
                group = cell.group;
                write!(f, "\n\n{group}")?;
            }
            let name = format!("  {}", cell.name);
            match toll {
                Some(Toll { runs, lost, doubled, note }) => {
                    write!(f, "\n{name:<width$}  {runs:>6}  {lost:>4}  {doubled:>7}  {note}")?;
                }
                None if cell.mounts => {
                    write!(f, "\n{name:<width$}  {:>6}  needs the right to mount", "-")?;
                }
                None => write!(f, "\n{name:<width$}  {:>6}  failed before it had a result", "-")?,
            }
        }
        let (lost, doubled) = self.sums();
        let reached = self.0.iter().filter(|(_, toll)| toll.is_some()).count();
        write!(f, "\n\n{lost} lost, {doubled} doubled in {reached} of {} cells", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(change: impl Fn(&Cell) -> Option<(u64, u64)>) -> String {
        let line = |cell: &Cell| {
            let (lost, doubled) = change(cell)?;
            let entry = json!({
                "group": cell.group, "cell": cell.name, "runs": 3, "lost": lost, "doubled": doubled,
            });
            Some(format!("{entry}\n"))
        };
        CELLS.iter().filter_map(line).collect()
    }

    #[test]
    fn it_holds_when_every_danger_was_run_through_and_cost_nothing() {
        let matrix = Matrix::read(&entries(|_| Some((0, 0))));
        assert!(matrix.holds());
        let all = CELLS.len();
        assert!(matrix.to_string().ends_with(&format!("\n0 lost, 0 doubled in {all} of {all} cells")));
    }

    #[test]
    fn one_loss_or_one_danger_that_was_not_reached_is_enough() {
        let lossy = |cell: &Cell| Some((u64::from(cell.name == "holder closed"), 0));
        assert!(!Matrix::read(&entries(lossy)).holds());
        let left_out = |cell: &Cell| (cell.name != "holder closed").then_some((0, 0));
        let matrix = Matrix::read(&entries(left_out));
        assert!(!matrix.holds());
        assert!(matrix.to_string().contains("failed before it had a result"));
    }

    #[test]
    fn disks_that_may_not_be_mounted_are_left_out_and_said() {
        let matrix = Matrix::read(&entries(|cell| (!cell.mounts).then_some((0, 0))));
        assert!(matrix.holds());
        assert!(matrix.to_string().contains("needs the right to mount"));
    }

    #[test]
    fn a_line_that_was_cut_short_counts_as_not_reached() {
        let text = entries(|_| Some((0, 0)));
        assert!(!Matrix::read(text.trim_end().trim_end_matches('}')).holds());
    }
}
