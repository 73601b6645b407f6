//! Every word that people read (ux §6): what happened, what is safe, what to do.
//!
//! Constants and small sentences with counts in them; nothing else decides on wording. No
//! exclamation marks, no blame, at most two short sentences.

use copilot_core::model::{CaseState, Stage};
use copilot_core::{Failure, Now, Refusal};

use crate::label;

mod details;
mod failure;
mod screens;
mod surfaces;
#[cfg(test)]
mod tests;

pub(crate) use details::*;
pub(crate) use failure::reason;
pub(crate) use screens::*;
pub(crate) use surfaces::*;

pub(crate) const BRAND: &str = "FaultMaven";
pub(crate) const CASES: &str = "Cases";
pub(crate) const NEW_CASE: &str = "New case";
pub(crate) const NEW_CASE_SUB: &str = "Named by FaultMaven after your first message";
pub(crate) const SEARCH_CASES: &str = "Search cases";
pub(crate) const NO_CASES: &str = "No cases yet. Your first message starts one.";
pub(crate) const CONVERSATION: &str = "Conversation";
pub(crate) const LOADING: &str = "Loading messages";
pub(crate) const NEW_DIVIDER: &str = "New";
pub(crate) const JUMP: &str = "Jump to latest";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const PINNED: &str = "Pinned";
pub(crate) const ACTIVE: &str = "Active";
pub(crate) const RESOLVED: &str = "Resolved";
pub(crate) const NEW_ANSWER: &str = "new answer";
pub(crate) const TO_DECIDE: &str = "1 to decide";
pub(crate) const CONFLICT: &str = "The title changed in two places";
pub(crate) const CONFLICT_SUB: &str = "Pick one. Nothing is overwritten until you do.";
pub(crate) const CONFLICT_NAME: &str = "Title conflict";
pub(crate) const KEEP_MINE: &str = "Keep mine";
pub(crate) const USE_THEIRS: &str = "Use theirs";
pub(crate) const LATER: &str = "Later";
pub(crate) const THEIRS: &str = "Theirs · on the server";
pub(crate) const RESULTS: &str = "Results";

pub(crate) const HERO: &str = "What’s broken?";
pub(crate) const HERO_SUB: &str =
    "Say what you see and since when. FaultMaven asks for evidence, ranks the causes and keeps the trail.";
pub(crate) const HERO_LOG: &str =
    "Paste or drop a log anywhere. Long text turns into an attachment you can check before sending.";

/// A way to begin: it fills the composer and is never sent by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Example {
    pub title: &'static str,
    pub sub: &'static str,
    /// What it puts into the composer.
    pub text: &'static str,
}

pub(crate) const EXAMPLES: [Example; 3] = [
    Example {
        title: "Latency jumped after a deploy",
        sub: "Start from a symptom and a time",
        text: "p99 latency of <service> went from <before> to <after> at <time>, right after a deploy. Where do I look first?",
    },
    Example {
        title: "Read this stack trace",
        sub: "Paste it, I keep the line breaks",
        text: "What does this stack trace say, and what should I check first?\n\n",
    },
    Example {
        title: "A node keeps evicting pods",
        sub: "I’ll ask for the three signals I need",
        text: "Node <name> has been evicting pods since <time>. What do you need to find out why?",
    },
];

pub(crate) const MESSAGE: &str = "Message";
pub(crate) const PLACEHOLDER: &str = "Describe what you see, or paste a log…";
pub(crate) const PLACEHOLDER_CLOSED: &str = "Ask about this case, or request a report…";
pub(crate) const HINT: &str = "Enter to send · Shift+Enter for a new line";
pub(crate) const HINT_OFFLINE: &str = "Enter adds to the queue";
pub(crate) const SEND: &str = "Send";
pub(crate) const STOP: &str = "Stop";
pub(crate) const ATTACHMENTS: &str = "Attachments";
pub(crate) const ATTACH: &str = "Attach files";
pub(crate) const PASTE_LOG: &str = "Paste log";
pub(crate) const PASTE_BY_HAND: &str =
    "This window may not read the clipboard. Paste here with Ctrl+V or ⌘V.";
pub(crate) const CLIPBOARD_EMPTY: &str = "There is no text on the clipboard.";
pub(crate) const COPY_FAILED: &str = "The text could not be copied. Select it and copy it by hand.";
pub(crate) const PASTED_LOG: &str = "Pasted log";
pub(crate) const SHOW_PREVIEW: &str = "Show preview";
pub(crate) const HIDE_PREVIEW: &str = "Hide preview";
pub(crate) const READING: &str = "Reading";
pub(crate) const STILL_READING: &str = "A file is still being read. Send again in a moment.";
pub(crate) const UNREADABLE_FILE: &str = "This file can’t be read. Choose it again.";
pub(crate) const EVIDENCE_NEEDS_CASE: &str = "New evidence needs a new case";
pub(crate) const ONLY_REST_SENT: &str = "What can’t be sent is still here.";

pub(crate) const COPY: &str = "Copy";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const COPY_CODE: &str = "Copy code";
pub(crate) const TABLE: &str = "Table";
pub(crate) const DONE: &str = "Done";
pub(crate) const NOT_DONE: &str = "Not done";
pub(crate) const PLAIN_TEXT: &str = "text";
pub(crate) const YOU: &str = "You";
pub(crate) const RETRY: &str = "Retry";
pub(crate) const EDIT: &str = "Edit";
pub(crate) const DISCARD: &str = "Discard";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const SEND_ANYWAY: &str = "Send anyway";
pub(crate) const SEND_AGAIN: &str = "Send again";
pub(crate) const CHECK_AGAIN: &str = "Check again";
pub(crate) const REPLACE_FILE: &str = "Replace file";
pub(crate) const MOVE_TO_NEW: &str = "Move to a new case";
pub(crate) const FOLLOW_UP: &str = "Start a follow-up case";
pub(crate) const ASK_AGAIN: &str = "Ask again";
pub(crate) const SHOW: &str = "Show";
pub(crate) const SHOW_LESS: &str = "Show less";
pub(crate) const RETRY_ALL: &str = "Retry all";
pub(crate) const TRY_NOW: &str = "Try now";
pub(crate) const TRY_AGAIN: &str = "Try again";
pub(crate) const DISMISS: &str = "Dismiss";
pub(crate) const UNDO: &str = "Undo";
pub(crate) const RENAME: &str = "Rename";
pub(crate) const PIN: &str = "Pin";
pub(crate) const UNPIN: &str = "Unpin";
pub(crate) const DELETE: &str = "Delete";
pub(crate) const RENAME_HINT: &str = "Enter to save · Esc to cancel";
pub(crate) const TITLE: &str = "Title";
pub(crate) const NOT_RENAMED: &str = "Not renamed.";
pub(crate) const DISCARDED: &str = "Discarded message";

pub(crate) const SENT: &str = "Sent";
pub(crate) const CHECKING: &str = "Checking whether it arrived…";
pub(crate) const WAITING_TO_SEND: &str = "Waiting to send";
pub(crate) const WAITING_SIGN_IN: &str = "Waiting for sign-in";
pub(crate) const WAITING_WINDOW: &str = "Sending from another window";
pub(crate) const WAITS_ABOVE: &str = "Waits for the message above";
pub(crate) const ONLY_HERE: &str = "Only on this device";
pub(crate) const THINKING: &str = "Thinking";
pub(crate) const THINKING_LONG: &str = "Taking longer than usual";
pub(crate) const GO_ON_WRITING: &str = "You can go on writing.";
pub(crate) const STOPPED: &str = "You stopped this answer.";
pub(crate) const NOT_SENT: &str = "Not sent.";

pub(crate) const OFFLINE: &str = "Offline.";
pub(crate) const OFFLINE_MARK: &str = "Offline";
pub(crate) const PORTAL: &str = "Can’t reach the server: this network wants you to sign in.";
pub(crate) const OPEN_PORTAL: &str = "Open sign-in page";
pub(crate) const SIGNED_OUT: &str = "Signed out.";
pub(crate) const SIGN_IN_TO_SEND: &str = "Sign in to send";
pub(crate) const ALL_SENT: &str = "All sent";
pub(crate) const SYNCED: &str = "Synced";
pub(crate) const STORAGE_FULL_SHORT: &str = "Storage full";
pub(crate) const STORAGE_FULL: &str = "This device is out of space for FaultMaven.";
pub(crate) const STORAGE_FULL_SUB: &str =
    "Nothing is lost. Your last message is still in the box; new work can’t be kept until there is room.";
pub(crate) const STORAGE_NONE: &str = "This window can’t save.";
pub(crate) const STORAGE_NONE_SUB: &str = "Work here is gone when you close it.";
pub(crate) const DAMAGED: &str = "Some saved data couldn’t be read.";

pub(crate) const SIGN_IN: &str = "Sign in";
pub(crate) const SIGN_IN_TITLE: &str = "Sign in to FaultMaven";
pub(crate) const SIGN_IN_AGAIN: &str = "Sign in again";
pub(crate) const SIGNING_IN: &str = "Signing in…";
pub(crate) const CREATE_ACCOUNT: &str = "Create an account";
pub(crate) const CREATE_TITLE: &str = "Create an account";
pub(crate) const HAVE_ACCOUNT: &str = "Sign in to an existing account";
pub(crate) const SERVER_ADDRESS: &str = "Server address";
pub(crate) const USERNAME: &str = "Username";
pub(crate) const PASSWORD: &str = "Password";
pub(crate) const PASSWORD_OPTIONAL: &str = " if your account has one";
pub(crate) const WORK_STAYS: &str =
    "Work from earlier sessions stays on this device and only opens for the account that wrote it.";
pub(crate) const CHECKING_SERVER: &str = "Checking the address…";
pub(crate) const SERVER_UNREACHABLE: &str = "Can’t reach this address";
pub(crate) const NOT_FAULTMAVEN: &str = "This isn’t a FaultMaven server";
pub(crate) const NAME_MISSING: &str = "Type the name of your account.";
pub(crate) const ADDRESS_MISSING: &str = "Type the address of your server, such as http://127.0.0.1:8787.";
pub(crate) const BAD_ADDRESS: &str = "This is no address of a server. It looks like http://127.0.0.1:8787.";
pub(crate) const UNKNOWN_USER: &str =
    "The server knows no account of this name. Check it, or create an account.";
pub(crate) const NAME_TAKEN: &str = "Somebody has this name already. Choose another, or sign in with it.";
pub(crate) const WRONG_PASSWORD: &str = "The password is not right. Type it again.";
pub(crate) const LINK_USED: &str = "This sign-in link was used before or has expired. Sign in below, or start the server again for a new one.";
pub(crate) const STORE_IN_USE: &str =
    "Another window of FaultMaven Copilot has this account open. Close it, then sign in here again.";
pub(crate) const SIGN_OUT: &str = "Sign out";
pub(crate) const KEEP_AND_SIGN_OUT: &str = "Keep and sign out";

pub(crate) const SAID_WAITING_OFFLINE: &str = "Waiting, offline";
pub(crate) const SAID_ANSWER_COMPLETE: &str = "Answer complete";
pub(crate) const SAID_SIGNED_OUT: &str = "Signed out";
pub(crate) const SAID_DELETED: &str = "Deleted, undo available";
pub(crate) const SAID_DISCARDED: &str = "Discarded, undo available";

/// `1 message`, `2 messages`.
fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// Announced when messages arrived at the server.
pub(crate) fn said_sent(count: u32) -> String {
    if count == 1 { "Message sent".to_owned() } else { format!("{count} messages sent") }
}

/// Announced when the server can be reached again.
pub(crate) fn said_back_online(count: u32) -> String {
    if count == 0 { "Back online".to_owned() } else { format!("Back online, sending {count}") }
}

/// Announced when rows came below the reader.
pub(crate) fn said_new_below(count: u32) -> String {
    format!("{} below", counted(u64::from(count), "new message", "new messages"))
}

/// Announced when a message needs the person.
pub(crate) fn said_not_sent(reason: &str) -> String {
    format!("Message not sent. {reason}").trim_end().to_owned()
}

/// The count beside "Jump to latest".
pub(crate) fn jump_count(count: usize) -> String {
    format!("{count} new")
}

/// What the offline strip says after "Offline."
pub(crate) fn offline_queue(count: u32) -> String {
    format!("Sending {count} when you’re back.")
}

/// The strip while a queue goes out.
pub(crate) fn sending(count: u32) -> String {
    format!("Sending {count}…")
}

/// The strip and the marker for messages that need the person.
pub(crate) fn yours_at(time: &str) -> String {
    format!("Yours · this device · {time}")
}

/// See the copy deck (ux §6).
pub(crate) fn not_sent(count: u32) -> String {
    format!("{count} not sent")
}

/// The same when trying again cannot help.
pub(crate) fn not_sent_needs_change(count: u32) -> String {
    if count == 1 {
        "1 not sent. It needs a change first.".to_owned()
    } else {
        format!("{count} not sent. They need a change first.")
    }
}

/// The marker for messages on their way.
pub(crate) fn waiting(count: u32) -> String {
    format!("{count} waiting")
}

/// What the signed-out strip says after "Signed out."
pub(crate) fn kept(count: u32) -> String {
    format!("{count} kept.")
}

/// What the still-sending state says.
pub(crate) fn still_sending(seconds: u64) -> String {
    format!("Still sending… {}", label::span(seconds))
}

/// What the busy state says.
pub(crate) fn busy(seconds: u64) -> String {
    format!("Server is busy · next try in {}", label::span(seconds))
}

/// The button of a message that may not be tried before a time of day.
pub(crate) fn retry_at(time: &str) -> String {
    format!("Retry at {time}")
}

/// Why such a button does nothing yet.
pub(crate) fn retry_not_yet(time: &str) -> String {
    format!("The server asks not to be tried before {time}.")
}

/// The toast after a case was deleted.
pub(crate) fn deleted(title: &str) -> String {
    format!("Deleted “{title}”")
}

/// Opens the menu of a case.
pub(crate) fn more_of(title: &str) -> String {
    format!("More for “{title}”")
}

/// The search found nothing.
pub(crate) fn no_hits(query: &str) -> String {
    format!("Nothing matches “{query}”. Search looks in titles and messages on this device.")
}

/// Unfolds a long message.
pub(crate) fn show_all_lines(lines: usize) -> String {
    format!("Show all {lines} lines")
}

/// `214 lines`.
pub(crate) fn lines(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), "line", "lines")
}

/// Several files make several turns; this is shown beside Send.
pub(crate) fn files(count: usize) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), "file", "files")
}

/// An attachment that is larger than the server takes.
pub(crate) fn too_large(size: u64, limit: u64) -> String {
    format!("{}; the limit is {}", label::size(size), label::size(limit))
}

/// An attachment of a kind that the server does not take.
pub(crate) fn wrong_kind(extensions: &str) -> String {
    format!("The server doesn’t take this kind of file. It takes {extensions}.")
}

/// Removes a staged attachment.
pub(crate) fn remove(name: &str) -> String {
    format!("Remove {name}")
}

/// How many damaged records were set aside.
pub(crate) fn damaged(damaged: u64, total: u64) -> String {
    let verb = if damaged == 1 { "is" } else { "are" };
    let were = if damaged == 1 { "It was" } else { "They were" };
    let records = counted(total, "record", "records");
    format!("{damaged} of {records} {verb} damaged. {were} set aside, not deleted. Everything else is here.")
}

/// Milestones reached, of six (contract 2.3).
pub(crate) fn steps(done: u8) -> String {
    format!("{done} of 6")
}

/// Two notices are shown, the rest is behind this.
pub(crate) fn more(count: usize) -> String {
    format!("{count} more")
}

/// Under the server address.
pub(crate) fn reachable(millis: u64) -> String {
    format!("Reachable · contract 2.0 · {millis} ms")
}

/// The server does not accept a name.
pub(crate) fn bad_name(reason: &str) -> String {
    format!("The server doesn’t accept this name: {}", sentence(reason))
}

/// The server answered a sign-in in a way that has no sentence of its own.
pub(crate) fn sign_in_refused(status: u16, message: &str) -> String {
    match (status, message.trim()) {
        (0, "") => "The server’s answer could not be understood. Check the address.".to_owned(),
        (0, message) => format!("The server’s answer could not be understood: {}", sentence(message)),
        (status, "") => format!("The server refused the sign-in ({status}). Try again in a moment."),
        (status, message) => format!("The server refused the sign-in ({status}): {}", sentence(message)),
    }
}

/// The data of an account cannot be opened.
pub(crate) fn store_unavailable(cause: &str) -> String {
    format!("The saved data of this account can’t be opened: {} Nothing was changed.", sentence(cause))
}

/// Asked before an account with unsent work is left.
pub(crate) fn unsent_stays(count: u32) -> String {
    if count == 1 {
        "1 message isn’t sent. It stays on this device and opens only for this account.".to_owned()
    } else {
        format!("{count} messages aren’t sent. They stay on this device and open only for this account.")
    }
}

/// The small buttons of a row are named after the message they act on.
pub(crate) fn on_message(action: &str, text: &str) -> String {
    format!("{action} message: {}", label::excerpt(text))
}

/// The group of buttons of an unsent row.
pub(crate) const ACTIONS_UNSENT: &str = "Actions for the unsent message";
/// The group of buttons of any other row.
pub(crate) const ACTIONS: &str = "Actions for the message";

/// Where a case stands, as a word.
pub(crate) fn state(state: &CaseState) -> String {
    match state {
        CaseState::Inquiry => "Inquiry".to_owned(),
        CaseState::Investigating => "Investigating".to_owned(),
        CaseState::Resolved => "Resolved".to_owned(),
        CaseState::Closed => "Closed".to_owned(),
        CaseState::Other(word) => capitalised(word),
        _ => String::new(),
    }
}

/// How far an investigation is, as a word.
pub(crate) fn stage(stage: &Stage) -> String {
    match stage {
        Stage::Diagnosis => "Diagnosis".to_owned(),
        Stage::Mitigation => "Mitigation".to_owned(),
        Stage::Treatment => "Treatment".to_owned(),
        Stage::Other(word) => capitalised(word),
        _ => String::new(),
    }
}

fn capitalised(word: &str) -> String {
    let spaced = word.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Why an intent was not accepted, for the note under the composer.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::StorageFull => format!("{STORAGE_FULL} {STORAGE_FULL_SUB}"),
        Refusal::StorageUnavailable => {
            "This device can’t save right now. Your message is still in the box.".to_owned()
        }
        Refusal::Blank => "There is nothing to send yet.".to_owned(),
        Refusal::TooLarge { size, limit } => {
            format!("This is {}. Shorten it or attach a part of it.", too_large(*size, *limit))
        }
        Refusal::BlankTitle => {
            "A title needs at least one visible character. The old title stays.".to_owned()
        }
        Refusal::TooLate => "That was already sent or removed. Nothing changed.".to_owned(),
    }
}

/// The server refused to delete a case.
pub(crate) fn not_deleted(title: &str, failure: &Failure) -> String {
    format!("“{title}” was not deleted and is back in the list. {}", reason(failure, None, None))
}

/// The server's words with one full stop at their end.
fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    format!("{text}.")
}

/// When a parked message may be tried again, as a time of day.
pub(crate) fn time_of(until: copilot_core::Mono, now: Now) -> String {
    let wait = until.0.saturating_sub(now.mono.0);
    label::clock_time(now.wall.0 + wait, now)
}
