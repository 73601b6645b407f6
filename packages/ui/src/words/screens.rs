//! The words of the screens around the conversation: settings, palette, keys, inspector, details.

use copilot_core::journal::Durability;
use copilot_core::model::CaseState;
use copilot_core::view::CaseRow;

use super::counted;
use crate::label;

pub(crate) const BACK: &str = "Back";
pub(crate) const SETTINGS: &str = "Settings";
pub(crate) const INSPECTOR: &str = "Sync inspector";
pub(crate) const SHORTCUTS: &str = "Keyboard shortcuts";
pub(crate) const PALETTE: &str = "Command palette";
pub(crate) const PALETTE_HINT: &str = "Do something, or find a case or message";
pub(crate) const PALETTE_GROUPS: [&str; 3] = ["Actions", "Cases", "Messages"];
pub(crate) const MOVE: &str = "Move";
pub(crate) const RUN: &str = "Run";
pub(crate) const DETAILS: &str = "Details";
pub(crate) const DETAILS_TITLE: &str = "Case details";
pub(crate) const RENAME_CASE: &str = "Rename case";
pub(crate) const PIN_CASE: &str = "Pin case";
pub(crate) const UNPIN_CASE: &str = "Unpin case";
pub(crate) const EXPORT_MARKDOWN: &str = "Export as Markdown";
pub(crate) const EXPORT_UNSENT: &str = " (not sent yet)";
pub(crate) const EXPORT_DRAFT: &str = "Draft";
pub(crate) const SAVE_FAILED: &str = "The file could not be saved. Nothing here has changed.";
pub(crate) const SEE_PLAN: &str = "See plan";
pub(crate) const ASK_FOR_ACCESS: &str = "Ask for access";
pub(crate) const ACCESS_COPIED: &str =
    "A request for access is on the clipboard. Send it to the owner of this case.";
pub(crate) const MORE: &str = "More";
pub(crate) const QUOTE: &str = "Quote in the message";
pub(crate) const COPY_PLAIN: &str = "Copy without formatting";
pub(crate) const ENDED_SUB: &str = "Questions and reports still work here; new evidence needs a new case.";
pub(crate) const STATUS_CONFLICT: &str = "The status changed in two places";
pub(crate) const STATUS_CONFLICT_NAME: &str = "Status conflict";
pub(crate) const SAID_TITLE_CONFLICT: &str = "Title changed in two places";
pub(crate) const SAID_STATUS_CONFLICT: &str = "Status changed in two places";
pub(crate) const DIAGRAM: &str = "Diagram";
pub(crate) const SHOW_SOURCE: &str = "Show source";
pub(crate) const SHOW_DIAGRAM: &str = "Show diagram";
pub(crate) const COPY_LINK: &str = "Copy link";
pub(crate) const SEND_REST: &str = "Send the rest";
pub(crate) const IMPORT: &str = "Import";
pub(crate) const IMPORT_ADD: &str = "Add";
pub(crate) const NO_EXPORT: &str =
    "This file holds no cases of FaultMaven Copilot or the earlier extension. Nothing was changed.";
pub(crate) const SUGGEST_TITLE: &str = "Suggest a title";
pub(crate) const NAMING: &str = "Finding a title…";
pub(crate) const SAID_STATUS: &str = "Status changed, undo available";
pub(crate) const THEME_TO_LIGHT: &str = "Use the light theme";
pub(crate) const THEME_TO_DARK: &str = "Use the dark theme";
pub(crate) const THEME_TO_SYSTEM: &str = "Follow the system’s theme";

pub(crate) const START_INVESTIGATION: &str = "Start investigating";
pub(crate) const MARK_RESOLVED: &str = "Mark as resolved";
pub(crate) const CLOSE_CASE: &str = "Close case";

pub(crate) const TROUBLE: &str = "Trouble connecting?";
/// What to look at, and how.
pub(crate) const TROUBLES: [(&str, &str); 4] = [
    (
        "Is the address right?",
        "It begins with http:// or https:// and ends with the port where there is one, as in http://127.0.0.1:8787.",
    ),
    (
        "Is the server running?",
        "Open the address in a browser tab. If nothing answers, start the server, or ask whoever looks after it.",
    ),
    (
        "Does this network let you through?",
        "Guest networks want you to sign in on a page of their own first. Servers at work may need the VPN.",
    ),
    (
        "Does the browser trust the server?",
        "With https://, open the address in a tab. If a warning about its certificate comes, nothing here can connect either.",
    ),
];
pub(crate) const TROUBLE_LEAVE: (&str, &str) = (
    "May this panel reach the server?",
    "The browser asks for leave when you press Sign in. If you refused, press it again and allow it.",
);
pub(crate) const CONNECTION: &str = "Connection";
pub(crate) const CONNECTION_TEST: &str = "Test";
pub(crate) const SIGN_IN_THERE: &str = "Sign in to this server";
pub(crate) const APPEARANCE: &str = "Appearance";
pub(crate) const THEME: &str = "Theme";
pub(crate) const THEMES: [(&str, &str); 3] = [("", "System"), ("light", "Light"), ("dark", "Dark")];
pub(crate) const DENSITY: &str = "Density";
pub(crate) const DENSITIES: [(&str, &str); 2] = [("", "Compact"), ("comfortable", "Comfortable")];
pub(crate) const HIGH_CONTRAST: &str = "High contrast";
pub(crate) const HIGH_CONTRAST_SUB: &str =
    "Stronger text and edges; on by itself where the system asks for it";
pub(crate) const KEYBOARD: &str = "Keyboard";
pub(crate) const ENTER_SENDS: &str = "Enter sends";
pub(crate) const LETTER_KEYS: &str = "Single keys act on messages and cases";
pub(crate) const LETTER_KEYS_SUB: &str =
    "J, K, R, E, C and P on a row that has the focus, / and ? outside of text";
pub(crate) const ON_DEVICE: &str = "On this device";
pub(crate) const DURABILITY: &str = "Durability";
pub(crate) const SAVES_AGAIN: &str = "Everything in this window is saved now.";
pub(crate) const STILL_NOT_SAVED: &str =
    "This window still can’t save. Everything is still here; export it to keep it.";
pub(crate) const FREE_SPACE: &str = "Free space";
pub(crate) const FREE_SPACE_SUB: &str =
    "Gives up answers that can be fetched again. Your messages, drafts and unsent work stay.";
pub(crate) const EXPORT: &str = "Export";
pub(crate) const ACCOUNT: &str = "Account";

/// What Enter does when it does not send.
pub(crate) fn enter_sends_sub(command: &str) -> String {
    format!("Off: {command}+Enter sends")
}

/// Bytes used, of how many.
pub(crate) fn storage(used: u64, limit: u64) -> String {
    format!("{} of {} used", label::size(used), label::size(limit))
}

/// So many bytes need not be kept, because the server has them.
pub(crate) fn fetchable(bytes: u64) -> String {
    format!("{} can be fetched again", label::size(bytes))
}

/// Frees so many bytes, as far as that is known.
pub(crate) fn free(bytes: u64) -> String {
    if bytes == 0 { FREE_SPACE.to_owned() } else { format!("Free {}", label::size(bytes)) }
}

/// What was freed.
pub(crate) fn freed(bytes: u64) -> String {
    match bytes {
        0 => "Nothing to free: what is here can’t be fetched again.".to_owned(),
        bytes => format!("Freed {}. Answers are fetched again when you open their case.", label::size(bytes)),
    }
}

/// The server found no title for a case.
pub(crate) fn not_named(failure: &copilot_core::Failure) -> String {
    format!("No title was found, the old one stays. {}", super::reason(failure, None, None, None))
}

/// What a person without write access can send to the owner of a case.
pub(crate) fn access_request(title: &str, server: &str) -> String {
    format!("Please let me write to the case “{title}” on {server}.")
}

/// A case that has ended says so above the composer.
pub(crate) fn ended(state: &CaseState, day: &str) -> String {
    format!("{} {day}.", super::state(state))
}

/// The hint when Enter makes a new line.
pub(crate) fn hint_command(command: &str) -> String {
    format!("{command}+Enter to send · Enter for a new line")
}

/// What an import has brought.
pub(crate) fn imported(counts: &copilot_core::legacy::ImportCounts) -> String {
    let here = format!("Imported {}.", import_counts(counts));
    let left = match counts.already_here {
        0 => String::new(),
        1 => " 1 was here already and stays as it is.".to_owned(),
        left => format!(" {left} were here already and stay as they are."),
    };
    let refused = match counts.refused {
        0 => String::new(),
        refused => format!(" {refused} could not be read."),
    };
    here + &left + &refused
}

/// Asked before a file is taken in.
pub(crate) fn import_question(name: &str) -> String {
    format!("Add what is in “{name}”? Nothing that is here is overwritten.")
}

/// What an import holds.
fn import_counts(counts: &copilot_core::legacy::ImportCounts) -> String {
    let parts = [
        counted(u64::from(counts.cases), "case", "cases"),
        counted(u64::from(counts.messages), "message", "messages"),
        format!("{} unsent", counts.unsent),
    ];
    parts.join(", ")
}

/// What a diagram says to those who do not see it: its kind; the source is one press away.
pub(crate) fn diagram_of(source: &str) -> String {
    format!("{DIAGRAM}: {}", label::excerpt(source))
}

/// How many cases there are.
pub(crate) fn cases(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), "case", "cases")
}

/// How many lines the palette found.
pub(crate) fn results(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), "result", "results")
}

/// What unsent work survives: the name of the level, and the sentence.
pub(crate) const fn durability(level: Durability) -> (&'static str, &'static str) {
    match level {
        Durability::Nothing => ("Nothing", "This window can’t save. Unsent work is gone when it closes."),
        Durability::BrowserKill => {
            ("Browser kill", "Unsent work survives a closed tab, a crashed tab and a killed browser.")
        }
        Durability::PowerLoss => {
            ("Power loss", "Unsent work survives a crash of the program and a loss of power.")
        }
    }
}

/// The version of this program.
pub(crate) fn version() -> String {
    format!("Version {}", env!("CARGO_PKG_VERSION"))
}

/// The states that the person can ask for from here: what the server said, else the edges of the contract (2.4).
pub(crate) fn next_states(case: &CaseRow) -> Vec<CaseState> {
    let all = match case.state {
        CaseState::Inquiry => vec![CaseState::Investigating, CaseState::Closed],
        CaseState::Investigating => vec![CaseState::Resolved, CaseState::Closed],
        _ => Vec::new(),
    };
    if case.valid_next.is_empty() {
        return all;
    }
    all.into_iter().filter(|state| case.valid_next.contains(state)).collect()
}

/// The button that asks for a state, and what the message says that carries the wish.
pub(crate) const fn set_state(state: &CaseState) -> (&'static str, &'static str) {
    match state {
        CaseState::Investigating => (START_INVESTIGATION, "Let’s start the investigation."),
        CaseState::Resolved => (MARK_RESOLVED, "This is resolved."),
        _ => (CLOSE_CASE, "Please close this case."),
    }
}

/// The name of the button that shows the state.
pub(crate) fn state_of(state: &str) -> String {
    format!("Status: {state}")
}

/// Asked before a case is ended.
pub(crate) const fn really(state: &CaseState) -> &'static str {
    match state {
        CaseState::Resolved => "Resolve this case?",
        _ => "Close this case?",
    }
}

/// The word of the button that ends it.
pub(crate) const fn really_yes(state: &CaseState) -> &'static str {
    match state {
        CaseState::Resolved => "Resolve",
        _ => "Close",
    }
}

/// The sheet of keys: where, what, which.
pub(crate) const KEYS: [(&str, &[(&str, &str)]); 4] = [
    (
        "Anywhere",
        &[
            (PALETTE, "Ctrl K"),
            ("New case", "Ctrl ⇧ O"),
            ("Cases", "Ctrl B"),
            (DETAILS_TITLE, "Ctrl I"),
            ("Focus the message box", "⇧ Esc"),
            ("Close, or stop the answer", "Esc"),
            ("Search cases", "/"),
            ("This sheet", "?"),
        ],
    ),
    (
        "Message box",
        &[("Send", "↵"), ("New line", "⇧ ↵"), ("Edit last message", "↑"), ("Attach a file", "Ctrl U")],
    ),
    (
        "Case list",
        &[
            ("Move", "↑ ↓"),
            ("Open", "↵"),
            ("Rename", "F2"),
            ("Pin or unpin", "P"),
            ("Export", "E"),
            ("Delete, with undo", "Del"),
        ],
    ),
    (
        "Conversation",
        &[
            ("Previous or next message", "K J"),
            ("Retry message", "R"),
            ("Edit unsent message", "E"),
            ("Copy message", "C"),
            ("Discard message", "Del"),
            ("Jump to latest", "End"),
        ],
    ),
];

pub(crate) const THIS_WINDOW_SENDS: &str = "This window is sending";
pub(crate) const ANOTHER_WINDOW_SENDS: &str = "Another window is sending";
pub(crate) const COUNT_WAITING: &str = "waiting";
pub(crate) const COUNT_NOT_SENT: &str = "not sent";
pub(crate) const COUNT_TO_DECIDE: &str = "to decide";
/// So many values changed in two places.
pub(crate) fn to_decide(count: u32) -> String {
    format!("{count} {COUNT_TO_DECIDE}")
}

pub(crate) const COUNT_LINKED: &str = "linked";
pub(crate) const NOTHING_PENDING: &str = "Nothing waits. Everything you did is on the server.";
pub(crate) const OPERATIONS: &str = "Operations";
pub(crate) const OPERATION_WAITING: &str = "Waiting";
pub(crate) const OPERATION_FAILED: &str = "Not sent";
pub(crate) const OPERATION_DONE: &str = "Done";
pub(crate) const OPERATION_TAKEN_BACK: &str = "Taken back";
pub(crate) const OPERATION_SENDING: &str = "Sending";
pub(crate) const OPERATION_IDS: &str = "Ids";
pub(crate) const OPERATION_KEY: &str = "Key";
pub(crate) const NO_ID: &str = "no id yet";
pub(crate) const SINCE: &str = "Since";
pub(crate) const STANDING: &str = "Now";
pub(crate) const INTEGRITY_FINE: &str = "Integrity check passed";
pub(crate) const RUN_AGAIN: &str = "Run again";
pub(crate) const EXPORT_TRACE: &str = "Export trace";
pub(crate) const REPLAY_TRACE: &str = "Replay a trace";
pub(crate) const NO_TRACE: &str = "This file is no trace of FaultMaven Copilot. Nothing was changed.";
pub(crate) const TRACE_VERSION: &str =
    "This trace was made by another version. Replay it with the version that made it.";
pub(crate) const TRACE_DIVERGED: &str =
    "The replay ended in another state than the recording. Another version of the program has made it.";
pub(crate) const TRACE_TOO_LONG: &str =
    "This window has run for too long to export its trace. Reload the panel and repeat what went wrong.";
pub(crate) const VIOLATIONS: &str = "Not believed";
pub(crate) const LAST_STEPS: &str = "Last steps";

/// What does not fit together.
pub(crate) fn integrity(count: usize) -> String {
    let records = counted(u64::try_from(count).unwrap_or(u64::MAX), "record doesn’t", "records don’t");
    format!("{records} fit together. Nothing was changed.")
}

pub(crate) const REPAIR: &str = "Repair";
pub(crate) const REPAIR_NOW: &str = "Repair now";

/// What a repair does, before it is done.
pub(crate) fn repair_plan(operations: usize) -> String {
    let kept = counted(u64::try_from(operations).unwrap_or(u64::MAX), "operation", "operations");
    format!(
        "Everything is read again from what this device has stored: {kept}, your drafts and your cases. Nothing is deleted, and nothing is sent twice."
    )
}

/// How many records were looked at.
pub(crate) fn records(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), "record", "records")
}

/// What came of a replay.
pub(crate) fn replayed(steps: usize, problems: usize) -> String {
    let steps = counted(u64::try_from(steps).unwrap_or(u64::MAX), "step", "steps");
    let found = if problems == 0 { "nothing out of place".to_owned() } else { integrity(problems) };
    format!("Replayed {steps}: {found}. Nothing was sent.")
}

/// Attempts of an operation.
pub(crate) fn attempts(count: u32) -> String {
    counted(u64::from(count), "attempt", "attempts")
}

/// When an operation goes on by itself.
pub(crate) fn next_try(seconds: u64) -> String {
    format!("in {}", label::span(seconds))
}

/// Where an operation stands, to the person that it is about.
pub(crate) fn standing(detail: &str) -> String {
    detail.replace("the person", "you")
}

/// A kind of operation, as a heading.
pub(crate) fn operation_kind(kind: &str) -> String {
    super::capitalised(kind)
}

/// A step of the engine and what followed.
pub(crate) fn step(event: &str, effects: u32) -> String {
    format!("{event} → {}", counted(u64::from(effects), "effect", "effects"))
}
