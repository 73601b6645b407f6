//! The answer when there is no log: asks for the signals that tell the causes of the named symptom apart.

use crate::markdown::{Page, shorten};
use crate::names::deployment_of;
use crate::report::{Action, ActionKind, Context, Report};
use crate::words;
use crate::words::symptoms::{ALSO_EARLIER, GENERAL, HOW_TO_SEND, SYMPTOMS, Symptom};
use crate::{MAX_MARKDOWN_BYTES, MAX_TITLE_CHARS};

/// Only this much of a user's text is read for its symptom.
const MAX_READ: usize = 4096;

fn names_symptom(text: &str, symptom: &Symptom) -> bool {
    symptom.words.iter().any(|word| match word.strip_prefix(' ') {
        Some(word) => {
            text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|part| part.starts_with(word))
        }
        None => text.contains(word),
    })
}

/// Words with which people say that a signal is as it should be.
const AS_IT_SHOULD_BE: [&str; 10] = [
    " flat",
    " normal",
    " fine",
    " unchanged",
    " healthy",
    " steady",
    " no error",
    " no 5xx",
    "without error",
    " not affected",
];

/// The symptom with the earliest rank that `text` names. What is said to be well is no symptom: "p99 went up,
/// error rate is flat" is about latency.
fn symptom_of(text: &str) -> Option<&'static Symptom> {
    let text = crate::cursor::clip(text, MAX_READ).to_ascii_lowercase();
    let ill: Vec<&str> = text
        .split(['.', ',', ';', '?', '!', '\n'])
        .filter(|clause| {
            !AS_IT_SHOULD_BE.iter().any(|well| format!(" {}", clause.trim_start()).contains(well))
        })
        .collect();
    SYMPTOMS.iter().find(|symptom| ill.iter().any(|clause| names_symptom(clause, symptom)))
}

/// A service that the user names: a lower-case word with a dash, such as `checkout-api`.
pub(crate) fn service_in(text: &str) -> Option<&str> {
    let text = crate::cursor::clip(text, MAX_READ);
    text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')).find_map(
        |word| {
            let ends = [
                "-api", "-service", "-svc", "-server", "-worker", "-db", "-gateway", "-proxy", "-web",
                "-app", "-job", "-cache",
            ];
            let named = ends.iter().any(|end| word.ends_with(end) && word.len() > end.len());
            let lower =
                word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            deployment_of(word).or((named && lower && word.len() <= 40).then_some(word))
        },
    )
}

/// Asks for what the symptom in the user's words needs.
#[must_use]
pub fn ask(context: &Context) -> Report {
    ask_after(context, None)
}

/// The same, after a sentence on why what was sent is no log.
pub(crate) fn ask_after(context: &Context, preface: Option<&str>) -> Report {
    let earlier = || context.previous_turns.iter().rev().find_map(|turn| symptom_of(turn));
    let now = symptom_of(&context.question);
    let symptom = now.or_else(earlier).unwrap_or(&GENERAL);
    let service = service_in(&context.question)
        .or_else(|| context.previous_turns.iter().rev().find_map(|turn| service_in(turn)));
    let mut page = Page::new(MAX_MARKDOWN_BYTES);
    if let Some(preface) = preface {
        page.add(preface);
    }
    page.add(&format!("**{}**", symptom.lead));
    let needs: Vec<String> =
        symptom.needs.iter().enumerate().map(|(index, need)| format!("{}. {need}", index + 1)).collect();
    page.add(&needs.join("\n"));
    if !context.previous_turns.is_empty() {
        page.add(ALSO_EARLIER);
    }
    page.add(HOW_TO_SEND);
    let title = match (service, symptom.name) {
        (_, "") => None,
        (Some(service), name) => {
            Some(shorten(&format!("{service}: {}", name.to_lowercase()), MAX_TITLE_CHARS))
        }
        (None, name) => Some(name.to_owned()),
    };
    let (run, command) = symptom.run;
    let (evidence, hints) = symptom.evidence;
    Report {
        found_log: false,
        markdown: page.finish(),
        actions: vec![
            Action {
                label: evidence.to_owned(),
                kind: ActionKind::Evidence,
                payload: None,
                body: None,
                hints: hints.iter().map(|hint| (*hint).to_owned()).collect(),
            },
            Action {
                label: run.to_owned(),
                kind: ActionKind::Run,
                payload: Some(command.to_owned()),
                body: Some(words::RUN_BODY.to_owned()),
                hints: Vec::new(),
            },
            Action {
                label: symptom.tell.to_owned(),
                kind: ActionKind::FreeSpeech,
                payload: None,
                body: None,
                hints: Vec::new(),
            },
        ],
        title,
    }
}
