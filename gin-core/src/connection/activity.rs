//! What a connection is doing, and until when it may: one deadline that moves, one timer that looks at it.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::time::Duration;

use tokio::time::sleep;

use crate::connection::clock;
use crate::connection::limits::Limits;

/// What a connection is doing. Shared by its reader and writer, its requests, and the timer that watches it.
///
/// A request costs a few stores: deadlines are only written down here, and no timer moves with them.
#[derive(Debug)]
pub(crate) struct Activity {
    limits: Arc<Limits>,
    /// Requests whose responses are not complete.
    requests: AtomicU32,
    /// The client has sent nothing of a next request.
    is_idle: AtomicBool,
    /// The client has sent something of a next request, and no one has waited for the rest yet.
    is_head_begun: AtomicBool,
    /// The number of the last request, and of the one that has come to its end: what reads a body may tell so late.
    last_begun: AtomicU32,
    last_received: AtomicU32,
    /// When the last response was complete, in milliseconds of [`clock`].
    idle_since: AtomicU64,
    /// For the head of the next request, in milliseconds of [`clock`], or [`NEVER`].
    head_deadline: AtomicU64,
    /// For the client to take an octet, likewise.
    write_deadline: AtomicU64,
    /// Pieces of responses that are there for the client to make room for, over HTTP/2.
    offers: AtomicU32,
    /// For the client to make room for one of them, likewise, as long as there are any.
    window_deadline: AtomicU64,
}

const NEVER: u64 = u64::MAX;

impl Activity {
    /// A connection that was accepted right now.
    pub(crate) fn new(limits: Arc<Limits>) -> Activity {
        let head = after(limits.header_read_timeout);
        Activity {
            limits,
            requests: AtomicU32::new(0),
            is_idle: AtomicBool::new(false),
            is_head_begun: AtomicBool::new(false),
            last_begun: AtomicU32::new(0),
            last_received: AtomicU32::new(0),
            idle_since: AtomicU64::new(0),
            head_deadline: AtomicU64::new(head),
            write_deadline: AtomicU64::new(NEVER),
            offers: AtomicU32::new(0),
            window_deadline: AtomicU64::new(NEVER),
        }
    }

    /// A complete head has come. The request lasts until what this gives is dropped.
    pub(crate) fn begin_request(self: &Arc<Self>) -> RequestGuard {
        self.requests.fetch_add(1, Relaxed);
        self.is_idle.store(false, Relaxed);
        self.is_head_begun.store(false, Relaxed);
        self.last_begun
            .store(self.request_number().wrapping_add(1), Relaxed);
        self.head_deadline.store(NEVER, Relaxed);
        RequestGuard(self.clone())
    }

    /// The number of the last request.
    pub(crate) fn request_number(&self) -> u32 {
        self.last_begun.load(Relaxed)
    }

    /// That request has come to its end.
    pub(crate) fn on_request_end(&self, request: u32) {
        self.last_received.store(request, Relaxed);
    }

    fn is_request_complete(&self) -> bool {
        self.last_received.load(Relaxed) == self.request_number()
    }

    /// Whether the client waits for a response and has nothing more to say.
    pub(crate) fn is_awaiting_response(&self) -> bool {
        self.is_request_complete() && self.requests.load(Relaxed) > 0
    }

    /// Octets have come. The first ones after a pause begin a head.
    pub(crate) fn on_read(&self) {
        if self.is_idle.load(Relaxed) {
            self.is_idle.store(false, Relaxed);
            self.is_head_begun.store(true, Relaxed);
        }
    }

    /// The server waits for more octets. Most heads come in one piece, so only now is there one to set a deadline for.
    pub(crate) fn on_read_pending(&self) {
        if self.is_head_begun.load(Relaxed) {
            self.is_head_begun.store(false, Relaxed);
            self.head_deadline
                .store(after(self.limits.header_read_timeout), Relaxed);
        }
    }

    /// The client does not take what is there for it.
    pub(crate) fn on_write_blocked(&self) {
        if self.write_deadline.load(Relaxed) == NEVER {
            self.write_deadline
                .store(after(self.limits.write_timeout), Relaxed);
        }
    }

    /// The client has taken something.
    pub(crate) fn on_write(&self) {
        if self.write_deadline.load(Relaxed) == NEVER {
            return;
        }
        self.write_deadline.store(NEVER, Relaxed);
        // A body that came in one piece is out of the handler's hands long before a slow client has all of it.
        if self.is_idle.load(Relaxed) {
            self.head_deadline
                .store(after(self.limits.keep_alive_timeout), Relaxed);
        }
    }

    /// There is a piece of a response that leaves once the client makes room for it.
    pub(crate) fn on_offer(&self) {
        if self.offers.fetch_add(1, Relaxed) == 0 {
            self.extend_window_deadline();
        }
    }

    /// The client has made room for a piece, or wants it no more.
    pub(crate) fn on_taken(&self) {
        self.offers.fetch_sub(1, Relaxed);
        self.extend_window_deadline();
    }

    fn extend_window_deadline(&self) {
        self.window_deadline
            .store(after(self.limits.write_timeout), Relaxed);
    }

    fn end_request(&self) {
        if self.requests.fetch_sub(1, Relaxed) == 1 {
            let now = clock::millis();
            self.is_idle.store(true, Relaxed);
            self.idle_since.store(now, Relaxed);
            self.head_deadline
                .store(later(now, self.limits.keep_alive_timeout), Relaxed);
        }
    }

    /// Waits until nothing has happened for a while, and nothing is under way.
    ///
    /// The longer a connection has been at work, the later it is found at rest, as looking costs a timer.
    pub(crate) async fn quiet(&self) {
        const FIRST_LOOK: Duration = Duration::from_millis(100);
        const LONGEST: Duration = Duration::from_secs(10);
        let mut pause = FIRST_LOOK;
        loop {
            sleep(pause).await;
            if self.is_quiet() {
                return;
            }
            pause = LONGEST.min(pause * 2);
        }
    }

    /// A request that was not heard to its end leaves octets behind that are no head: then there is no rest.
    fn is_quiet(&self) -> bool {
        const REST: u64 = 50;
        self.is_idle.load(Relaxed)
            && self.is_request_complete()
            && self.write_deadline.load(Relaxed) == NEVER
            && clock::millis().saturating_sub(self.idle_since.load(Relaxed)) >= REST
    }

    /// Waits until a deadline has passed.
    pub(crate) async fn timed_out(&self) {
        loop {
            while let Some(left) = self.time_left() {
                // While there is no deadline, looking again after the shortest is early enough: one that is set meanwhile is later.
                sleep(left.min(self.limits.shortest_timeout())).await;
            }
            clock::sockets_are_seen().await;
            if self.time_left().is_none() {
                return;
            }
        }
    }

    /// How long it is until the deadline; none if it has passed.
    fn time_left(&self) -> Option<Duration> {
        let left = self.deadline().saturating_sub(clock::millis());
        (left > 0).then(|| Duration::from_millis(left))
    }

    fn deadline(&self) -> u64 {
        let head = self.head_deadline.load(Relaxed);
        match self.write_deadline.load(Relaxed) {
            // The client still reads the last response: no next request is due yet.
            write if write != NEVER && self.is_idle.load(Relaxed) => write,
            write if self.offers.load(Relaxed) > 0 => write.min(self.window_deadline.load(Relaxed)),
            write => head.min(write),
        }
    }
}

/// The moment that is `time` from now.
fn after(time: Duration) -> u64 {
    later(clock::millis(), time)
}

fn later(moment: u64, time: Duration) -> u64 {
    let time = u64::try_from(time.as_millis()).unwrap_or(NEVER);
    moment.saturating_add(time)
}

/// A request that is being answered.
#[derive(Debug)]
pub(crate) struct RequestGuard(Arc<Activity>);

impl RequestGuard {
    pub(crate) fn activity(&self) -> &Arc<Activity> {
        &self.0
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        self.0.end_request();
    }
}
