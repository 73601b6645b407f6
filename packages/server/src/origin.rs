//! Who may talk to this server: `Host` against DNS rebinding, `Origin` against foreign pages, and the CORS headers of
//! contract 4.4 that go on every answer, errors included.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};

/// Names under which a loopback server may be addressed.
const LOOPBACK_NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// Origins of browser extensions. Their ids differ per installation, so the scheme is all that can be checked.
const EXTENSION_SCHEMES: [&str; 2] = ["chrome-extension://", "moz-extension://"];

/// Every answer header that contract 2.0.0 names: a header that is not exposed reads as absent.
const EXPOSED: &str = "Retry-After, Location, Date, Link, WWW-Authenticate, X-Request-ID, X-Correlation-ID, x-error-code, \
     x-expected-version, x-actual-version, X-Idempotency-Replayed, X-Title-Source, X-RateLimit-Limit, \
     X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-Window, X-Total-Count, X-Message-Count, X-Retrieved-Count, \
     X-Storage-Status";

/// Whether the request is addressed to this server by a loopback name and its own port. A page on a foreign domain that
/// resolves to 127.0.0.1 carries its own name here.
///
/// A server that is open to a network is also addressed by number: a foreign name that resolves to it is still a name.
pub(crate) fn host_is_ours(headers: &HeaderMap, uri: &Uri, port: u16, exposed: bool) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let ours = |authority: &str| {
        is_loopback_authority(authority, Some(port)) || (exposed && is_number_authority(authority, port))
    };
    let named = host.to_str().is_ok_and(ours);
    let absolute = uri.authority().is_none_or(|authority| ours(authority.as_str()));
    named && absolute
}

/// Whether an authority is an IP address with this port.
fn is_number_authority(authority: &str, port: u16) -> bool {
    match authority.parse::<SocketAddr>() {
        Ok(address) => address.port() == port,
        Err(_) => port == 80 && authority.parse::<IpAddr>().is_ok(),
    }
}

/// Whether `origin` is a page that was served under the address `host`.
pub(crate) fn is_page_of(origin: &str, host: Option<&HeaderValue>) -> bool {
    let authority = origin.strip_prefix("http://");
    authority.is_some() && authority == host.and_then(|host| host.to_str().ok())
}

/// The address without slashes at its end.
pub(crate) fn without_slash(uri: Uri) -> Uri {
    let path = uri.path().trim_end_matches('/');
    if path.is_empty() || path.len() == uri.path().len() {
        return uri;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let shorter = format!("{path}{query}").parse();
    shorter.unwrap_or(uri)
}

/// Whether `origin` may use this server: loopback pages of any port, and browser extensions.
pub(crate) fn origin_is_allowed(origin: &str) -> bool {
    if let Some(authority) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) {
        return is_loopback_authority(authority, None);
    }
    EXTENSION_SCHEMES.iter().any(|scheme| {
        origin.strip_prefix(scheme).is_some_and(|id| {
            !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    })
}

/// `name` or `name:port`; with `port` given it must be that one.
fn is_loopback_authority(authority: &str, port: Option<u16>) -> bool {
    LOOPBACK_NAMES.iter().any(|name| {
        let Some((head, rest)) = authority.split_at_checked(name.len()) else {
            return false;
        };
        if !head.eq_ignore_ascii_case(name) {
            return false;
        }
        let given = match rest.strip_prefix(':') {
            Some(digits) => {
                digits.parse::<u16>().ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_digit()))
            }
            None if rest.is_empty() => Some(80),
            None => None,
        };
        match port {
            Some(port) => given == Some(port),
            None => given.is_some(),
        }
    })
}

/// The `Origin` of a request, when it has one.
pub(crate) fn origin_of(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(header::ORIGIN).cloned()
}

/// Puts the CORS headers on an answer to `origin`, which must have been allowed.
pub(crate) fn allow(headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

/// Whether a request asks for permission only.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(header::ORIGIN)
}

/// Puts the permissions on the answer to a preflight request.
pub(crate) fn permit(headers: &mut HeaderMap, request: &HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, DELETE, OPTIONS"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("Authorization, Content-Type, X-Session-Id, Idempotency-Key"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if request.contains_key("access-control-request-private-network") {
        headers.insert("access-control-allow-private-network", HeaderValue::from_static("true"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(value).unwrap());
        host_is_ours(&headers, &Uri::from_static("/"), 8787, false)
    }

    #[test]
    fn a_server_on_a_network_is_addressed_by_number_and_by_no_foreign_name() {
        let ours = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_str(value).unwrap());
            host_is_ours(&headers, &Uri::from_static("/"), 8787, true)
        };
        assert!(ours("192.168.1.5:8787") && ours("[fe80::1]:8787") && ours("localhost:8787"));
        assert!(
            !ours("192.168.1.5:80") && !ours("evil.example:8787") && !ours("192.168.1.5.evil.example:8787")
        );
    }

    #[test]
    fn slashes_at_the_end_go_and_the_query_stays() {
        let short = |text: &'static str| without_slash(Uri::from_static(text)).to_string();
        assert_eq!(short("/api/v1/cases/?page=2"), "/api/v1/cases?page=2");
        assert_eq!(short("/"), "/");
    }

    #[test]
    fn only_loopback_names_with_the_bound_port_are_hosts() {
        for good in ["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787"] {
            assert!(host(good), "{good}");
        }
        for bad in [
            "evil.example:8787",
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost.evil.example:8787",
            "127.0.0.1:8787x",
            "",
        ] {
            assert!(!host(bad), "{bad}");
        }
    }

    #[test]
    fn only_loopback_pages_and_extensions_are_origins() {
        for good in [
            "http://127.0.0.1:8787",
            "http://localhost:5173",
            "https://localhost",
            "chrome-extension://abcdef",
            "moz-extension://0a-1b",
        ] {
            assert!(origin_is_allowed(good), "{good}");
        }
        for bad in [
            "null",
            "https://evil.example",
            "http://localhost.evil.example",
            "chrome-extension://",
            "http://127.0.0.1@evil.example",
            "file://",
        ] {
            assert!(!origin_is_allowed(bad), "{bad}");
        }
    }
}
