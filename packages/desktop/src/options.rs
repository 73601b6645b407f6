//! What the program is started with.

use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser};
use copilot_api::ServerAddress;

use crate::surface::Surface;

/// FaultMaven Copilot in a window of its own. A second start brings the open window forward.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Environment:\n  \
        COPILOT_LOG  what to log, such as info or copilot_runtime=debug [default: warn]\n\n\
        Exit codes: 0 after the window was closed, or when an open window was brought forward; 1 when no window \
        can be opened; 2 for a wrong command line."
)]
pub(crate) struct Options {
    /// Folder for cases, drafts and settings [default: a folder of this program in the user's data folder]
    #[arg(long, value_name = "DIR", value_parser = folder)]
    pub(crate) data: Option<PathBuf>,
    /// Server that is offered for signing in, or the link that copilot-server prints at its start, which signs in
    #[arg(long, value_name = "URL", value_parser = ServerLink::parse)]
    pub(crate) server: Option<ServerLink>,
    /// Forget where the window was and how large
    #[arg(long)]
    pub(crate) reset_window: bool,
}

impl Options {
    /// Reads the command line; says what is wrong with it, or what it can be, and ends.
    pub(crate) fn read(surface: Surface) -> Self {
        let arguments = Self::command().name(surface.name()).bin_name(surface.name()).get_matches();
        Self::from_arg_matches(&arguments).unwrap_or_else(|error| error.exit())
    }
}

/// An empty path would be the folder that the program happens to be started in.
fn folder(text: &str) -> Result<PathBuf, String> {
    if text.trim().is_empty() {
        return Err("it is empty; name a folder".to_owned());
    }
    Ok(PathBuf::from(text))
}

/// A server, and what signs in there once.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ServerLink {
    pub(crate) address: ServerAddress,
    pub(crate) token: Option<String>,
}

impl ServerLink {
    fn parse(text: &str) -> Result<Self, String> {
        let (address, query) = text.split_once('?').map_or((text, ""), |(address, query)| (address, query));
        let token = query.split('&').find_map(|part| part.strip_prefix("token="));
        Ok(Self {
            address: ServerAddress::parse(address).map_err(|error| error.to_string())?,
            token: token.filter(|token| !token.is_empty()).map(str::to_owned),
        })
    }
}

impl std::fmt::Debug for ServerLink {
    /// Without the token: what is printed may end in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ServerLink").field(&self.address.as_str()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Options, String> {
        Options::try_parse_from([&["copilot-desktop"], arguments].concat()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_start_link_is_an_address_and_a_token() {
        let options = read(&["--server", "http://127.0.0.1:8787/?token=st_1"]).unwrap();
        let link = options.server.unwrap();
        assert_eq!((link.address.as_str(), link.token.as_deref()), ("http://127.0.0.1:8787", Some("st_1")));
        assert!(!format!("{link:?}").contains("st_1"));
        let options = read(&["--server", "https://faults.example.com"]).unwrap();
        assert_eq!(options.server.unwrap().token, None);
    }

    #[test]
    fn bad_input_gets_a_sentence_that_names_it() {
        for (arguments, says) in [
            (vec!["--server", "not an address"], "--server"),
            (vec!["--server", ""], "--server"),
            (vec!["--data", " "], "name a folder"),
            (vec!["--window"], "--window"),
            (vec!["file.log"], "file.log"),
        ] {
            let error = read(&arguments).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
