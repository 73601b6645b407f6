//! Chooses the next checks and the suggested actions for a log.

use crate::report::{Action, ActionKind};
use crate::scene::Scene;
use crate::words;

/// Checks in the list.
const MAX_CHECKS: usize = 4;

/// One thing to do next.
pub(crate) struct Next {
    pub(crate) say: String,
    pub(crate) command: Option<String>,
}

/// What to look at next, most telling first.
pub(crate) fn propose(scene: &Scene<'_>) -> Vec<Next> {
    let fill = scene.fill();
    let mut next: Vec<Next> = Vec::new();
    if let Some(known) = scene.known {
        for check in known.checks {
            let command = fill.command(check.run);
            if check.run.is_empty() || command.is_some() {
                next.push(Next { say: check.say.to_owned(), command });
            }
        }
    }
    let failed = scene.first().is_some();
    if let Some(change) = scene.first().and_then(|first| first.preceded_by.as_ref()) {
        let (say, run) = words::change_check(change.trigger);
        let place = next.len().min(1);
        next.insert(place, Next { say: say.to_owned(), command: fill.command(run) });
    }
    if failed
        && next.len() < MAX_CHECKS
        && !scene.findings.analysis.exceptions.is_empty()
        && scene.known.is_none()
    {
        next.push(Next { say: words::CHECK_FRAME.to_owned(), command: None });
    }
    if failed && next.len() < MAX_CHECKS {
        if let Some(command) = fill.command("journalctl -u {unit}{window} --no-pager") {
            next.push(Next { say: words::CHECK_UNIT.to_owned(), command: Some(command) });
        } else if let Some(command) = fill.command("kubectl get events{n} --sort-by=.lastTimestamp") {
            next.push(Next { say: words::CHECK_EVENTS.to_owned(), command: Some(command) });
        }
    }
    if next.len() < 2 {
        next.push(Next {
            say: if failed { words::CHECK_SAME_MINUTE } else { words::CHECK_OTHER_LOGS }.to_owned(),
            command: None,
        });
    }
    next.truncate(MAX_CHECKS);
    next
}

/// At most one action of each kind, because the panel shows four.
pub(crate) fn actions(scene: &Scene<'_>, next: &[Next]) -> Vec<Action> {
    let mut actions = Vec::new();
    let plain = |label: String, kind: ActionKind| Action {
        label,
        kind,
        payload: None,
        body: None,
        hints: Vec::new(),
    };
    if let Some((check, command)) =
        next.iter().find_map(|check| check.command.clone().map(|command| (check, command)))
    {
        actions.push(Action {
            payload: Some(command),
            body: Some(words::RUN_BODY.to_owned()),
            ..plain(check.say.clone(), ActionKind::Run)
        });
    }
    let (label, hints): (&str, &[&str]) = match (scene.known, scene.first()) {
        (Some(known), _) => known.evidence,
        (None, Some(_)) => (words::EVIDENCE_BEFORE.0, &words::EVIDENCE_BEFORE.1),
        (None, None) => (words::EVIDENCE_OTHER.0, &words::EVIDENCE_OTHER.1),
    };
    actions.push(Action {
        hints: hints.iter().map(|hint| (*hint).to_owned()).collect(),
        ..plain(label.to_owned(), ActionKind::Evidence)
    });
    let Some(first) = scene.first() else {
        actions.push(plain(words::TELL_SYMPTOM.to_owned(), ActionKind::FreeSpeech));
        return actions;
    };
    actions.push(Action {
        payload: Some(words::DECIDE_PAYLOAD.to_owned()),
        body: Some(words::DECIDE_BODY.to_owned()),
        ..plain(words::DECIDE_LABEL.to_owned(), ActionKind::Decide)
    });
    let tell = match &first.preceded_by {
        Some(change) => words::tell_after(change.trigger).to_owned(),
        None => {
            let clock = first.at_ms.filter(|ms| scene.findings.timeline.time_of_day(*ms).is_some());
            words::tell_changes(scene.show(clock).as_deref())
        }
    };
    actions.push(plain(tell, ActionKind::FreeSpeech));
    actions
}
