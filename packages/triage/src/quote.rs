//! The part of the answer that shows the log itself: the likely first failure, why it was picked, and its lines.

use crate::first::{FirstFailure, shown_line};
use crate::level::Level;
use crate::markdown::fenced;
use crate::report::Context;
use crate::scene::Scene;
use crate::words;

/// Other kinds of failure whose first line is quoted.
const MAX_OTHERS: usize = 5;
/// Lines quoted in all.
const MAX_QUOTED: usize = 10;
/// Characters of a quoted line.
const LINE_CHARS: usize = 220;

/// Quoted lines: the change, the first failure, and the first line of each other kind of failure, in order of the text.
fn quoted(scene: &Scene<'_>, first: &FirstFailure) -> Vec<String> {
    let mut chosen: Vec<(usize, String)> = vec![(first.line, first.text.clone())];
    if let Some(change) = &first.preceded_by {
        chosen.push((change.line, change.text.clone()));
    }
    let findings = scene.findings;
    for template in
        findings.analysis.templates.iter().filter(|template| template.level >= Level::Warn).take(MAX_OTHERS)
    {
        let line = template.lines.0;
        if chosen.iter().any(|(known, _)| *known == line) {
            continue;
        }
        // Entries are in order of lines.
        let place = findings.entries.partition_point(|entry| entry.line < line);
        if let Some(entry) = findings.entries.get(place).filter(|entry| entry.line == line) {
            chosen.push((line, shown_line(findings.text, entry.start)));
        }
    }
    chosen.truncate(MAX_QUOTED);
    chosen.sort_by_key(|(line, _)| *line);
    let width = chosen.last().map_or(1, |(line, _)| line.to_string().len());
    chosen.into_iter().map(|(line, text)| format!("{line:>width$}  {text}")).collect()
}

pub(crate) fn first_failure(scene: &Scene<'_>, context: &Context) -> String {
    let Some(first) = scene.first() else {
        return String::new();
    };
    let mut text = format!(
        "**{}, line {}.** {}",
        words::FIRST_HEADING,
        words::number(first.line),
        words::reason(first.reason)
    );
    if let Some(change) = &first.preceded_by {
        text.push(' ');
        text.push_str(&words::change_before(change.trigger, change.line, change.before_ms));
    }
    if let Some(sentence) = asked_time(scene, first, &context.question) {
        text.push(' ');
        text.push_str(&sentence);
    }
    format!("{text}\n\n{}", fenced(&quoted(scene, first), LINE_CHARS))
}

/// When the user named a time of day that is near the first failure but not the same minute, says how far apart they are.
fn asked_time(scene: &Scene<'_>, first: &FirstFailure, question: &str) -> Option<String> {
    let at = scene.findings.timeline.time_of_day(first.at_ms?)?;
    let words =
        crate::cursor::clip(question, 4096).split(|letter: char| !(letter.is_ascii_digit() || letter == ':'));
    let (asked, ms) = words.take(2000).find_map(|word| {
        let (hour, minute) = word.split_once(':')?;
        let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.get(..2)?.parse().ok()?);
        (word.len() <= 8 && hour < 24 && minute < 60).then_some((word, (hour * 60 + minute) * 60_000))
    })?;
    let difference = ms - at;
    let shown = scene.findings.timeline.at(first.at_ms?);
    (60_000..=3 * 3_600_000).contains(&difference.abs()).then(|| words::asked_time(asked, &shown, difference))
}
