//! The responses to clients whose head h3 refuses, as it is malformed or too large.
//!
//! h3 itself resets the stream of the one and sends an empty response to the other, and the engine never sees the request.

use std::sync::Arc;

use bytes::Bytes;
use h3::error::{Code, StreamError};
use http::Version;
use http::response::Parts;

use crate::connection::Connection;
use crate::content::Body;
use crate::dispatch::Engine;
use crate::failure::Problem;
use crate::response::Response;
use crate::server::http3::frames::{DATA, HEADERS, put_frame};
use crate::server::http3::head::complete;
use crate::server::http3::qpack::{PREFIX, put_field};
use crate::server::refused::respond_without_request;

/// Returns the problem of a client whose head h3 refuses with `error`. Returns `None` if the stream or the connection has ended.
pub(super) fn problem(error: &StreamError) -> Option<Problem> {
    match error {
        StreamError::HeaderTooBig { .. } => Some(Problem::new(431)),
        StreamError::StreamError { code, .. } if *code == Code::H3_MESSAGE_ERROR => {
            Some(Problem::new(400).detail("the head of the request is malformed"))
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
    let mut section = PREFIX.to_vec();
    put_field(&mut section, b":status", head.status.as_str().as_bytes());
    for (name, value) in &head.headers {
        put_field(&mut section, name.as_str().as_bytes(), value.as_bytes());
    }
    let mut bytes = Vec::new();
    put_frame(&mut bytes, HEADERS, &section);
    put_frame(&mut bytes, DATA, body);
    bytes
}
