//! The answer to a question about a log that came earlier: where the words of the question stand in it.
//!
//! Words are looked up and times compared, nothing more; the answer says so. Leaves out: finding the log (the server keeps it), and
//! what a symptom needs besides ([`crate::ask()`]).

use crate::analysis::{Content, Findings};
use crate::checks;
use crate::collect::find;
use crate::cursor::clip;
use crate::first::shown_line;
use crate::markdown::{Page, code, fenced};
use crate::report::{Context, Report};
use crate::scene::Scene;
use crate::{MAX_MARKDOWN_BYTES, ask, words};

/// Only this much of a question is read for its words.
const MAX_READ: usize = 4096;
/// Words that are looked up.
const MAX_TERMS: usize = 6;
/// Shorter words say too little; numbers of three digits are status codes.
const MIN_TERM: usize = 3;
/// Lines quoted.
const MAX_QUOTED: usize = 4;
/// Characters of a quoted line.
const LINE_CHARS: usize = 220;

/// Words of questions that no log is searched for.
const UNTELLING: &str = " a about affect affected again all also am an and another any anything are as ask at be because been \
    before began begin being blame but by can cause caused causes check could did different do does doing done down else ever \
    everything explain fail failed failing fails fault find first fix for found from get gets give go going got guilty had happen \
    happened happening happens has have help here how i if in instead into is issue it its just know last let like likely line lines \
    log logs long look looks many may maybe me mean means might more most much my need new next no not nothing now of off ok on one \
    only or other our out over please point possible problem reason really related responsible right said same say says see seem \
    seems send sent she should show shown so some something start started still stop sure tell than that the their them then there \
    these they thing think this those though time times to too true try turn under until up us use used user users very want was way \
    we well went were what whats when where whether which while who why will with without would wrong yes yet you your ";

/// A word of the question and where it stands.
struct Term<'q> {
    /// As the person wrote it.
    shown: &'q str,
    /// As it is looked for.
    wanted: String,
    /// Entries that hold it.
    count: usize,
    /// Index of the first of them.
    first: Option<usize>,
}

/// Answers a question about `log`, which was sent earlier in the case; `None` when that is no log.
#[must_use]
pub fn follow_up(log: &str, context: &Context) -> Option<Report> {
    let findings = find(log);
    if findings.analysis.content != Content::Log {
        return None;
    }
    let scene = Scene::of(&findings);
    let (terms, quoted) = look_up(&findings, &context.question);
    let mut page = Page::new(MAX_MARKDOWN_BYTES);
    page.add(&found(&findings, &terms));
    if !quoted.is_empty() {
        page.add(&fenced(&lines(&findings, &quoted), LINE_CHARS));
    }
    page.add(&began(&findings));
    page.add(words::FOLLOW_UP_LIMIT);
    let asked = ask(context);
    let next = checks::propose(&scene);
    Some(Report {
        found_log: false,
        markdown: page.finish(),
        actions: checks::actions(&scene, &next),
        title: asked.title,
    })
}

/// The words of a question that a log can be searched for.
fn terms(question: &str) -> Vec<Term<'_>> {
    let mut terms: Vec<Term<'_>> = Vec::new();
    let is_part =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':' | '/' | '@');
    for word in clip(question, MAX_READ).split(|letter: char| !is_part(letter)) {
        let shown = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        let lower = shown.to_ascii_lowercase();
        if lower.chars().count() < MIN_TERM || UNTELLING.contains(&format!(" {lower} ")) {
            continue;
        }
        // "timeouts" are asked for and a "timeout" is logged.
        let singular = lower.strip_suffix('s').filter(|stem| stem.len() > MIN_TERM && !stem.ends_with('s'));
        let wanted = singular.map_or_else(|| lower.clone(), str::to_owned);
        if !terms.iter().any(|term| term.wanted == wanted) {
            terms.push(Term { shown, wanted, count: 0, first: None });
        }
        if terms.len() == MAX_TERMS {
            break;
        }
    }
    terms
}

/// Whether `text` holds a word that begins with `wanted`; both are lower case.
fn holds(text: &str, wanted: &str) -> bool {
    text.match_indices(wanted).any(|(at, _)| {
        !text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric)
    })
}

/// Looks for the words of the question, and picks the entries that hold most of them.
fn look_up<'q>(findings: &Findings<'_>, question: &'q str) -> (Vec<Term<'q>>, Vec<usize>) {
    let mut terms = terms(question);
    let mut best: Vec<(usize, usize)> = Vec::new();
    let ends = findings.entries.iter().skip(1).map(|entry| entry.start).chain([findings.text.len()]);
    for (index, (entry, end)) in findings.entries.iter().zip(ends).enumerate() {
        let text = findings.text.get(entry.start..end).unwrap_or_default().to_ascii_lowercase();
        let mut held = 0;
        for term in terms.iter_mut().filter(|term| holds(&text, &term.wanted)) {
            term.count += 1;
            term.first.get_or_insert(index);
            held += 1;
        }
        // Of entries that hold as much, the first stay.
        let worst = best.iter().map(|(held, _)| *held).min().unwrap_or(0);
        if held > 0 && (best.len() < MAX_QUOTED || held > worst) {
            if best.len() == MAX_QUOTED
                && let Some(at) = best.iter().rposition(|(held, _)| *held == worst)
            {
                best.remove(at);
            }
            best.push((held, index));
        }
    }
    (terms, best.into_iter().map(|(_, index)| index).collect())
}

/// What stands where, a line for each word.
fn found(findings: &Findings<'_>, terms: &[Term<'_>]) -> String {
    if terms.is_empty() {
        return String::new();
    }
    let rows = terms.iter().map(|term| {
        let first = term.first.and_then(|index| findings.entries.get(index));
        let at = first.and_then(|entry| entry.ms).map(|ms| findings.timeline.at(ms));
        let since = first.and_then(|entry| {
            let began = findings.analysis.first_failure.as_ref()?;
            Some(entry.ms? - began.at_ms?)
        });
        words::stands(
            &code(&crate::redact::redact(term.shown), 60),
            term.count,
            first.map(|entry| entry.line),
            at,
            since,
        )
    });
    format!("{}\n\n- {}", words::IN_THE_LOG_HEADING, rows.collect::<Vec<_>>().join("\n- "))
}

fn lines(findings: &Findings<'_>, quoted: &[usize]) -> Vec<String> {
    let entries: Vec<_> = quoted.iter().filter_map(|index| findings.entries.get(*index)).collect();
    let width = entries.last().map_or(1, |entry| entry.line.to_string().len());
    entries
        .into_iter()
        .map(|entry| format!("{:>width$}  {}", entry.line, shown_line(findings.text, entry.start)))
        .collect()
}

/// Where the trouble began, in one sentence.
fn began(findings: &Findings<'_>) -> String {
    match &findings.analysis.first_failure {
        Some(first) => {
            let at = first.at_ms.map(|ms| findings.timeline.at(ms));
            words::still_first(first.line, at.as_deref(), &code(&first.text, LINE_CHARS))
        }
        None => words::nothing_failed(findings.analysis.entries),
    }
}
