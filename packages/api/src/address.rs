//! The address of a server: scheme, host, port. Nothing else is ever part of it.
//!
//! Written by hand because `url` and its Unicode tables cost more in the web bundle than this whole
//! crate. International host names are entered in their `xn--` form.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::AddressError;

/// Paths that people paste along with the address and that the client adds by itself.
const API_PATHS: [&str; 2] = ["/api/v1", "/api"];

/// Longest host name that DNS can carry (RFC 1035, 2.3.4).
const HOST_MAX: usize = 253;

/// Longest part of a host name between two dots (RFC 1035, 2.3.4).
const LABEL_MAX: usize = 63;

/// The origin of a server, such as `https://faultmaven.example.com` or `http://127.0.0.1:8787`.
///
/// Equal addresses have equal text: the host is in lower case and a port that the scheme implies is
/// left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerAddress {
    origin: Arc<str>,
    loopback: bool,
}

impl ServerAddress {
    /// Reads what a person typed or pasted. A trailing slash and `/api/v1` are dropped.
    ///
    /// # Errors
    /// [`AddressError`], a sentence for the person.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let scheme =
            |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        let (scheme, implied) = match () {
            () if scheme("http://") => ("http://", 80),
            () if scheme("https://") => ("https://", 443),
            () => return Err(AddressError::Scheme(text.to_owned())),
        };
        let rest = text.get(scheme.len()..).unwrap_or_default();
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(AddressError::UserInfo);
        }
        let bare = path.trim_end_matches('/');
        if !bare.is_empty() && !API_PATHS.contains(&bare) {
            return Err(AddressError::Path(path.to_owned()));
        }
        let (host, port) = split_port(authority);
        let (host, loopback) = read_host(host).ok_or_else(|| AddressError::Host(host.to_owned()))?;
        let port = port
            .map(|port| read_port(port).ok_or_else(|| AddressError::Port(port.to_owned())))
            .transpose()?;
        let origin = match port.filter(|&port| port != implied) {
            Some(port) => format!("{scheme}{host}:{port}"),
            None => format!("{scheme}{host}"),
        };
        Ok(Self { origin: origin.into(), loopback })
    }

    /// The address as text, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Whether the server is on this device.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The address of a resource; `path` starts with a slash.
    pub(crate) fn with_path(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// Splits at the colon of the port, which is not a colon inside the brackets of an IPv6 address.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn read_port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|&port| digits && port != 0)
}

/// The host in its canonical form, and whether it is this device.
fn read_host(text: &str) -> Option<(String, bool)> {
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let ip: Ipv6Addr = inner.parse().ok()?;
        return Some((format!("[{ip}]"), IpAddr::from(ip).is_loopback()));
    }
    let host = text.to_ascii_lowercase();
    // Browsers read a name that ends in a number as an IPv4 address, in octal and hexadecimal too.
    // Only the plain form is taken, so that every platform means the same machine.
    if host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit())) {
        let ip: Ipv4Addr = host.parse().ok()?;
        return Some((ip.to_string(), ip.is_loopback()));
    }
    let label = |label: &str| {
        let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        label.len() <= LABEL_MAX
            && edge(label.as_bytes().first())
            && edge(label.as_bytes().last())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let valid = host.len() <= HOST_MAX && host.split('.').all(label);
    let loopback = host == "localhost" || host.ends_with(".localhost");
    valid.then_some((host, loopback))
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

impl FromStr for ServerAddress {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ServerAddress {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, AddressError> {
        Self::parse(&text)
    }
}

impl From<ServerAddress> for String {
    fn from(address: ServerAddress) -> Self {
        address.origin.as_ref().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_reduced_to_its_origin() {
        for (typed, origin) in [
            ("http://localhost:8787", "http://localhost:8787"),
            ("  HTTPS://FaultMaven.Example.COM/  ", "https://faultmaven.example.com"),
            ("https://example.com:443/api/v1/", "https://example.com"),
            ("http://example.com:443/api", "http://example.com:443"),
            ("http://127.0.0.1:08787", "http://127.0.0.1:8787"),
            ("http://[::1]:8787/", "http://[::1]:8787"),
            ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
            ("http://api_internal:80", "http://api_internal"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(ServerAddress::parse(typed).unwrap().as_str(), origin, "{typed}");
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused_by_name() {
        use AddressError::{Empty, Host, Path, Port, Scheme, UserInfo};
        for (typed, error) in [
            (" ", Empty),
            ("localhost:8787", Scheme("localhost:8787".into())),
            ("ftp://example.com", Scheme("ftp://example.com".into())),
            ("http://", Host(String::new())),
            ("http://:8787", Host(String::new())),
            ("http://user:secret@example.com", UserInfo),
            ("http://a b.example", Host("a b.example".into())),
            ("http://-x.example", Host("-x.example".into())),
            ("http://a..b", Host("a..b".into())),
            ("http://0x7f.1", Host("0x7f.1".into())),
            ("http://256.1.1.1", Host("256.1.1.1".into())),
            ("http://[::1", Host("[:".into())),
            ("http://b\u{fc}cher.example", Host("b\u{fc}cher.example".into())),
            ("http://example.com:0", Port("0".into())),
            ("http://example.com:70000", Port("70000".into())),
            ("http://example.com:+80", Port("+80".into())),
            ("http://example.com:", Port(String::new())),
            ("http://example.com/login", Path("/login".into())),
            ("http://example.com/?x=1", Path("/?x=1".into())),
            ("http://example.com#token", Path("#token".into())),
        ] {
            assert_eq!(ServerAddress::parse(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn this_device_is_recognised_in_all_its_spellings() {
        for here in ["http://localhost", "http://copilot.localhost:1", "http://127.0.0.9", "http://[::1]"] {
            assert!(ServerAddress::parse(here).unwrap().is_loopback(), "{here}");
        }
        for away in ["http://localhost.example", "http://10.0.0.1", "http://[::2]"] {
            assert!(!ServerAddress::parse(away).unwrap().is_loopback(), "{away}");
        }
    }

    #[test]
    fn a_stored_address_is_checked_again_when_it_is_read() {
        let address = ServerAddress::parse("http://localhost:8787").unwrap();
        let stored = serde_json::to_string(&address).unwrap();
        assert_eq!(serde_json::from_str::<ServerAddress>(&stored).unwrap(), address);
        assert!(serde_json::from_str::<ServerAddress>("\"http://u:p@h\"").is_err());
    }
}
