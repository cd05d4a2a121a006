//! The record of one request.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::incidents::Incident;

/// The bodies that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// None: only their bytes are counted.
    Counted,
    /// The first [`Capture::MAX`] bytes of each: `--record-bodies`.
    Kept,
}

/// A request, and what became of it. All durations count from its arrival.
#[derive(Clone)]
pub(crate) struct Record {
    /// The number of the request in this run, counted from 0.
    pub(crate) id: u64,
    pub(crate) received_at: SystemTime,
    /// The attempt whose app got the request; until then, the one that was shown or under way when it came.
    pub(crate) attempt: u64,
    pub(crate) method: Method,
    pub(crate) target: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) upload: Capture,
    /// The id of the request that this one repeats.
    pub(crate) repeats: Option<u64>,
    /// `true` if it waited for a build or for the start of the app.
    pub(crate) has_waited: bool,
    /// The time from its arrival until it was forwarded. `None` if it never was.
    pub(crate) held: Option<Duration>,
    pub(crate) response: Option<ResponseHead>,
    pub(crate) download: Capture,
    /// The failure inside the app, if it reported one.
    pub(crate) incident: Option<Arc<Incident>>,
    /// `None` while the exchange goes on.
    pub(crate) completion: Option<Completion>,
    pub(super) began: Instant,
}

/// The head of a response.
#[derive(Clone)]
pub(crate) struct ResponseHead {
    pub(crate) status: StatusCode,
    /// The app's fields: empty if there is no response of the app.
    pub(crate) headers: HeaderMap,
    pub(crate) after: Duration,
    /// The reason why the dev server responded in place of the app, if it did.
    pub(crate) in_place: Option<InPlace>,
}

/// The reason why the dev server responds in place of the app. As an extension of a response it gets into the record.
#[derive(Clone, Debug)]
pub(crate) struct InPlace(pub(crate) String);

/// The incident of a request, and the app's response to it. As an extension of a response it gets into the record.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    pub(crate) incident: Arc<Incident>,
    /// The response in whose place the dev server shows the incident, if it does.
    pub(crate) replaced: Option<(HeaderMap, Bytes)>,
}

/// The end of an exchange.
#[derive(Clone, Copy)]
pub(crate) struct Completion {
    pub(crate) after: Duration,
    /// `true` if the whole response passed.
    pub(crate) is_whole: bool,
}

/// A body that passed.
#[derive(Clone, Default)]
pub(crate) struct Capture {
    /// The length of the body in bytes.
    pub(crate) length: u64,
    /// Its first bytes, if bodies are kept.
    pub(crate) kept: BytesMut,
}

impl Record {
    /// Returns the record of a request that has just arrived.
    pub(super) fn new(id: u64, attempt: u64, head: &Parts) -> Record {
        Record {
            id,
            received_at: SystemTime::now(),
            attempt,
            method: head.method.clone(),
            target: head.uri.clone(),
            headers: head.headers.clone(),
            upload: Capture::default(),
            repeats: None,
            has_waited: false,
            held: None,
            response: None,
            download: Capture::default(),
            incident: None,
            completion: None,
            began: Instant::now(),
        }
    }
}

impl Capture {
    /// The most bytes that are kept of a body.
    pub(crate) const MAX: usize = 64 * 1024;

    /// Returns `true` if all bytes of the body are kept.
    pub(crate) fn is_whole(&self) -> bool {
        self.kept.len() as u64 == self.length
    }

    /// Adds a chunk that passes.
    pub(crate) fn add(&mut self, chunk: &Bytes, bodies: Bodies) {
        self.length += chunk.len() as u64;
        if bodies == Bodies::Kept {
            let room = Self::MAX.saturating_sub(self.kept.len());
            self.kept.extend_from_slice(&chunk[..room.min(chunk.len())]);
        }
    }
}
