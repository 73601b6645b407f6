//! Sentences with something of their own in them: a count, a time, a title.

use copilot_core::model::{CaseState, Stage};
use copilot_core::{Failure, Now, Refusal};

use super::{STORAGE_FULL_SHORT_SUB, reason};
use crate::label;

/// `1 message`, `2 messages`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
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
    if reason == super::MAY_HAVE_ARRIVED {
        return reason.to_owned();
    }
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

/// Whose of two titles it is, and from when.
pub(crate) fn yours_at(time: &str) -> String {
    format!("Yours · this device · {time}")
}

/// The strip and the marker for messages that need the person.
pub(crate) fn not_sent(count: u32) -> String {
    format!("{count} not sent")
}

/// The same when trying again cannot help, and what would.
pub(crate) fn not_sent_needs_change(count: u32) -> (String, String) {
    let what = if count == 1 { "It needs a change first." } else { "They need a change first." };
    (sentence(&not_sent(count)), what.to_owned())
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

/// What a button is called, with the keys that do the same.
pub(crate) fn with_keys(name: &str, command: &str, keys: &str) -> String {
    format!("{name} · {command}+{keys}")
}

/// Opens the menu of a case.
pub(crate) fn more_of(title: &str) -> String {
    format!("More for “{title}”")
}

/// The search found nothing.
pub(crate) fn no_hits(query: &str) -> String {
    format!("Nothing matches “{query}”. Search looks in titles and messages on this device.")
}

/// The search found nothing here, and the server is being asked.
pub(crate) fn no_hits_yet(query: &str) -> String {
    format!("{} The server is looking as well.", no_hits(query))
}

/// The search found nothing, and the server has answered.
pub(crate) fn no_hits_anywhere(query: &str) -> String {
    format!("{} The server has nothing either.", no_hits(query))
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

pub(super) fn capitalised(word: &str) -> String {
    let spaced = word.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Why an intent was not accepted, for the note under the composer.
pub(crate) fn refusal(refusal: &Refusal) -> String {
    match refusal {
        // The notice above says the rest.
        Refusal::StorageFull => STORAGE_FULL_SHORT_SUB.to_owned(),
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
    format!("“{title}” was not deleted and is back in the list. {}", reason(failure, None, None, None))
}

/// The server's words with one full stop at their end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    format!("{text}.")
}

/// When a parked message may be tried again, as a time of day.
pub(crate) fn time_of(until: copilot_core::Mono, now: Now) -> String {
    let wait = until.0.saturating_sub(now.mono.0);
    label::clock_time(now.wall.0 + wait, now)
}
