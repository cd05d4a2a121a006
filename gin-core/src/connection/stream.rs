//! One stream of an HTTP/2 connection: its deadline, and the bytes that it holds in memory.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::time::Duration;

use tokio::task::futures::TaskLocalFuture;
use tokio::task_local;

use crate::connection::{Activity, clock};

/// A stream of an HTTP/2 connection, as its task and its messages see it.
#[derive(Debug)]
pub(crate) struct Http2Stream {
    activity: Arc<Activity>,
    /// The deadline for the client to take the chunk that the stream offers, in milliseconds of [`clock`], or [`NEVER`].
    deadline: AtomicU64,
    /// The bytes of the response that hyper has not got yet.
    response: AtomicUsize,
    /// The collected bytes of the request.
    request: AtomicUsize,
}

const NEVER: u64 = u64::MAX;

task_local! {
    static CURRENT: Arc<Http2Stream>;
}

impl Http2Stream {
    pub(crate) fn new(activity: Arc<Activity>) -> Arc<Http2Stream> {
        Arc::new(Http2Stream {
            activity,
            deadline: AtomicU64::new(NEVER),
            response: AtomicUsize::new(0),
            request: AtomicUsize::new(0),
        })
    }

    /// Makes this the current stream of `task`.
    pub(crate) fn scope<F: Future>(self: Arc<Self>, task: F) -> TaskLocalFuture<Arc<Self>, F> {
        CURRENT.scope(self, task)
    }

    /// Returns the stream whose task runs. It is `None` over HTTP/1.1, and in tasks of the app.
    pub(crate) fn current() -> Option<Arc<Http2Stream>> {
        CURRENT.try_with(Arc::clone).ok()
    }

    pub(crate) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    /// Notes that the stream has a chunk for the client to take by `deadline`, and `rest` bytes after it.
    pub(crate) fn offer(&self, deadline: u64, rest: usize) {
        self.deadline.store(deadline, Relaxed);
        self.hold_response(rest);
    }

    /// Notes that the chunk was taken.
    pub(crate) fn end_offer(&self) {
        self.deadline.store(NEVER, Relaxed);
    }

    /// Returns the time that is left for the client, or `None` while nothing is offered.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        match self.deadline.load(Relaxed) {
            NEVER => None,
            end => Some(Duration::from_millis(end.saturating_sub(clock::millis()))),
        }
    }

    /// Notes that the response holds `bytes`.
    pub(crate) fn hold_response(&self, bytes: usize) {
        let before = self.response.swap(bytes, Relaxed);
        self.activity.held().change_response(before, bytes);
    }

    /// Returns `true` if the connection has room for a response that holds `bytes`.
    pub(crate) fn has_room_for_response(&self, bytes: usize) -> bool {
        let own = self.request.load(Relaxed);
        self.activity.held().fits(own, bytes, self.max())
    }

    /// Notes that the request holds `bytes` more. Returns `false` if the connection has no room for them.
    #[must_use]
    pub(crate) fn hold_request(&self, bytes: usize) -> bool {
        let own = self.request.load(Relaxed);
        if !self.activity.held().fits(own, bytes, self.max()) {
            return false;
        }
        self.request.fetch_add(bytes, Relaxed);
        self.activity.held().add_request(bytes);
        true
    }

    /// Notes that the request holds nothing any more.
    pub(crate) fn release_request(&self) {
        let bytes = self.request.swap(0, Relaxed);
        if bytes > 0 {
            self.activity.held().remove_request(bytes);
        }
    }

    fn max(&self) -> usize {
        self.activity.limits().max_http2_buffer
    }
}

impl Drop for Http2Stream {
    fn drop(&mut self) {
        self.hold_response(0);
        self.release_request();
    }
}
