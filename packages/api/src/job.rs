//! Where the result of a 202 is fetched. A `Location` is followed only on the API's own origin
//! (contract 2.4): a job is kept as path and query, so it cannot name another one.

use std::sync::Arc;

use copilot_core::ids::RealId;
use copilot_core::request::Job;

use crate::address::ServerAddress;
use crate::encode::segment;

/// Longest address of a job that is believed.
const PATH_MAX: usize = 2048;

/// Reads the `Location` of a 202 to what was sent to the path `base`.
pub(crate) fn from_location(server: &ServerAddress, base: &str, location: &str) -> Option<Job> {
    let location = location.trim();
    let location = location.split('#').next().unwrap_or_default();
    let path = match location {
        "" => return None,
        _ if has_scheme(location) => on_origin(server, location)?,
        _ if location.starts_with("//") => {
            let scheme = server.as_str().split("//").next().unwrap_or_default();
            on_origin(server, &format!("{scheme}{location}"))?
        }
        _ if location.starts_with('/') => location.to_owned(),
        _ if location.starts_with('?') => format!("{base}{location}"),
        // RFC 3986, 5.2.3: relative to the folder of the path that was asked.
        _ => format!("{}/{location}", parent(base)),
    };
    let job = Job(Arc::from(without_dots(&path)));
    self::path(&job).is_some().then_some(job)
}

/// The job by its name, for a `Location` that the server does not expose to browsers (contract 4.4).
pub(crate) fn from_id(base: &str, id: &str) -> Option<Job> {
    let id = RealId::parse(id).ok()?;
    Some(Job(Arc::from(format!("{base}/jobs/{}", segment(id.as_str())))))
}

/// Path and query of a job; `None` when it could lead off the origin or break a request line.
pub(crate) fn path(job: &Job) -> Option<&str> {
    let path = &*job.0;
    let plain =
        path.len() <= PATH_MAX && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\' && b != b'#');
    (plain && path.starts_with('/') && !path.starts_with("//")).then_some(path)
}

/// Whether a reference begins with `scheme:` (RFC 3986, 3.1).
fn has_scheme(reference: &str) -> bool {
    reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

/// Path and query of an absolute address, if it is on the server's origin.
fn on_origin(server: &ServerAddress, address: &str) -> Option<String> {
    let authority = address.find("//")? + 2;
    let rest = address.get(authority..)?;
    let end = rest.find(['/', '?']).map_or(address.len(), |at| authority + at);
    let (origin, path) = (address.get(..end)?, address.get(end..)?);
    (ServerAddress::parse(origin).ok()? == *server).then(|| path.to_owned())
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Removes `.` and `..` (RFC 3986, 5.2.4), as every HTTP client does before sending.
fn without_dots(path: &str) -> String {
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("/{}{query}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(location: &str) -> Option<String> {
        let server = ServerAddress::parse("https://api.example:8443").unwrap();
        from_location(&server, "/api/v1/cases/c-1/turns", location).map(|job| job.0.as_ref().to_owned())
    }

    #[test]
    fn a_location_on_the_origin_is_followed_in_every_form() {
        for (location, path) in [
            ("/api/v1/cases/c-1/turns/jobs/j", "/api/v1/cases/c-1/turns/jobs/j"),
            ("https://api.example:8443/jobs/j?x=1", "/jobs/j?x=1"),
            ("HTTPS://API.example:8443/jobs/j#part", "/jobs/j"),
            ("//api.example:8443/jobs/j", "/jobs/j"),
            ("turns/jobs/j", "/api/v1/cases/c-1/turns/jobs/j"),
            ("./jobs/../j", "/api/v1/cases/c-1/j"),
            ("../../../../../j", "/j"),
            ("?job=j", "/api/v1/cases/c-1/turns?job=j"),
        ] {
            assert_eq!(read(location).as_deref(), Some(path), "{location}");
        }
    }

    #[test]
    fn a_location_elsewhere_is_not_followed() {
        for location in [
            "",
            "#x",
            "http://api.example:8443/j",
            "https://api.example/j",
            "https://api.example:8443@evil.example/j",
            "https://api.example:8443.evil.example/j",
            "//evil.example/j",
            "/..//evil.example/j",
            "\\\\evil.example/j",
            "/j\r\nX: y",
            "/a b",
            "javascript:alert(1)",
            "data:,x",
        ] {
            assert_eq!(read(location), None, "{location}");
        }
    }

    #[test]
    fn a_job_that_was_tampered_with_has_no_path() {
        for bad in ["//evil.example", "https://evil.example", "", "/a\\b", "/\u{e4}"] {
            assert_eq!(path(&Job(bad.into())), None, "{bad}");
        }
    }
}
