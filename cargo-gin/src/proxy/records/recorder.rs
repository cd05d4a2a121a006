//! The recorder: it keeps the records of the last requests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Response};
use http_body_util::BodyExt as _;
use tokio::sync::watch;

use crate::proxy::records::record::{Bodies, Completion, Happened, InPlace, Record, ResponseHead};
use crate::proxy::streams::{Body, Observed, Observer};

/// A recorder of the last [`Recorder::LENGTH`] requests.
#[derive(Clone)]
pub(crate) struct Recorder {
    ring: Arc<Mutex<Ring>>,
    bodies: Bodies,
    /// The number of times that a request was received, got its response's head, or was completed.
    revision: watch::Sender<u64>,
}

/// Records with successive ids, the oldest first.
#[derive(Default)]
struct Ring {
    records: VecDeque<Record>,
    next: u64,
}

impl Recorder {
    /// The most requests that are kept.
    pub(crate) const LENGTH: usize = 100;

    /// Returns a recorder without records.
    pub(crate) fn new(bodies: Bodies) -> Recorder {
        Recorder {
            ring: Arc::default(),
            bodies,
            revision: watch::Sender::default(),
        }
    }

    /// Returns a channel whose value grows whenever a request is received, gets its response's head, or is completed.
    pub(crate) fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Records a request that has just arrived during `attempt`.
    pub(crate) fn begin(&self, attempt: u64, head: &Parts) -> Pending {
        let mut ring = self.ring();
        let id = ring.next;
        ring.next += 1;
        if ring.records.len() == Self::LENGTH {
            ring.records.pop_front();
        }
        ring.records.push_back(Record::new(id, attempt, head));
        drop(ring);
        self.notify();
        Pending(Trace {
            recorder: self.clone(),
            id,
        })
    }

    /// Forgets all records. Requests that are under way are recorded no longer.
    pub(crate) fn clear(&self) {
        self.ring().records.clear();
        self.notify();
    }

    /// Maps all records, the newest first.
    pub(crate) fn map<T>(&self, map: impl FnMut(&Record) -> T) -> Vec<T> {
        self.ring().records.iter().rev().map(map).collect()
    }

    /// Returns the record with this id, if it is still kept.
    pub(crate) fn record(&self, id: u64) -> Option<Record> {
        self.ring().find(id).map(|record| record.clone())
    }

    fn notify(&self) {
        // Without a page that is open, nobody follows the records.
        if self.revision.receiver_count() > 0 {
            self.revision.send_modify(|revision| *revision += 1);
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn find(&mut self, id: u64) -> Option<&mut Record> {
        let first = self.records.front()?.id;
        let index = usize::try_from(id.checked_sub(first)?).ok()?;
        self.records.get_mut(index)
    }
}

/// A handle to the record of one request, which may be dropped from the ring meanwhile.
#[derive(Clone)]
pub(crate) struct Trace {
    recorder: Recorder,
    id: u64,
}

impl Trace {
    /// Returns the id of the record.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Returns the record as it is now, if it is still kept.
    pub(crate) fn record(&self) -> Option<Record> {
        self.recorder.record(self.id)
    }

    /// Records that the request repeats another one.
    pub(crate) fn repeats(&self, id: u64) {
        self.update(|record, _| record.repeats = Some(id));
    }

    /// Records that the app was not ready when the request came.
    pub(crate) fn waits(&self) {
        self.update(|record, _| record.has_waited = true);
    }

    /// Records that the request is forwarded now, to the app of this attempt. Of several calls, the time of the first one counts.
    pub(crate) fn forwarded(&self, attempt: u64) {
        self.update(|record, _| {
            record.has_waited |= attempt != record.attempt;
            record.attempt = attempt;
            let now = record.began.elapsed();
            record.held.get_or_insert(now);
        });
    }

    /// Updates the record, if it is still kept.
    fn update(&self, update: impl FnOnce(&mut Record, Bodies)) {
        if let Some(record) = self.recorder.ring().find(self.id) {
            update(record, self.recorder.bodies);
        }
    }

    /// Records the end of the exchange. Only the first call counts.
    fn complete(&self, is_whole: bool) {
        self.update(|record, _| {
            if record.completion.is_none() {
                let after = record.began.elapsed();
                record.completion = Some(Completion { after, is_whole });
                self.recorder.notify();
            }
        });
    }
}

/// A trace observes the request's body.
impl Observer for Trace {
    fn on_chunk(&mut self, chunk: &Bytes) {
        self.update(|record, bodies| record.upload.add(chunk, bodies));
    }
}

/// A request whose response has not passed yet. Dropping it records that the response was cut off.
pub(crate) struct Pending(Trace);

impl Pending {
    /// Returns the handle to the request's record.
    pub(crate) fn trace(&self) -> &Trace {
        &self.0
    }

    /// Records the head of the response, and its body as it passes.
    pub(crate) fn record(self, mut response: Response<Body>) -> Response<Body> {
        let trace = self.0.clone();
        let in_place = response.extensions_mut().remove::<InPlace>();
        let happened = response.extensions_mut().remove::<Happened>();
        let (incident, replaced) = match happened {
            Some(Happened { incident, replaced }) => (Some(incident), replaced),
            None => (None, None),
        };
        let (headers, body) = match (replaced, &in_place) {
            (Some((headers, body)), _) => (headers, Some(body)),
            (None, Some(_)) => (HeaderMap::new(), None),
            (None, None) => (response.headers().clone(), None),
        };
        trace.update(|record, _| {
            record.incident = incident;
            if let Some(body) = body {
                record.download.add(&body, Bodies::Kept);
            }
            record.response = Some(ResponseHead {
                status: response.status(),
                headers,
                after: record.began.elapsed(),
                in_place,
            });
            trace.recorder.notify();
        });
        response.map(|body| Observed::new(body, self).boxed_unsync())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.complete(false);
    }
}

/// A pending request observes its response's body.
impl Observer for Pending {
    fn on_chunk(&mut self, chunk: &Bytes) {
        self.0.update(|record, bodies| {
            let response = record.response.as_ref();
            if response.is_none_or(|response| response.in_place.is_none()) {
                record.download.add(chunk, bodies);
            }
        });
    }

    fn on_end(&mut self) {
        self.0.complete(true);
    }
}
