//! Sign-in links, as the local server prints them: `http://127.0.0.1:8787/?token=…`.
//!
//! A page that is opened by one finds the token in its address. Where no page can be opened by a link, in an extension or a
//! native window, the person puts it where the address of the server goes.

use copilot_api::{Secret, ServerAddress};

const TOKEN: &str = "/?token=";

/// The server and the one-time token of a link; `None` when the text is none.
pub(super) fn parse(text: &str) -> Option<(ServerAddress, Secret)> {
    let (address, token) = text.trim().split_once(TOKEN)?;
    Some((ServerAddress::parse(address).ok()?, Secret::new(token)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_a_server_and_a_token_and_nothing_else_is_a_link() {
        let (address, token) = parse(" http://127.0.0.1:8787/?token=abc123 ").unwrap();
        assert_eq!((address.as_str(), token.reveal()), ("http://127.0.0.1:8787", "abc123"));
        for text in
            ["http://127.0.0.1:8787/", "http://127.0.0.1:8787/?token=", "/?token=abc", "ftp://x/?token=a"]
        {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
