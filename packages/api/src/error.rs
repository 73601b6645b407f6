//! What can go wrong before there is a queue: an address that is none, a sign-in that does not work.
//!
//! This is the one module with sentences for people; failures of queued work travel as
//! [`Failure`] and get their words from the user interface.

use std::sync::Arc;

use copilot_core::{Failure, FailureClass, Transient};

/// Why a text is not the address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was entered.
    #[error("Enter the address of the server, for example http://localhost:8787.")]
    Empty,
    /// Neither `http://` nor `https://`.
    #[error("\u{201c}{0}\u{201d} does not start with http:// or https://. Put one of them in front.")]
    Scheme(String),
    /// A name or password before the host: it would end up in logs and stored settings.
    #[error(
        "The address holds a name or password in front of the @. Take it out; you sign in on the next screen."
    )]
    UserInfo,
    /// No host, or one that cannot exist.
    #[error(
        "\u{201c}{0}\u{201d} is not the name of a server. Use a name such as faultmaven.example.com or an IP address."
    )]
    Host(String),
    /// A port that is not one.
    #[error("\u{201c}{0}\u{201d} is not a port. Use a number from 1 to 65535, or leave it out.")]
    Port(String),
    /// Something after the host that is not the API's own path.
    #[error(
        "The address goes on after the server with \u{201c}{0}\u{201d}. Enter only the part in front of it."
    )]
    Path(String),
}

/// Why a sign-in did not work. The text in the sign-in form stays; nothing else is touched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInFailure {
    /// 401 to a name and password.
    #[error("The server does not know this name and password. Check both, or register first.")]
    Unknown,
    /// 401 to a one-time token.
    #[error(
        "This sign-in link was used already or is too old. Restart the local server and open the link that it prints."
    )]
    LinkUsed,
    /// 400 or 401 to an authorization code.
    #[error("The sign-in took too long or its page was used twice. Start again.")]
    CodeRefused,
    /// 409 to a registration.
    #[error("This name is taken. If it is yours, sign in; otherwise choose another one.")]
    NameTaken,
    /// 404 or 405: the server does not offer this way to sign in.
    #[error("This server does not offer this way to sign in. Check the address of the server.")]
    NotOffered,
    /// 400 or 422: the server names what is wrong with the entry.
    #[error("{}", entry_refused(.message.as_deref()))]
    Entry {
        /// The server's words, plain text, at most 140 characters.
        message: Option<Arc<str>>,
    },
    /// Anything that has nothing to do with the entry.
    #[error("{}", not_reached(.0))]
    Failed(Failure),
}

fn entry_refused(message: Option<&str>) -> String {
    match message {
        Some(message) => format!("The server did not take this entry: {message}"),
        None => "The server did not take this entry. Check each field and try again.".into(),
    }
}

fn not_reached(failure: &Failure) -> String {
    let sentence = match &failure.class {
        FailureClass::Offline => {
            "The server cannot be reached. Check its address and your connection, then try again."
        }
        FailureClass::CaptivePortal => {
            "A page of the network answered in place of the server. Sign in to the network, then try again."
        }
        FailureClass::Transient(Transient::Busy) => "The server is busy. Wait a minute, then try again.",
        FailureClass::Uncertain => "No answer came back from the server. Try again.",
        _ => "The server could not complete the sign-in. Try again.",
    };
    let mut text = sentence.to_owned();
    if let Some(message) = &failure.message {
        text.push_str(" It says: ");
        text.push_str(message);
    }
    if let Some(id) = &failure.request_id {
        text.push_str(" (request ");
        text.push_str(id);
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_sign_in_says_what_to_do_and_quotes_the_server() {
        let mut failure = Failure::of(FailureClass::Offline);
        assert!(SignInFailure::Failed(failure.clone()).to_string().contains("Check its address"));
        failure.class = FailureClass::Transient(Transient::ServerProblem);
        failure.message = Some("Disk full".into());
        failure.request_id = Some("r-7".into());
        assert_eq!(
            SignInFailure::Failed(failure).to_string(),
            "The server could not complete the sign-in. Try again. It says: Disk full (request r-7)"
        );
        let entry = SignInFailure::Entry { message: Some("username: Needs 3 characters".into()) };
        assert!(entry.to_string().ends_with("username: Needs 3 characters"));
    }
}
