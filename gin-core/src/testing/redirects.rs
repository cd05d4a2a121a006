//! The requests that redirects lead to.

use bytes::{Bytes, BytesMut};
use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, TRANSFER_ENCODING,
};
use http::{Method, Request, StatusCode, Uri};
use http_body::Body as _;

use crate::content::Body;
use crate::response::Response;

/// The most redirects in a row that are followed.
pub(super) const MOST: usize = 10;

/// Returns the request that a client sends next after `response` to `request`, if that is a redirect within the app
/// (RFC 9110 §15.4).
pub(super) fn following(request: &Request<Bytes>, response: &Response) -> Option<Request<Bytes>> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let target = resolve(request, location)?;
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    let becomes_get = match response.status() {
        StatusCode::SEE_OTHER => !is_get,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => *request.method() == Method::POST,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return None,
    };
    let mut next = request.clone();
    *next.uri_mut() = target;
    if becomes_get {
        *next.method_mut() = Method::GET;
        *next.body_mut() = Bytes::new();
        for name in [
            CONTENT_ENCODING,
            CONTENT_LENGTH,
            CONTENT_TYPE,
            TRANSFER_ENCODING,
        ] {
            next.headers_mut().remove(name);
        }
    }
    Some(next)
}

/// Returns the path and the query of `location`, or `None` if it is on another host (RFC 3986 §5.2).
fn resolve(request: &Request<Bytes>, location: &str) -> Option<Uri> {
    let location = location.split('#').next().unwrap_or_default();
    let host = request.headers().get(HOST)?.to_str().ok()?;
    let path = request.uri().path();
    let after_scheme = location
        .strip_prefix("http:")
        .or(location.strip_prefix("https:"));
    let target = match after_scheme.unwrap_or(location).strip_prefix("//") {
        Some(authority) => match authority.strip_prefix(host)? {
            "" => "/".to_owned(),
            rest if rest.starts_with('?') => format!("/{rest}"),
            rest if rest.starts_with('/') => rest.to_owned(),
            _ => return None,
        },
        None if location.starts_with('/') => location.to_owned(),
        None if location.starts_with('?') => format!("{path}{location}"),
        None if location.is_empty() => request.uri().to_string(),
        None => {
            let (directory, _) = path.rsplit_once('/')?;
            without_dots(&format!("{directory}/{location}"))
        }
    };
    target.parse().ok()
}

/// Removes the segments `.` and `..` (RFC 3986 §5.2.4).
fn without_dots(target: &str) -> String {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (target, String::new()),
    };
    let mut segments = Vec::new();
    let mut parts = path.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        match part {
            "." if is_last => segments.push(""),
            "." => {}
            ".." => {
                segments.pop();
                segments.extend(is_last.then_some(""));
            }
            part => segments.push(part),
        }
    }
    format!("/{}{query}", segments.join("/"))
}

/// Reads a body that may have to be sent again.
pub(super) async fn collect(mut body: Body) -> Bytes {
    let mut bytes = BytesMut::new();
    while let Some(frame) =
        std::future::poll_fn(|task| std::pin::Pin::new(&mut body).poll_frame(task)).await
    {
        match frame {
            Ok(frame) => bytes.extend_from_slice(&frame.into_data().unwrap_or_default()),
            Err(error) => panic!("the body of the request broke off: {error}"),
        }
    }
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;

    use super::resolve;

    #[test]
    fn a_location_is_resolved_against_the_target() {
        let request = Request::get("/a/b?q=1").header("host", "localhost");
        let request = request.body(Bytes::new()).expect("it is a request");
        for (location, expected) in [
            ("/c", Some("/c")),
            ("/c#top", Some("/c")),
            ("c?x=1", Some("/a/c?x=1")),
            ("./c", Some("/a/c")),
            ("../c/", Some("/c/")),
            ("../../../c", Some("/c")),
            ("..", Some("/")),
            (".", Some("/a/")),
            ("?p=2", Some("/a/b?p=2")),
            ("", Some("/a/b?q=1")),
            ("http://localhost", Some("/")),
            ("http://localhost/c", Some("/c")),
            ("https://localhost?x", Some("/?x")),
            ("//localhost/c", Some("/c")),
            ("http://localhost.evil.example/", None),
            ("http://localhost:81/", None),
            ("https://example.com/", None),
            ("//example.com/", None),
        ] {
            let target = resolve(&request, location).map(|uri| uri.to_string());
            assert_eq!(target.as_deref(), expected, "{location}");
        }
    }
}
