//! Every sentence that a person may read: what happened, what is safe, what to do.
//!
//! The answers of the log triage are written by `copilot-triage`.

/// A byte count as people read it.
pub(crate) fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    match bytes {
        0..KIB => format!("{bytes} B"),
        KIB..MIB => format!("{:.1} KB", tenths(bytes, KIB)),
        _ => format!("{:.1} MB", tenths(bytes, MIB)),
    }
}

fn tenths(bytes: u64, unit: u64) -> f64 {
    let tenths = bytes.saturating_mul(10) / unit;
    f64::from(u32::try_from(tenths).unwrap_or(u32::MAX)) / 10.0
}

pub(crate) const NO_SUCH_PATH: &str = "This server has no such address.";
pub(crate) const UNREADABLE_ADDRESS: &str = "This address can't be read. It must be valid UTF-8.";
pub(crate) const NO_SUCH_CASE: &str = "This case isn't on the server, or it belongs to another user.";
pub(crate) const NO_SUCH_FILE: &str = "This file isn't part of the case.";
pub(crate) const NO_SUCH_JOB: &str = "The server knows no such job of this case.";
pub(crate) const NO_SUCH_SESSION: &str = "This session isn't on the server. Start a new one.";
pub(crate) const SESSION_OVER: &str = "This session is over. Start a new one; you are still signed in.";
pub(crate) const SESSION_ID_GONE: &str =
    "The last session of this client has ended. Start one with a new client id.";
pub(crate) const WRONG_METHOD: &str = "This address doesn't answer that method.";
pub(crate) const OTHER_DIALECT: &str = "This server takes questions and files at /turns. Nothing was run.";
pub(crate) const INTERNAL: &str = "The server had a problem and stored nothing. Try again in a moment.";
pub(crate) const SHUTTING_DOWN: &str =
    "The server is shutting down. Nothing was stored; send it again after the restart.";
pub(crate) const DISK_FULL: &str =
    "The server's disk is full and nothing was stored. Free some space, then send it again.";
pub(crate) const FOREIGN_HOST: &str =
    "This server answers to 127.0.0.1 and localhost only. Open it under one of these names.";
pub(crate) const FOREIGN_ORIGIN: &str = "Pages of other origins may not use this server.";
pub(crate) const READ_TIMEOUT: &str = "The request did not arrive in time. Nothing was run; send it again.";
pub(crate) const BODY_BROKEN: &str =
    "The request ended before its body was complete. Nothing was run; send it again.";
pub(crate) const SIGN_IN_FIRST: &str = "Sign in first.";
pub(crate) const TOKEN_DEAD: &str = "This access token is no longer valid. Renew it or sign in again.";
pub(crate) const REFRESH_DEAD: &str = "This refresh token is no longer valid. Sign in again.";
pub(crate) const UNKNOWN_USER: &str = "No account has this name. Check the name or register it.";
pub(crate) const WRONG_PASSWORD: &str = "The password doesn't fit this name.";
pub(crate) const PASSWORD_NEEDED: &str = "This account has a password. Sign in with name and password.";
pub(crate) const OWNER_NEEDS_LINK: &str = "This account opens with the link that copilot-server printed at start. Press Enter where copilot-server runs, or start it again, for a new link.";
pub(crate) const NAME_TAKEN: &str = "This name is taken. Choose another one, or sign in with it.";
pub(crate) const START_TOKEN_USED: &str = "This start link was used already. Press Enter where copilot-server runs, or start it again, for a new one; or go back to the page that used it.";
pub(crate) const START_TOKEN_EXPIRED: &str = "This start link is older than 10 minutes. Press Enter where copilot-server runs, or start it again, for a new one.";
pub(crate) const START_TOKEN_WRONG: &str =
    "This start link belongs to another start of the server. Use the link that copilot-server printed last.";
pub(crate) const SIGNED_OUT: &str = "Signed out.";
pub(crate) const CASE_UPDATED: &str = "Case updated.";
pub(crate) const CASE_TERMINAL: &str = "The case is resolved or closed, so it takes no data, new name or change of state. You can still ask, or start a new case.";
pub(crate) const CASE_CHANGED: &str =
    "The case changed in the meantime and nothing was run. Read it again, then decide.";
pub(crate) const KEY_FORMAT: &str =
    "The Idempotency-Key needs 8 to 255 letters, digits, hyphens or underscores.";
pub(crate) const KEY_REUSED: &str = "This Idempotency-Key was used with other content. Nothing was run; send changed content under a new key.";
pub(crate) const TURN_RUNNING: &str =
    "The first attempt of this message is still running. Ask again shortly.";
pub(crate) const ANSWER_PRUNED: &str =
    "This message is stored and was answered, but its stored answer is gone. Read the messages of the case.";
pub(crate) const NOTHING_TO_UPDATE: &str = "The request names nothing to update.";
pub(crate) const STATE_BY_TURN: &str =
    "The state of a case changes through a turn, not through this address.";
pub(crate) const UNKNOWN_STATUS: &str = "Needs one of active, investigating, resolved, archived.";
pub(crate) const SESSION_NEEDED: &str = "A question needs the session it is asked in. Start one first.";
pub(crate) const NO_FILE: &str = "The upload holds no file. Send one as the part named file.";
pub(crate) const SIGN_IN_LIMIT: &str =
    "There were too many attempts to sign in that failed. Wait a little, then try again.";
pub(crate) const TOKEN_IS_PASSWORD: &str =
    "This server is open to a network. Sign in with the access token it was started with as the password.";
pub(crate) const METRICS_NEED_TOKEN: &str = "Ask with the access token that this server was started with.";
pub(crate) const NOT_JSON: &str = "The request body must be JSON with content type application/json.";
pub(crate) const NOT_MULTIPART: &str = "A turn must be sent as multipart/form-data.";
pub(crate) const EMPTY_TURN: &str = "The turn is empty. Send a question, pasted text or a file.";
pub(crate) const ONE_FILE: &str = "A turn takes one file. Send each further file in a turn of its own.";
pub(crate) const NOTHING_TO_NAME: &str = "There is too little in this case to name it. The title stays.";
pub(crate) const TITLE_EMPTY: &str = "The title is empty. Write at least one character.";
pub(crate) const INTENT_UNREADABLE: &str = "intent_data must be a JSON object with a known type.";
pub(crate) const INTENT_TYPES_DIFFER: &str = "intent_type and the type in intent_data must be the same.";
pub(crate) const NOT_CONFIRMED: &str = "A change of state needs user_confirmed: true.";
pub(crate) const NOTHING_TO_CONFIRM: &str = "Nothing is waiting for a confirmation in this case.";
pub(crate) const NO_SUCH_HYPOTHESIS: &str = "This case has no such hypothesis.";
pub(crate) const REQUEST_BOUND: &str =
    "The answer took longer than the server waits. Nothing was stored; send it again.";
pub(crate) const LLM_UNREACHABLE: &str = "The model endpoint can't be reached. Nothing was stored. Check COPILOT_LLM_URL and that the endpoint runs.";
pub(crate) const LLM_TIMEOUT: &str =
    "The model took too long. Nothing was stored; send it again or shorten the text.";
pub(crate) const LLM_BUSY: &str =
    "The model endpoint is over capacity. Nothing was stored; it is worth another try in a minute.";
pub(crate) const LLM_LIMITED: &str =
    "The model endpoint limits requests right now. Nothing was stored; try again later.";
pub(crate) const LLM_QUOTA: &str =
    "The credit of the model endpoint is used up. Nothing was stored. Top it up or choose another endpoint.";
pub(crate) const LLM_UNUSABLE: &str = "The model gave no usable answer. Nothing was stored; send it again.";
pub(crate) const INVESTIGATION_STARTED: &str = "Investigation started";
pub(crate) const CASE_RESOLVED: &str = "Case resolved";
pub(crate) const CASE_CLOSED: &str = "Case closed";

pub(crate) fn too_large(what: &str, limit: usize) -> String {
    let limit = size(u64::try_from(limit).unwrap_or(u64::MAX));
    format!("{what} is over the limit of {limit}. Nothing was stored; shorten it or send it in parts.")
}

pub(crate) fn llm_refused(status: u16) -> String {
    format!(
        "The model endpoint refused the request with status {status}. Nothing was stored. \
         Check COPILOT_LLM_URL, COPILOT_LLM_KEY and COPILOT_LLM_MODEL."
    )
}

pub(crate) fn extension_refused(allowed: &[&str]) -> String {
    format!("This kind of file isn't accepted. Send one of {}.", allowed.join(", "))
}

pub(crate) fn not_utf8(field: &str) -> String {
    format!("{field} is not valid UTF-8 text. Send it as a file, or convert it first.")
}

pub(crate) fn form_broken(reason: &str) -> String {
    format!("The multipart form can't be read: {reason}. Nothing was run.")
}

pub(crate) fn no_edge(from: &str, to: &str) -> String {
    format!("A case that is {from} can't become {to} now.")
}

pub(crate) fn too_many_queries(count: usize, seconds: i64) -> String {
    format!(
        "This session asked {count} questions within {seconds} s, and that is its limit. Nothing was run; wait a little."
    )
}

pub(crate) fn range(min: u32, max: u32) -> String {
    format!("Needs a whole number from {min} to {max}.")
}

/// The question the server words itself when a turn brings data only.
pub(crate) fn question_about(names: &[String]) -> String {
    match names {
        [] => "What does this show?".to_owned(),
        names => format!("What does this show? ({})", names.join(", ")),
    }
}

pub(crate) fn unreadable_file(name: &str) -> String {
    format!(
        "**{name}** is not text that can be read here. It is stored as it is; send it as plain text to have it read."
    )
}

pub(crate) fn duplicate_file(name: &str, turn: u32) -> String {
    format!("**{name}** is identical to a file of turn {turn}.")
}

pub(crate) fn investigation_opened(problem: &str) -> String {
    format!(
        "The investigation is open.\n\n**Problem:** {problem}\n\nAdd logs or facts, and each turn narrows it down."
    )
}

pub(crate) const INVESTIGATION_DECLINED: &str =
    "Then we leave it at questions and answers. Nothing else changes.";
pub(crate) const RESOLVED_ANSWER: &str = "The case is marked as resolved. You can still ask about it here.";
pub(crate) const CLOSED_ANSWER: &str = "The case is closed. You can still ask about it here.";

pub(crate) fn hypothesis_answer(text: &str, verdict: &str) -> String {
    format!("Noted: *{text}* is {verdict}.")
}

pub(crate) fn file_summary(found_log: bool) -> &'static str {
    if found_log { "Log lines, read by the triage" } else { "No log lines found" }
}
