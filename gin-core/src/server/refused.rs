//! The responses to clients whose head hyper refuses, as it is malformed or too large.
//!
//! hyper sends them itself, with no body, and the engine never sees the request. So the socket withholds what looks like one of
//! them, and the server sends a problem in its place once hyper has reported the error.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderName, Request, Version, header};
use httpdate::fmt_http_date;
use tokio::io::AsyncWriteExt;

use crate::connection::Connection;
use crate::content::Body;
use crate::dispatch::Engine;
use crate::failure::Problem;
use crate::request::{Context, RequestBody};
use crate::response::respond;
use crate::server::io::ObservedSocket;
use crate::server::linger::{close, linger};
use crate::server::protocol::Session;

/// The largest body of a response to a refused head, in bytes.
const LARGEST: usize = 64 << 10;

/// The end of hyper's response, in which only the date varies.
const BEFORE_DATE: &[u8] = b"\r\nconnection: close\r\ncontent-length: 0\r\ndate: ";
const DATE_LENGTH: usize = 29;
const AFTER_DATE: &[u8] = b"\r\n\r\n";

/// The start of hyper's responses.
const STARTS: [&[u8]; 3] = [
    b"HTTP/1.1 400 Bad Request",
    b"HTTP/1.1 414 URI Too Long",
    b"HTTP/1.1 431 Request Header Fields Too Large",
];

/// Returns the place in `bytes` where they end in what may be hyper's response to a refused head.
///
/// A body may end in the same bytes, so that they are only withheld until hyper shows which of the two they are.
pub(crate) fn find_refusal(bytes: &[u8]) -> Option<usize> {
    // Almost nothing gets further.
    let rest = bytes.strip_suffix(AFTER_DATE)?;
    let length = rest.len().checked_sub(DATE_LENGTH)?;
    let rest = rest.get(..length)?.strip_suffix(BEFORE_DATE)?;
    let start = STARTS.iter().find(|start| rest.ends_with(start))?;
    Some(rest.len() - start.len())
}

/// Returns the problem of a client that gets `withheld` from hyper.
fn problem(withheld: &[u8]) -> Problem {
    match withheld.get(9..12) {
        Some(b"414") => Problem::new(414),
        Some(b"431") => Problem::new(431),
        _ => Problem::new(400).detail("the head of the request is malformed"),
    }
}

impl Session {
    /// Closes the connection after hyper has served it. If hyper has refused the last head, the client gets a problem.
    pub(super) async fn finish(&self, socket: ObservedSocket, error: Option<&hyper::Error>) {
        let (mut socket, withheld) = socket.into_parts();
        if withheld.is_empty() {
            return linger(socket).await;
        }
        let bytes = match error {
            Some(error) if error.is_parse() => self.refuse(&withheld).await,
            _ => withheld,
        };
        if socket.write_all(&bytes).await.is_ok() {
            close(socket).await;
        }
    }

    /// Returns the response to a head that is refused, in the form that the engine gives to its errors.
    async fn refuse(&self, withheld: &[u8]) -> Vec<u8> {
        let problem = problem(withheld);
        let version = Version::HTTP_11;
        let (head, body) =
            respond_without_request(&self.engine, &self.connection, version, problem).await;
        encode(&head, &body)
    }
}

/// Returns the response to a client whose request is not known, in the form that the engine gives to its errors.
pub(super) async fn respond_without_request(
    engine: &Engine,
    connection: &Arc<Connection>,
    version: Version,
    problem: Problem,
) -> (Parts, Bytes) {
    let (mut head, ()) = Request::new(()).into_parts();
    head.version = version;
    let body = RequestBody::from(Body::empty());
    let mut cx = Context::new(head, body, connection.clone(), engine.site());
    let response = respond(&mut cx, problem);
    let (head, body) = response.into_parts();
    // A hook may have made a stream that fails. The client then gets the status alone.
    let body = body.collect_bytes(LARGEST).await.unwrap_or_default();
    (head, body)
}

/// Returns the response as it is sent. It is the last one on its connection.
fn encode(head: &Parts, body: &Bytes) -> Vec<u8> {
    let date = fmt_http_date(SystemTime::now());
    let mut bytes = format!(
        "HTTP/1.1 {}\r\nconnection: close\r\ncontent-length: {}\r\ndate: {date}\r\n",
        head.status,
        body.len()
    )
    .into_bytes();
    for (name, value) in head.headers.iter().filter(|(name, _)| !is_own(name)) {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            bytes.extend_from_slice(part);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// Returns `true` for a header that the server sets.
fn is_own(name: &HeaderName) -> bool {
    *name == header::CONNECTION
        || *name == header::CONTENT_LENGTH
        || *name == header::DATE
        || *name == header::TRANSFER_ENCODING
}

#[cfg(test)]
mod tests {
    use super::find_refusal;

    #[test]
    fn only_the_end_of_a_write_may_be_a_refusal() {
        let refusal = "HTTP/1.1 414 URI Too Long\r\nconnection: close\r\ncontent-length: 0\r\n\
                       date: Sat, 28 Nov 2026 22:22:22 GMT\r\n\r\n";
        assert_eq!(find_refusal(refusal.as_bytes()), Some(0));
        assert_eq!(find_refusal(format!("hello{refusal}").as_bytes()), Some(5));
        let others = [
            String::new(),
            "\r\n\r\n".to_owned(),
            format!("{refusal}x"),
            refusal.replace("414", "415"),
            refusal.replace("length: 0", "length: 1"),
            refusal.get(1..).expect("it is long").to_owned(),
        ];
        for other in others {
            assert_eq!(find_refusal(other.as_bytes()), None, "{other}");
        }
    }
}
