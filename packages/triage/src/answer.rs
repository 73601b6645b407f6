//! Writes the answer to a log: a verdict, the top messages, the likely first failure with its lines, next checks, and what is open.
//!
//! Short on purpose: people read it in the middle of an incident. Leaves out: finding anything ([`crate::collect`]), quoting ([`crate::quote`]) and the
//! sentences themselves ([`crate::words`]).

use crate::analysis::{Content, Findings, Template};
use crate::ask::ask_after;
use crate::cause::{Cause, known};
use crate::checks::{self, Next};
use crate::level::Level;
use crate::markdown::{Page, code, command, shorten};
use crate::quote::first_failure;
use crate::report::{Context, Report};
use crate::scene::Scene;
use crate::words;
use crate::{MAX_MARKDOWN_BYTES, MAX_TITLE_CHARS};

/// Rows of the table of messages.
const MAX_ROWS: usize = 5;
/// Characters of a message in the table.
const CELL_CHARS: usize = 110;
const MAX_EXCEPTIONS: usize = 3;

/// The answer to a text.
pub(crate) fn answer(findings: &Findings<'_>, context: &Context) -> Report {
    match findings.analysis.content {
        Content::Binary => return ask_after(context, Some(words::BINARY)),
        Content::Empty | Content::Prose => return ask_after(context, None),
        Content::Log => {}
    }
    let scene = Scene::of(findings);
    let next = checks::propose(&scene);
    let mut page = Page::new(MAX_MARKDOWN_BYTES);
    page.add(&verdict(&scene));
    page.add(&facts(&scene));
    page.add(&table(&scene));
    page.add(&first_failure(&scene, context));
    page.add(&exceptions(&scene));
    page.add(&requests(&scene));
    page.add(&meaning(&scene));
    page.add(&next_checks(&next));
    page.add(&unknown(&scene));
    Report {
        found_log: true,
        markdown: page.finish(),
        actions: checks::actions(&scene, &next),
        title: title(&scene),
    }
}

fn verdict(scene: &Scene<'_>) -> String {
    let Some(first) = scene.first() else {
        return words::nothing_failed(scene.findings.analysis.entries);
    };
    let what = scene.what(first);
    let what = if scene.known.is_some() { plain(&what) } else { words::failures_from(&code(&what, 80)) };
    let after = first
        .preceded_by
        .as_ref()
        .map(|change| words::after_change(change.trigger, change.before_ms))
        .unwrap_or_default();
    let source = scene.source().map(|source| code(&source, 60));
    let what = if source.is_some() { what } else { capital(&what) };
    let from = first.at_ms.map(|ms| scene.findings.timeline.at(ms));
    words::verdict(source.as_deref(), &what, from.as_deref(), &after)
}

/// A title's words as running Markdown: the one name that the log gave, an address, goes into a code span.
fn plain(title: &str) -> String {
    match title.rsplit_once(' ') {
        Some((words, name))
            if name.bytes().any(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-') =>
        {
            format!("{words} {}", code(name, 60))
        }
        _ => title.to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

fn facts(scene: &Scene<'_>) -> String {
    let analysis = &scene.findings.analysis;
    let mut text = words::counted(analysis.entries, "entry", "entries");
    if analysis.lines != analysis.entries {
        text.push_str(&format!(" in {}", words::counted(analysis.lines, "line", "lines")));
    }
    if let Some((first, last)) = &analysis.span_text {
        text.push_str(&format!(", {first} to {last}"));
        if let Some(zone) = scene.findings.timeline.zone() {
            text.push_str(&format!(" {zone}"));
        }
    }
    let levels = analysis.levels;
    text.push_str(&format!(
        ": {}, {}.",
        words::counted(levels.failures(), "error", "errors"),
        words::counted(levels.warn, "warning", "warnings")
    ));
    let mut names: Vec<&str> = Vec::new();
    for (format, _) in &analysis.formats {
        let name = words::format_name(*format);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(4);
    text.push_str(&format!(" Read as {}.", names.join(", ")));
    for burst in analysis.bursts.iter().take(2) {
        text.push(' ');
        text.push_str(&words::burst(burst, &scene.findings.timeline.at(burst.first_ms)));
    }
    text
}

fn table(scene: &Scene<'_>) -> String {
    let templates = &scene.findings.analysis.templates;
    let failing: Vec<&Template> =
        templates.iter().filter(|template| template.level >= Level::Warn).take(MAX_ROWS).collect();
    let shown = if failing.is_empty() { templates.iter().take(3).collect() } else { failing };
    if shown.is_empty() {
        return String::new();
    }
    let mut text = words::TABLE_HEAD.to_owned();
    for template in shown {
        let time = |ms: Option<i64>| scene.show(ms).unwrap_or_else(|| words::NO_TIME.to_owned());
        text.push_str(&format!(
            "\n| {} | {} | {} | {} | {} |",
            words::level_name(template.level),
            words::number(template.count),
            time(template.times.map(|times| times.0)),
            time(template.times.map(|times| times.1)),
            code(&template.text, CELL_CHARS)
        ));
    }
    text
}

fn exceptions(scene: &Scene<'_>) -> String {
    let exceptions = &scene.findings.analysis.exceptions;
    if exceptions.is_empty() {
        return String::new();
    }
    let mut text = words::EXCEPTIONS_HEADING.to_owned();
    text.push('\n');
    for exception in exceptions.iter().take(MAX_EXCEPTIONS) {
        let language = exception.language.map(words::language_name).unwrap_or_default();
        text.push_str(&format!(
            "\n- {} × {language} {}",
            words::number(exception.count),
            code(&exception.root, 120)
        ));
        if let Some(frame) = &exception.frame {
            text.push_str(&format!(" at {}", code(frame, 100)));
        }
    }
    text
}

fn requests(scene: &Scene<'_>) -> String {
    let Some(http) = &scene.findings.analysis.http else {
        return String::new();
    };
    let number = |value: u64| words::number(usize::try_from(value).unwrap_or(usize::MAX));
    let classes: Vec<String> = http
        .classes
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(index, count)| format!("{}xx {}", index + 1, number(*count)))
        .collect();
    let mut text = format!("**Requests.** {} in all: {}.", number(http.requests), classes.join(", "));
    let failing: Vec<String> = http
        .failing
        .iter()
        .map(|path| format!("{} ({} of {})", code(&path.path, 60), number(path.errors), number(path.count)))
        .collect();
    if !failing.is_empty() {
        text.push_str(&format!(" Failing: {}.", failing.join(", ")));
    }
    let slow: Vec<String> = http
        .slowest
        .iter()
        .filter_map(|path| {
            Some(format!(
                "{} (95 % within {}, longest {})",
                code(&path.path, 60),
                words::millis(path.p95_ms?),
                words::millis(path.max_ms?)
            ))
        })
        .collect();
    if !slow.is_empty() {
        text.push_str(&format!(" Slowest: {}.", slow.join(", ")));
    }
    text
}

fn meaning(scene: &Scene<'_>) -> String {
    let mut text =
        scene.known.map(|known| format!("**What it usually means.** {}", known.because)).unwrap_or_default();
    let mut others: Vec<(Cause, usize)> = Vec::new();
    for template in scene.findings.analysis.templates.iter().filter(|template| template.level >= Level::Warn)
    {
        let Some(cause) =
            template.cause.filter(|cause| scene.known.is_none_or(|known| known.cause != *cause))
        else {
            continue;
        };
        match others.iter_mut().find(|other| other.0 == cause) {
            Some(other) => other.1 += template.count,
            None => others.push((cause, template.count)),
        }
    }
    others.truncate(3);
    let named: Vec<String> = others
        .iter()
        .filter_map(|(cause, count)| {
            known(*cause).map(|known| {
                format!("{} ({})", known.title.split('[').next().unwrap_or_default(), words::number(*count))
            })
        })
        .collect();
    if !named.is_empty() {
        let sep = if text.is_empty() { "" } else { " " };
        text.push_str(&format!("{sep}Also in this log: {}.", named.join(", ")));
    }
    text
}

fn next_checks(next: &[Next]) -> String {
    if next.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = next
        .iter()
        .enumerate()
        .map(|(index, check)| match &check.command {
            Some(run) => format!("{}. {}: {}", index + 1, check.say, command(run)),
            None => format!("{}. {}", index + 1, check.say),
        })
        .collect();
    format!("{}\n\n{}", words::NEXT_HEADING, lines.join("\n"))
}

fn unknown(scene: &Scene<'_>) -> String {
    let findings = scene.findings;
    let analysis = &findings.analysis;
    let timeline = &findings.timeline;
    let mut lines: Vec<String> = Vec::new();
    if let Some(first) = scene.first() {
        if first.entry * 50 <= analysis.entries {
            lines.push(words::LOG_BEGINS_WITH_FAILURE.to_owned());
        }
        if first.preceded_by.is_none() {
            lines.push(words::NO_CHANGE_SEEN.to_owned());
        }
    }
    if analysis.span.is_none() {
        lines.push(words::NO_TIMES.to_owned());
    } else if timeline.guessed_zone {
        lines.push(words::GUESSED_ZONE.to_owned());
    } else if timeline.mixed_zones {
        lines.push(words::MIXED_ZONES.to_owned());
    } else if timeline.dated && !timeline.zoned {
        lines.push(words::NO_ZONE.to_owned());
    }
    if timeline.backwards * 50 > analysis.entries {
        lines.push(words::BACKWARDS.to_owned());
    }
    if analysis.binary_lines > 0 {
        lines.push(words::unreadable(analysis.binary_lines));
    }
    if lines.is_empty() {
        lines.push(words::ONE_SIDE.to_owned());
    }
    lines.truncate(4);
    format!("{}\n\n- {}", words::UNKNOWN_HEADING, lines.join("\n- "))
}

/// A name for the case: the service, and the trouble in a few words.
fn title(scene: &Scene<'_>) -> Option<String> {
    let first = scene.first()?;
    let what = scene.what(first);
    let what = what.trim();
    if what.is_empty() {
        return None;
    }
    let source = scene.source().map(|source| format!("{source}: ")).unwrap_or_default();
    // A name that does not fit is better left out than cut.
    let short = scene.known.and_then(|known| known.title.split('[').next());
    let what = match short {
        Some(short)
            if what.starts_with(short) && source.chars().count() + what.chars().count() > MAX_TITLE_CHARS =>
        {
            short
        }
        _ => what,
    };
    let title = if source.is_empty() { capital(what) } else { format!("{source}{what}") };
    let title: String = unmasked(&title).chars().filter(|letter| !letter.is_control()).collect();
    // What differs from line to line says nothing at the end of a name.
    let title = title.trim_end_matches(['…', ' ', ':', '=', ',']);
    (!title.is_empty()).then(|| shorten(title, MAX_TITLE_CHARS))
}

/// A template as people write it: what differs from line to line is left out with an ellipsis.
fn unmasked(template: &str) -> String {
    let mut plain = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        match after.split_once('>') {
            Some((mask, tail)) if mask == "*" || mask.bytes().all(|byte| byte.is_ascii_lowercase()) => {
                plain.push('…');
                rest = tail;
            }
            _ => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain + rest
}
