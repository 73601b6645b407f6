//! Who may talk to this server: `Host` against DNS rebinding, `Origin` against foreign pages, and the CORS headers of
//! contract 4.4 that go on every answer, errors included.

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
pub(crate) fn host_is_ours(headers: &HeaderMap, uri: &Uri, port: u16) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let named = host.to_str().is_ok_and(|host| is_loopback_authority(host, Some(port)));
    let absolute =
        uri.authority().is_none_or(|authority| is_loopback_authority(authority.as_str(), Some(port)));
    named && absolute
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
        host_is_ours(&headers, &Uri::from_static("/"), 8787)
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
