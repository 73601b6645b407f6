//! Every word that people read (ux §6): what happened, what is safe, what to do.
//!
//! Words that never change stand here, those with something in them in `sentences`; nothing else decides on wording. No
//! exclamation marks, no blame, at most two short sentences.

mod details;
mod failure;
mod screens;
mod sentences;
mod surfaces;
#[cfg(test)]
mod tests;

pub(crate) use details::*;
pub(crate) use failure::reason;
pub(crate) use screens::*;
pub(crate) use sentences::*;
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
pub(crate) const ON_THE_SERVER: &str = "On the server";

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
pub(crate) const OTHER_DRAFT: &str = "Another window has a different draft.";
pub(crate) const USE_OTHER_DRAFT: &str = "Use it";
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
pub(crate) const CASE_DELETED: &str =
    "This case was deleted in another window. What you wrote is still in the box.";
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
pub(crate) const SEND_FROM_HERE: &str = "Send from here";
pub(crate) const WAITS_ABOVE: &str = "Waits for the message above";
pub(crate) const ONLY_HERE: &str = "Only on this device";
pub(crate) const THINKING: &str = "Thinking";
pub(crate) const THINKING_LONG: &str = "Taking longer than usual";
pub(crate) const GO_ON_WRITING: &str = "You can go on writing.";
pub(crate) const STOPPED: &str = "You stopped this answer.";
pub(crate) const STOPPED_SENDING: &str = "Stopped. It may have arrived.";
pub(crate) const MAY_HAVE_ARRIVED: &str = "It may have arrived. The server didn’t confirm it.";
pub(crate) const ANSWER_MISSING: &str =
    "FaultMaven’s answer to this isn’t on the server. The copy on this device is kept.";
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
pub(crate) const STORAGE_FULL_SHORT_SUB: &str =
    "Not sent: there is no room to keep it. Your text is still here.";
pub(crate) const STORAGE_NONE: &str = "This window can’t save.";
pub(crate) const STORAGE_NONE_SUB: &str = "Work here is gone when you close it.";
pub(crate) const EXPORT_DAMAGED: &str = "Export the damaged part";
pub(crate) const DAMAGED: &str = "Some saved data couldn’t be read.";

pub(crate) const SIGN_IN: &str = "Sign in";
pub(crate) const SIGN_IN_BY_PAGE: &str = "This server signs you in on a page of its own. It opens next.";
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
pub(crate) const STORE_HELD: &str = "The data of this account doesn’t open yet. Most likely another window of FaultMaven Copilot holds it. Nothing is lost. Close the other windows; this one then goes on by itself.";
pub(crate) const STORE_NEWER: &str = "The data on this device was written by a newer version and was left as it is. To open it, update FaultMaven Copilot.";
pub(crate) const SIGN_OUT: &str = "Sign out";
pub(crate) const KEEP_AND_SIGN_OUT: &str = "Keep and sign out";

pub(crate) const SAID_WAITING_OFFLINE: &str = "Waiting, offline";
pub(crate) const SAID_ANSWER_STARTED: &str = "Answer started";
pub(crate) const SAID_ANSWER_COMPLETE: &str = "Answer complete";
pub(crate) const SAID_SIGNED_OUT: &str = "Signed out";
pub(crate) const SAID_DELETED: &str = "Deleted, undo available";
pub(crate) const SAID_DISCARDED: &str = "Discarded, undo available";
