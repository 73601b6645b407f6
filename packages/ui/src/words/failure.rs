//! Why a message was not sent, in words (ux §6): what follows "Not sent." on its row.

use copilot_core::model::CaseState;
use copilot_core::{Failure, FailureClass, Millis, Rejection, Transient};

use super::{counted, sentence};
use crate::label;

/// Why a message was not sent: what follows "Not sent." on its row. `took` is the time from the first try to the end of
/// the last one, `sent_bytes` the size of what was attached and the server's limit.
pub(crate) fn reason(
    failure: &Failure,
    took: Option<Millis>,
    state: Option<&CaseState>,
    sent_bytes: Option<(u64, u64)>,
) -> String {
    let status = failure.status.map(|status| format!(" ({status})")).unwrap_or_default();
    match &failure.class {
        FailureClass::Rejected(rejection) => rejected(rejection, failure, took, state, sent_bytes, &status),
        FailureClass::Transient(_) => match failure.retry_after {
            Some(wait) if wait.0 > 120_000 => server_asks_to_wait(wait.0),
            _ => format!("The server had a problem{status}."),
        },
        FailureClass::Offline => "The server can’t be reached.".to_owned(),
        FailureClass::CaptivePortal => "This network wants you to sign in first.".to_owned(),
        FailureClass::Uncertain | FailureClass::Committed => super::MAY_HAVE_ARRIVED.to_owned(),
        FailureClass::TokenRefused | FailureClass::SessionExpired => "You are signed out.".to_owned(),
        FailureClass::Conflict => "The case changed at the same time.".to_owned(),
        FailureClass::InProgress => "The server is still working on it.".to_owned(),
    }
}

fn server_asks_to_wait(millis: u64) -> String {
    format!("The server asks to wait about {}.", counted(millis.div_ceil(60_000), "minute", "minutes"))
}

fn rejected(
    rejection: &Rejection,
    failure: &Failure,
    took: Option<Millis>,
    state: Option<&CaseState>,
    sent_bytes: Option<(u64, u64)>,
    status: &str,
) -> String {
    match rejection {
        Rejection::TriesUsedUp { tries, last } => {
            let tries = counted(u64::from(*tries), "try", "tries");
            match &**last {
                FailureClass::Transient(Transient::Busy)
                    if failure.retry_after.is_some_and(|wait| wait.0 > 120_000) =>
                {
                    server_asks_to_wait(failure.retry_after.map_or(0, |wait| wait.0))
                }
                FailureClass::Uncertain if failure.status.is_none() => {
                    let silence =
                        took.map_or_else(|| format!("after {tries}"), |took| format!("in {}", span(took)));
                    format!("No answer {silence}, and it didn’t arrive.")
                }
                FailureClass::Offline | FailureClass::CaptivePortal => {
                    format!("The server can’t be reached, {tries}.")
                }
                _ => format!("The server had a problem{status}, {tries}."),
            }
        }
        Rejection::Quota => "The monthly limit of this plan is used up.".to_owned(),
        Rejection::DailyLimit => "Today’s limit of this account is used up.".to_owned(),
        Rejection::Forbidden => "You can read this case but not write to it.".to_owned(),
        Rejection::CaseGone => "This case was deleted on the server.".to_owned(),
        Rejection::CaseTerminal => {
            let ended = if state == Some(&CaseState::Closed) { "closed" } else { "resolved" };
            format!("This case was {ended} while you were writing.")
        }
        Rejection::TooLarge => match sent_bytes {
            Some((size, limit)) => {
                format!("The file is {}; the limit is {}.", label::size(size), label::size(limit))
            }
            None => "It is larger than the server takes.".to_owned(),
        },
        Rejection::Invalid { field } => {
            let field = field.as_deref().unwrap_or("this");
            match &failure.message {
                Some(message) => {
                    // Servers that name the field in their words would name it twice.
                    let said = message.strip_prefix(field).and_then(|rest| rest.strip_prefix(": "));
                    format!("The server couldn’t accept {field}: {}", sentence(said.unwrap_or(message)))
                }
                None => format!("The server couldn’t accept {field}."),
            }
        }
        Rejection::UnsupportedType | Rejection::Refused => format!("The server refused this{status}."),
        Rejection::KeyReused => {
            "The server has another message under the same number. Edit it to send it as a new one."
                .to_owned()
        }
        Rejection::Unexplained => format!("The server refused this{status} and didn’t say why."),
        Rejection::OtherDialect => "The server speaks another version of its language.".to_owned(),
        Rejection::Provider => {
            let says = failure.message.as_deref().map(|message| format!(" {}", sentence(message)));
            format!("The server had a problem{status}, 1 try.{}", says.unwrap_or_default())
        }
    }
}

/// A span of waiting, in seconds as long as one counts in them.
fn span(took: Millis) -> String {
    match took.0.div_ceil(1000) {
        seconds @ ..120 => format!("{} s", seconds.max(1)),
        seconds => format!("{} min", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parked(rejection: Rejection) -> Failure {
        Failure { status: Some(503), ..Failure::of(FailureClass::Rejected(rejection)) }
    }

    fn used_up(tries: u32, last: FailureClass) -> Failure {
        parked(Rejection::TriesUsedUp { tries, last: Box::new(last) })
    }

    #[test]
    fn a_failure_says_what_happened_with_status_and_tries() {
        let five = used_up(5, FailureClass::Transient(Transient::ServerProblem));
        assert_eq!(reason(&five, None, None, None), "The server had a problem (503), 5 tries.");
        let one = used_up(1, FailureClass::Transient(Transient::ServerProblem));
        assert_eq!(reason(&one, None, None, None), "The server had a problem (503), 1 try.");
    }

    #[test]
    fn a_long_wait_is_told_in_minutes() {
        let mut wait = used_up(1, FailureClass::Transient(Transient::Busy));
        wait.retry_after = Some(Millis::seconds(600));
        assert_eq!(reason(&wait, None, None, None), "The server asks to wait about 10 minutes.");
    }

    #[test]
    fn a_closed_case_and_a_resolved_case_are_told_apart() {
        let failure = parked(Rejection::CaseTerminal);
        let words = |state| reason(&failure, None, Some(&state), None);
        assert_eq!(words(CaseState::Resolved), "This case was resolved while you were writing.");
        assert_eq!(words(CaseState::Closed), "This case was closed while you were writing.");
    }

    #[test]
    fn the_servers_words_end_in_one_full_stop() {
        let mut failure = parked(Rejection::Invalid { field: Some("query".into()) });
        failure.message = Some("text is too short.".into());
        assert_eq!(
            reason(&failure, None, None, None),
            "The server couldn’t accept query: text is too short."
        );
        failure.message = Some("query: text is too short".into());
        assert_eq!(
            reason(&failure, None, None, None),
            "The server couldn’t accept query: text is too short."
        );
    }

    #[test]
    fn a_file_over_the_limit_names_both_sizes() {
        let mb = 1024 * 1024;
        let words = reason(&parked(Rejection::TooLarge), None, None, Some((14 * mb, 10 * mb)));
        assert_eq!(words, "The file is 14 MB; the limit is 10 MB.");
    }

    #[test]
    fn a_server_that_answers_with_an_error_is_not_said_to_be_silent() {
        let uncertain = used_up(5, FailureClass::Uncertain);
        assert_eq!(reason(&uncertain, None, None, None), "The server had a problem (503), 5 tries.");
        let silent = Failure { status: None, ..uncertain };
        let after = |seconds| reason(&silent, Some(Millis::seconds(seconds)), None, None);
        assert_eq!(after(0), "No answer in 1 s, and it didn’t arrive.");
        assert_eq!(after(14), "No answer in 14 s, and it didn’t arrive.");
        assert_eq!(after(1500), "No answer in 25 min, and it didn’t arrive.");
        assert_eq!(reason(&silent, None, None, None), "No answer after 5 tries, and it didn’t arrive.");
    }
}
