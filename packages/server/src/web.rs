//! Serves the built web bundle: plain files from one folder, with the headers that keep a page harmless.
//!
//! Nothing is rendered or rewritten here, and no address leads out of the folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// What a page of this server may load and who may frame it.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: https:; connect-src 'self' http: https:; frame-ancestors 'self'; base-uri 'none'; \
     object-src 'none'; form-action 'none'";

/// Encodings that a file may lie beside itself in, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// Serves the file of `uri`, or 404.
pub(crate) async fn serve(folder: PathBuf, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return secured((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response());
    }
    let Some(file) = place(&folder, uri.path()) else {
        return missing();
    };
    let head_only = method == Method::HEAD;
    let response = tokio::task::spawn_blocking(move || read(&folder, &file, &headers, head_only)).await;
    match response {
        Ok(Ok(response)) => secured(response),
        _ => missing(),
    }
}

fn missing() -> Response {
    secured((StatusCode::NOT_FOUND, "This page isn't here.").into_response())
}

fn secured(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// The file that a path names. Only plain segments are followed: no `..`, no hidden files, no drive letters.
fn place(folder: &Path, path: &str) -> Option<PathBuf> {
    let decoded = percent_decode(path)?;
    let mut file = folder.to_owned();
    let mut segments = decoded.split('/').filter(|segment| !segment.is_empty()).peekable();
    if segments.peek().is_none() {
        return Some(file.join("index.html"));
    }
    for segment in segments {
        if segment.starts_with('.') || segment.contains(['\\', ':', '\0']) {
            return None;
        }
        file.push(segment);
    }
    Some(file)
}

fn percent_decode(path: &str) -> Option<String> {
    let mut bytes = path.bytes();
    let mut decoded = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            let text = std::str::from_utf8(&digits).ok()?;
            decoded.push(u8::from_str_radix(text, 16).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

fn read(folder: &Path, file: &Path, headers: &HeaderMap, head_only: bool) -> io::Result<Response> {
    // Links inside the folder may not lead out of it either.
    let real = fs::canonicalize(file)?;
    if !real.starts_with(fs::canonicalize(folder)?) {
        return Err(io::ErrorKind::NotFound.into());
    }
    let (chosen, encoding) = variant(&real, headers);
    let facts = fs::metadata(&chosen)?;
    if !facts.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let changed = facts.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let tag = format!("\"{:x}-{changed:x}{}\"", facts.len(), encoding.unwrap_or_default());
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if head_only {
        ([(header::CONTENT_LENGTH, facts.len().to_string())], Body::empty()).into_response()
    } else {
        Body::from(fs::read(&chosen)?).into_response()
    };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&real)));
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

/// The compressed sibling that the client accepts, else the file itself.
fn variant(file: &Path, headers: &HeaderMap) -> (PathBuf, Option<&'static str>) {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    for (encoding, ending) in ENCODINGS {
        let mut sibling = file.as_os_str().to_owned();
        sibling.push(".");
        sibling.push(ending);
        let sibling = PathBuf::from(sibling);
        if accepts(accepted, encoding) && sibling.is_file() {
            return (sibling, Some(encoding));
        }
    }
    (file.to_owned(), None)
}

fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let refused =
            parts.any(|part| part.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0));
        named && !refused
    })
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

fn content_type(file: &Path) -> &'static str {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let folder = Path::new("/bundle");
        assert_eq!(place(folder, "/"), Some(PathBuf::from("/bundle/index.html")));
        assert_eq!(place(folder, "/assets/app.js"), Some(PathBuf::from("/bundle/assets/app.js")));
        for bad in [
            "/../secret",
            "/%2e%2e/secret",
            "/a/..%2fsecret",
            "/.env",
            "/a\\..\\b",
            "/c:/x",
            "/%00",
            "/%zz",
            "/%2",
        ] {
            assert_eq!(place(folder, bad), None, "{bad}");
        }
    }

    #[test]
    fn an_encoding_with_weight_zero_is_refused() {
        assert!(accepts("gzip, br;q=0.9", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("", "gzip"));
    }
}
