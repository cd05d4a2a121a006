//! The last requests that went through the proxy, and what became of them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use http_body_util::BodyExt as _;
use tokio::sync::watch;

use crate::proxy::streams::{Body, Watch, Watched};

/// Which bodies are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// None: they are counted only.
    Counted,
    /// The first [`Copied::KEPT`] octets of each: `--record-bodies`.
    Kept,
}

/// Remembers the last [`Recorder::LENGTH`] requests.
#[derive(Clone)]
pub(crate) struct Recorder {
    ring: Arc<Mutex<Ring>>,
    bodies: Bodies,
    /// How often a request has come, was answered, or has ended.
    news: watch::Sender<u64>,
}

/// Records with successive ids, the oldest first.
#[derive(Default)]
struct Ring {
    records: VecDeque<Record>,
    next: u64,
}

/// A request, and what became of it. All times count from its arrival.
#[derive(Clone)]
pub(crate) struct Record {
    /// Its number in this run, counted from 0.
    pub(crate) id: u64,
    /// When it came.
    pub(crate) at: SystemTime,
    /// The build that was shown or under way then.
    pub(crate) build: u64,
    pub(crate) method: Method,
    pub(crate) target: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) upload: Copied,
    /// How long it was held before the app was asked. None if it never was.
    pub(crate) held: Option<Duration>,
    /// The answer's head. None while there is none.
    pub(crate) answer: Option<Answer>,
    pub(crate) download: Copied,
    /// How it ended. None while it goes on.
    pub(crate) end: Option<End>,
    began: Instant,
}

/// The head of an answer.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// When it came.
    pub(crate) after: Duration,
}

/// The end of a request.
#[derive(Clone, Copy)]
pub(crate) struct End {
    /// When it was.
    pub(crate) after: Duration,
    /// Did the whole answer pass?
    pub(crate) is_whole: bool,
}

impl End {
    /// With the whole answer.
    fn whole(after: Duration) -> End {
        let is_whole = true;
        End { after, is_whole }
    }

    /// With an answer that broke off.
    fn broken(after: Duration) -> End {
        let is_whole = false;
        End { after, is_whole }
    }
}

/// A body that passed.
#[derive(Clone, Default)]
pub(crate) struct Copied {
    /// How many octets there were.
    pub(crate) octets: u64,
    /// The first of them, if bodies are kept.
    pub(crate) kept: BytesMut,
}

impl Copied {
    /// How many octets of a body are kept.
    pub(crate) const KEPT: usize = 64 * 1024;

    /// Are all octets kept?
    pub(crate) fn is_whole(&self) -> bool {
        self.kept.len() as u64 == self.octets
    }

    /// Adds what passes.
    pub(crate) fn add(&mut self, chunk: &Bytes, bodies: Bodies) {
        self.octets += chunk.len() as u64;
        if bodies == Bodies::Kept {
            let room = Self::KEPT.saturating_sub(self.kept.len());
            self.kept.extend_from_slice(&chunk[..room.min(chunk.len())]);
        }
    }
}

impl Recorder {
    /// How many requests are remembered.
    pub(crate) const LENGTH: usize = 100;

    /// One that has seen nothing yet.
    pub(crate) fn new(bodies: Bodies) -> Recorder {
        Recorder {
            ring: Arc::default(),
            bodies,
            news: watch::Sender::default(),
        }
    }

    /// Tells how often there was news: a request that came, was answered, or has ended.
    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Takes down a request that has just come.
    pub(crate) fn begin(&self, build: u64, head: &Parts) -> Open {
        let mut ring = self.ring();
        let id = ring.next;
        ring.next += 1;
        if ring.records.len() == Self::LENGTH {
            ring.records.pop_front();
        }
        ring.records.push_back(Record {
            id,
            at: SystemTime::now(),
            build,
            method: head.method.clone(),
            target: head.uri.clone(),
            headers: head.headers.clone(),
            upload: Copied::default(),
            held: None,
            answer: None,
            download: Copied::default(),
            end: None,
            began: Instant::now(),
        });
        drop(ring);
        self.tell();
        Open(Trace {
            recorder: self.clone(),
            id,
        })
    }

    /// What `tell` makes of each request that is remembered, the newest first.
    pub(crate) fn each<T>(&self, tell: impl Fn(&Record) -> T) -> Vec<T> {
        self.ring().records.iter().rev().map(tell).collect()
    }

    /// The request with this id.
    pub(crate) fn record(&self, id: u64) -> Option<Record> {
        self.ring().find(id).map(|record| record.clone())
    }

    fn tell(&self) {
        self.news.send_modify(|news| *news += 1);
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

/// The record of one request.
#[derive(Clone)]
pub(crate) struct Trace {
    recorder: Recorder,
    id: u64,
}

impl Trace {
    /// The record's id.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The record as it is now, unless it is forgotten already.
    pub(crate) fn record(&self) -> Option<Record> {
        self.recorder.record(self.id)
    }

    /// The app is asked now.
    pub(crate) fn asked(&self) {
        self.note(|record, _| {
            let now = record.began.elapsed();
            record.held.get_or_insert(now);
        });
    }

    /// A part of the request's body passes.
    pub(crate) fn uploads(&self, chunk: &Bytes) {
        self.note(|record, bodies| record.upload.add(chunk, bodies));
    }

    /// Changes the record, unless it is forgotten already.
    fn note(&self, change: impl FnOnce(&mut Record, Bodies)) {
        if let Some(record) = self.recorder.ring().find(self.id) {
            change(record, self.recorder.bodies);
        }
    }

    fn end(&self, how: impl FnOnce(Duration) -> End) {
        self.note(|record, _| {
            if record.end.is_none() {
                record.end = Some(how(record.began.elapsed()));
                self.recorder.tell();
            }
        });
    }
}

/// A request that is not answered yet. Dropping it says that it never will be.
pub(crate) struct Open(Trace);

impl Open {
    /// The request's record.
    pub(crate) fn trace(&self) -> &Trace {
        &self.0
    }

    /// Takes down the answer's head, and its body as it passes.
    pub(crate) fn answered(self, response: Response<Body>) -> Response<Body> {
        let trace = self.0.clone();
        trace.note(|record, _| {
            record.answer = Some(Answer {
                status: response.status(),
                headers: response.headers().clone(),
                after: record.began.elapsed(),
            });
            trace.recorder.tell();
        });
        response.map(|body| Watched::new(body, self).boxed_unsync())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.end(End::broken);
    }
}

impl Watch for Open {
    fn passes(&mut self, chunk: &Bytes) {
        self.0
            .note(|record, bodies| record.download.add(chunk, bodies));
    }

    fn ends(&mut self) {
        self.0.end(End::whole);
    }
}
