//! The activity of one connection, and the timeouts that close it.
//!
//! | timeout | starts when | ends when | default | then |
//! |---|---|---|---|---|
//! | `header_read_timeout` | the connection is accepted; also when a later head comes in part and the server waits for the rest | the head is complete | 10 s | closed |
//! | `keep_alive_timeout` | the last response is complete and the client has taken it | the next head begins (over HTTP/2: is complete) | 75 s | closed |
//! | `write_timeout`, of the socket | a write blocks; again when the client acknowledges bytes, which only Linux reports | the socket takes a byte | 30 s | closed |
//! | `write_timeout`, of HTTP/2's flow control | a response has a chunk for which the client's window has no room; again with every chunk that is taken | no such chunk is left | 30 s | closed |
//! | `write_timeout`, of an HTTP/2 stream | the response has such a chunk | the client takes it | 30 s | the stream is reset |
//! | `min_body_rate` | a handler waits for a request's body | the body is complete | 10 s and a second for every 240 bytes | 408, closed |
//! | `shutdown_timeout` | shutdown is requested and no socket is listened on | all connections have ended | 10 s | cut off |
//!
//! [`Activity`] watches the first four, `server/streams` the fifth. The body's is in `content/incoming`, the last one in `server/serve`.
//! Handlers have no timeout: between a complete head and a complete response only reading a body and writing have one.
//! "Closed" is a `GOAWAY` frame first over HTTP/2, and no response over HTTP/1.1.
//!
//! The hot path only stores numbers. The end of each timeout is an atomic that moves with every request, while one timer for each
//! connection sleeps until the earliest end it has seen, reads them again and sleeps on. Moving a timer would cost a lock in tokio's
//! timer wheel several times for each request. `Relaxed` is enough, as no other memory is published through these numbers, and
//! an end that is seen late is only noticed late.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::sleep;

use crate::connection::clock;
use crate::connection::held::Held;
use crate::connection::limits::Limits;
use crate::connection::unsent::{Addresses, unsent};

/// The activity of a connection, shared by its reader and writer, its requests, and the timer that watches it.
#[derive(Debug)]
pub(crate) struct Activity {
    limits: Arc<Limits>,
    /// Requests whose responses are not complete.
    requests: AtomicU32,
    /// All responses are complete, and the client has sent nothing of a next request.
    is_idle: AtomicBool,
    /// The client has sent something of a next request, and the server has not waited for the rest yet.
    is_head_begun: AtomicBool,
    /// The number of the last request.
    last_begun: AtomicU32,
    /// The number of the last request that was received to its end. Numbers and not a flag, as a body may be read to its end
    /// when the next request has begun.
    last_received: AtomicU32,
    /// The moment when the last response was complete, in milliseconds of [`clock`].
    idle_since: AtomicU64,
    /// The deadline for the next request's head, in milliseconds of [`clock`], or [`NEVER`]. It stands for two timeouts, first
    /// `keep_alive_timeout`, then `header_read_timeout`: they never run at the same time.
    head_deadline: AtomicU64,
    /// Over HTTP/2: the deadline for the rest of a header block that has begun, in the same unit, or [`NEVER`]. Other requests may run
    /// meanwhile.
    block_deadline: AtomicU64,
    /// The deadline for a blocked write, in the same unit, or [`NEVER`].
    write_deadline: AtomicU64,
    /// Over HTTP/2: the number of responses with a chunk that waits for room in the client's window.
    offers: AtomicU32,
    /// The deadline for the client to make room for one of them. It counts only while `offers` is not 0.
    window_deadline: AtomicU64,
    /// The addresses of the socket, once a write has blocked.
    addresses: OnceLock<Box<Addresses>>,
    /// Over HTTP/2: the bytes that the messages hold in memory.
    held: Held,
    /// A timeout has passed on a connection that speaks another protocol, whose socket fails from now on.
    is_broken: AtomicBool,
}

const NEVER: u64 = u64::MAX;

impl Activity {
    /// Returns the activity of a connection that was accepted just now.
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
            block_deadline: AtomicU64::new(NEVER),
            write_deadline: AtomicU64::new(NEVER),
            offers: AtomicU32::new(0),
            window_deadline: AtomicU64::new(NEVER),
            addresses: OnceLock::new(),
            held: Held::default(),
            is_broken: AtomicBool::new(false),
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The bytes that the messages of the connection hold in memory, over HTTP/2.
    pub(crate) fn held(&self) -> &Held {
        &self.held
    }

    /// Waits until another request may begin, over HTTP/2.
    pub(crate) async fn room(&self) {
        self.held.room(self.limits.max_http2_buffer).await;
    }

    /// Notes that a head is complete. The request lasts until the guard is dropped.
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

    /// Notes that `request` was received to its end.
    pub(crate) fn on_request_end(&self, request: u32) {
        self.last_received.store(request, Relaxed);
    }

    /// Returns `true` if there are requests whose responses are not complete.
    pub(crate) fn has_requests(&self) -> bool {
        self.requests.load(Relaxed) > 0
    }

    /// Returns `true` if the last request was not received to its end.
    pub(crate) fn is_receiving(&self) -> bool {
        !self.is_request_complete()
    }

    fn is_request_complete(&self) -> bool {
        self.last_received.load(Relaxed) == self.request_number()
    }

    /// Returns `true` if the client has sent its request and has not got all of the response.
    pub(crate) fn is_awaiting_response(&self) -> bool {
        self.is_request_complete() && self.requests.load(Relaxed) > 0
    }

    /// Notes that bytes have come, over HTTP/1.1. The first ones after a response begin a head.
    pub(crate) fn on_read(&self) {
        if self.is_idle.load(Relaxed) {
            self.is_idle.store(false, Relaxed);
            self.is_head_begun.store(true, Relaxed);
        }
    }

    /// Notes that the server waits for more bytes, over HTTP/1.1.
    ///
    /// Only now is the deadline set for a head that has begun: most heads come in one piece and never need it, and setting it
    /// reads the clock.
    pub(crate) fn on_read_pending(&self) {
        if self.is_head_begun.load(Relaxed) {
            self.is_head_begun.store(false, Relaxed);
            self.head_deadline
                .store(after(self.limits.header_read_timeout), Relaxed);
        }
    }

    /// Notes that the server waits for the rest of a header block, over HTTP/2.
    pub(crate) fn on_header_block_pending(&self) {
        if self.block_deadline.load(Relaxed) == NEVER {
            self.block_deadline
                .store(after(self.limits.header_read_timeout), Relaxed);
        }
    }

    /// Notes that a header block has ended, over HTTP/2.
    pub(crate) fn on_header_block_end(&self) {
        if self.block_deadline.load(Relaxed) != NEVER {
            self.block_deadline.store(NEVER, Relaxed);
        }
    }

    /// Notes that the socket takes no more, as the client does not read. `addresses` are those of the socket.
    pub(crate) fn on_write_blocked(&self, addresses: impl FnOnce() -> Option<Addresses>) {
        if self.write_deadline.load(Relaxed) == NEVER {
            if self.addresses.get().is_none()
                && let Some(addresses) = addresses()
            {
                // Only one task writes, so that it is set once.
                let _ = self.addresses.set(Box::new(addresses));
            }
            self.write_deadline
                .store(after(self.limits.write_timeout), Relaxed);
        }
    }

    /// Notes that the socket has taken bytes.
    pub(crate) fn on_write(&self) {
        if self.write_deadline.load(Relaxed) == NEVER {
            return;
        }
        self.write_deadline.store(NEVER, Relaxed);
        // A whole body is given to hyper, and its request ends, long before a slow client has all of it: the time in which
        // the client was still reading is not held against its next request.
        if self.is_idle.load(Relaxed) {
            self.head_deadline
                .store(after(self.limits.keep_alive_timeout), Relaxed);
        }
    }

    /// Lets the socket fail where it would wait, so that a protocol other than HTTP notices that a timeout has passed.
    pub(crate) fn break_socket(&self) {
        self.is_broken.store(true, Relaxed);
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Relaxed)
    }

    /// Notes that a response has a chunk to send, over HTTP/2. It leaves once the client's window has room for it, by `deadline`.
    pub(crate) fn on_offer(&self, deadline: u64) {
        if self.offers.fetch_add(1, Relaxed) == 0 {
            self.window_deadline.store(deadline, Relaxed);
        }
    }

    /// Notes that such a chunk was sent, or is no longer wanted.
    pub(crate) fn on_taken(&self) {
        // The deadline counts only while there is another one, and the clock is not read without need.
        if self.offers.fetch_sub(1, Relaxed) > 1 {
            self.window_deadline.store(self.write_deadline(), Relaxed);
        }
    }

    /// Returns the deadline for the client to take what it is offered now.
    pub(crate) fn write_deadline(&self) -> u64 {
        after(self.limits.write_timeout)
    }

    /// Returns `true` if the client takes none of the chunks that it is offered, over HTTP/2.
    pub(crate) fn is_stalled(&self) -> bool {
        self.window_deadline.load(Relaxed) <= clock::millis()
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
    /// Then an HTTP/1.1 connection gives up hyper's buffers and keeps only its socket. Each look costs a timer, so they become
    /// rare on a connection that is busy for long.
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

    fn is_quiet(&self) -> bool {
        const QUIET: u64 = 50;
        self.is_idle.load(Relaxed)
            // Unread bytes of a request would be taken for a head by the next hyper.
            && self.is_request_complete()
            && self.write_deadline.load(Relaxed) == NEVER
            && clock::millis().saturating_sub(self.idle_since.load(Relaxed)) >= QUIET
    }

    /// Waits until a deadline has passed.
    ///
    /// The timer does not notice when a deadline moves. It wakes at the one that it has seen, and at least once in the shortest
    /// timeout, so that it cannot sleep through a deadline that is set meanwhile.
    pub(crate) async fn timed_out(&self) {
        let mut last_look = None;
        loop {
            while let Some(left) = self.time_left() {
                self.look_at_client(&mut last_look);
                sleep(left.min(self.limits.look_interval())).await;
            }
            // The deadline is read once more after this: what the client did in time may lie in the socket still.
            clock::sockets_are_seen().await;
            self.look_at_client(&mut last_look);
            if self.time_left().is_none() {
                return;
            }
        }
    }

    /// Extends the deadline for a blocked write if the client has acknowledged bytes since the last look.
    ///
    /// The kernel takes new bytes only when a third of its buffer is free, which is up to megabytes: the write of a client that reads
    /// steadily, but slowly, stays blocked for minutes.
    fn look_at_client(&self, last_look: &mut Option<Look>) {
        let deadline = self.write_deadline.load(Relaxed);
        let addresses = self.addresses.get().filter(|_| deadline != NEVER);
        let Some(unsent) = addresses.and_then(|addresses| unsent(addresses)) else {
            return;
        };
        let is_later = |look: &Look| look.deadline == deadline && unsent < look.unsent;
        let mut look = Look { deadline, unsent };
        if last_look.as_ref().is_some_and(is_later) {
            look.deadline = after(self.limits.write_timeout);
            // It fails if the socket has taken bytes meanwhile.
            let _ = self
                .write_deadline
                .compare_exchange(deadline, look.deadline, Relaxed, Relaxed);
        }
        *last_look = Some(look);
    }

    /// Notes that the server shuts down: a client whose next head is not complete gets only a moment for it, from `since` on.
    pub(crate) fn hurry_head(&self, since: u64) {
        const MOMENT: Duration = Duration::from_secs(1);
        if self.requests.load(Relaxed) == 0 {
            let deadline = later(since, MOMENT);
            self.head_deadline.fetch_min(deadline, Relaxed);
        }
    }

    /// Returns `true` if a deadline has passed.
    #[cfg(test)]
    pub(crate) fn is_late(&self) -> bool {
        self.time_left().is_none()
    }

    /// Returns the time until the deadline, or `None` if it has passed.
    fn time_left(&self) -> Option<Duration> {
        let left = self.deadline().saturating_sub(clock::millis());
        (left > 0).then(|| Duration::from_millis(left))
    }

    /// Returns the earliest deadline that counts now.
    fn deadline(&self) -> u64 {
        let head = self.head_deadline.load(Relaxed);
        let other = match self.write_deadline.load(Relaxed) {
            // The client still reads the last response, so that its next request is not due yet.
            write if write != NEVER && self.is_idle.load(Relaxed) => write,
            write if self.offers.load(Relaxed) > 0 => write.min(self.window_deadline.load(Relaxed)),
            write => head.min(write),
        };
        other.min(self.block_deadline.load(Relaxed))
    }
}

/// The state of a blocked write when it was looked at.
struct Look {
    /// The deadline for the write, which changes when the socket takes bytes.
    deadline: u64,
    /// The bytes that the client has not acknowledged.
    unsent: u32,
}

fn after(time: Duration) -> u64 {
    later(clock::millis(), time)
}

fn later(moment: u64, time: Duration) -> u64 {
    let time = u64::try_from(time.as_millis()).unwrap_or(NEVER);
    moment.saturating_add(time)
}

/// A request whose response is not complete. Dropping it ends the request.
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
