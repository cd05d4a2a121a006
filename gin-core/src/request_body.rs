//! The body of a request: read at most once, kept for whoever asks again.

use std::{future::poll_fn, pin::Pin};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header::CONTENT_LENGTH};
use http_body::Body as _;

use crate::{
    body::Body,
    extract::{Fault, Rejection},
    problem::Problem,
};

/// The body of a request and how far it was read.
#[derive(Debug)]
pub(crate) enum RequestBody {
    Unread(Body),
    Whole(Bytes),
    Taken,
    Failed(Rejection),
}

impl RequestBody {
    /// The whole body, unless it has more than `limit` octets.
    pub(crate) async fn read(
        &mut self,
        headers: &HeaderMap,
        limit: usize,
    ) -> Result<Bytes, Rejection> {
        if let RequestBody::Unread(body) = self {
            *self = match collect(body, headers, limit).await {
                Ok(bytes) => RequestBody::Whole(bytes),
                Err(rejection) => RequestBody::Failed(rejection),
            };
        }
        match self {
            RequestBody::Whole(bytes) => Ok(bytes.clone()),
            RequestBody::Failed(rejection) => Err(rejection.clone()),
            RequestBody::Taken | RequestBody::Unread(_) => Err(taken()),
        }
    }

    /// The body as a stream; what was read already comes again.
    pub(crate) fn take(&mut self) -> Body {
        match std::mem::replace(self, RequestBody::Taken) {
            RequestBody::Unread(body) => body,
            RequestBody::Whole(bytes) => bytes.into(),
            RequestBody::Taken | RequestBody::Failed(_) => Body::empty(),
        }
    }
}

impl From<Body> for RequestBody {
    fn from(body: Body) -> RequestBody {
        match body.whole() {
            Some(bytes) => RequestBody::Whole(bytes.clone()),
            None => RequestBody::Unread(body),
        }
    }
}

async fn collect(body: &mut Body, headers: &HeaderMap, limit: usize) -> Result<Bytes, Rejection> {
    let declared = declared_length(headers);
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let mut whole = BytesMut::new();
    while let Some(frame) = poll_fn(|task| Pin::new(&mut *body).poll_frame(task)).await {
        let frame = frame.map_err(|_| broken())?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if whole.len() + data.len() > limit {
            return Err(too_large(limit));
        }
        // The usual body comes in one frame, which need not be copied.
        if whole.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limit: usize) -> Rejection {
    let detail =
        format!("the body is larger than {limit} octets; `Group::body_limit` raises the limit");
    Rejection::new(
        Fault::Fatal,
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE).detail(detail),
    )
}

fn broken() -> Rejection {
    let problem =
        Problem::new(StatusCode::BAD_REQUEST).detail("the body was cut off or is malformed");
    Rejection::new(Fault::Fatal, problem)
}

fn taken() -> Rejection {
    let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
        .detail("the body was read as a stream already");
    Rejection::new(Fault::Fatal, problem)
}
