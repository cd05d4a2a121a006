//! The responses to clients whose head h3 refuses, as it is malformed or too large.
//!
//! h3 itself resets the stream of the one and sends an empty response to the other, and the engine never sees the request.

use std::sync::Arc;

use bytes::{BufMut, Bytes};
use h3::error::{Code, StreamError};
use http::Version;
use http::response::Parts;

use crate::connection::Connection;
use crate::content::Body;
use crate::dispatch::Engine;
use crate::failure::Problem;
use crate::response::Response;
use crate::server::http3::head::complete;
use crate::server::refused::respond_without_request;

/// The words by which h3 says that `Host` and `:authority` differ.
const CONTRADICTION: &str = "authority field are in contradiction";

/// The types of frames (RFC 9114 §7.2).
const DATA: u8 = 0;
const HEADERS: u8 = 1;

/// Returns the problem of a client whose head h3 refuses with `error`. Returns `None` if the stream or the connection has ended.
pub(super) fn problem(error: &StreamError) -> Option<Problem> {
    match error {
        StreamError::HeaderTooBig { .. } => Some(Problem::new(431)),
        StreamError::StreamError { code, reason, .. } if *code == Code::H3_MESSAGE_ERROR => {
            let detail = if reason.contains(CONTRADICTION) {
                "the Host is not the authority"
            } else {
                "the head of the request is malformed"
            };
            Some(Problem::new(400).detail(detail))
        }
        _ => None,
    }
}

/// Returns the bytes of the response, in the form that the engine gives to its errors.
pub(super) async fn response(
    engine: &Engine,
    connection: &Arc<Connection>,
    problem: Problem,
) -> Vec<u8> {
    let (head, body) = respond_without_request(engine, connection, Version::HTTP_3, problem).await;
    let mut response = Response::from_parts(head, Body::from(body.clone()));
    complete(&mut response);
    encode(&response.into_parts().0, &body)
}

/// Returns the frames of a response. h3 encodes none for a request that it has refused.
fn encode(head: &Parts, body: &Bytes) -> Vec<u8> {
    // RFC 9204 §4.5.1: the fields refer to no table.
    let mut section = vec![0, 0];
    put_field(&mut section, b":status", head.status.as_str().as_bytes());
    for (name, value) in &head.headers {
        put_field(&mut section, name.as_str().as_bytes(), value.as_bytes());
    }
    let mut bytes = Vec::with_capacity(section.len() + body.len() + 18);
    for (kind, payload) in [(HEADERS, &section[..]), (DATA, body)] {
        bytes.put_u8(kind);
        put_length(&mut bytes, payload.len());
        bytes.put_slice(payload);
    }
    bytes
}

/// Writes a field as a literal with a literal name (RFC 9204 §4.5.6).
fn put_field(section: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    const LITERAL: u8 = 0b0010_0000;
    put_integer(section, LITERAL, 3, name.len());
    section.put_slice(name);
    put_integer(section, 0, 7, value.len());
    section.put_slice(value);
}

/// Writes an integer after the flags in the first byte, which leave it `bits` (RFC 7541 §5.1).
fn put_integer(section: &mut Vec<u8>, flags: u8, bits: u32, integer: usize) {
    let most = (1_u8 << bits) - 1;
    match u8::try_from(integer) {
        Ok(integer) if integer < most => section.put_u8(flags | integer),
        _ => {
            section.put_u8(flags | most);
            let mut rest = integer - usize::from(most);
            while rest >= 0x80 {
                section.put_u8(0x80 | low_byte(rest));
                rest >>= 7;
            }
            section.put_u8(low_byte(rest));
        }
    }
}

fn low_byte(integer: usize) -> u8 {
    let [low, ..] = integer.to_le_bytes();
    low
}

/// Writes the length of a frame (RFC 9000 §16), always in eight bytes.
fn put_length(bytes: &mut Vec<u8>, length: usize) {
    const EIGHT_BYTES: u64 = 0b11 << 62;
    bytes.put_u64(EIGHT_BYTES | length as u64);
}
