//! HTTP/1.1 as far as the client needs it to prepare its load.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

const TIMEOUT: Duration = Duration::from_secs(60);

/// A response as it came.
pub(crate) struct Response {
    /// The head, with the empty line.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn status_line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = fields.find(|(field, _)| field.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }
}

/// Connects to a server. A server that is stuck is an error after a minute.
pub(crate) fn connect(address: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    Ok(stream)
}

/// A request without a body. Each of `headers` ends in a line break.
pub(crate) fn request(method: &str, path: &str, headers: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\naccept: */*\r\naccept-encoding: gzip, br\r\n{headers}\r\n"
    )
    .into_bytes()
}

/// Sends a request on a new connection and reads the response.
pub(crate) fn send(address: &str, request: &[u8]) -> Result<Response> {
    let mut stream = connect(address)?;
    stream.write_all(request)?;
    receive(&mut stream)
}

/// Reads a response whose head says how long it is.
pub(crate) fn receive(stream: &mut TcpStream) -> Result<Response> {
    let mut response = Response {
        head: receive_head(stream)?,
        body: Vec::new(),
    };
    // RFC 9110 §8.6: a 304 may have the length that a 200 would have.
    let has_body = !["101", "204", "304"]
        .iter()
        .any(|status| response.status_line().contains(status));
    if has_body {
        let length = response.header("content-length");
        let length = length.with_context(|| format!("no length: {}", response.head))?;
        response.body = vec![0; length.parse()?];
        stream.read_exact(&mut response.body)?;
    }
    Ok(response)
}

/// Reads the head of a response, and nothing of its body.
pub(crate) fn receive_head(stream: &mut TcpStream) -> Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend(byte);
        ensure!(head.len() < 16 << 10, "the head of a response does not end");
    }
    Ok(String::from_utf8(head)?)
}
