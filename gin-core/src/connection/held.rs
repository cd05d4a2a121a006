//! The bytes that the messages of an HTTP/2 connection hold in memory.
//!
//! A client may have two hundred requests under way on one connection, and take none of the responses. So each connection has a sum
//! of what they hold, in two parts:
//!
//! - Responses of which the client has not taken all. While there are many, further requests wait before their handlers run.
//! - Bodies of requests that are collected. A collected body has a limit of its own, and waiting would not help: the waiting ones
//!   fill the window of the connection, so that those before them could not go on.
//!
//! Handlers that run at the same time may exceed the sum before it shows. So there is a maximum of both parts together, beyond
//! which a message is refused. What hyper buffers to write is not counted: at most 80 KiB for each stream.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};

use tokio::sync::Notify;
use tracing::warn;

/// The bytes that the messages of a connection hold.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// In bytes.
    responses: AtomicUsize,
    /// The number of responses that hold some.
    holders: AtomicU32,
    /// In bytes.
    requests: AtomicUsize,
    /// Wakes the requests that wait.
    room: Notify,
    is_reported: AtomicBool,
}

/// The part of the maximum at which further requests wait.
const WAITING_PART: usize = 4;

/// As many responses as a browser gets at once over HTTP/1.1. So many large downloads never let other requests wait.
const FEW: u32 = 8;

impl Held {
    /// Waits until the responses hold so little that another request may begin.
    pub(crate) async fn room(&self, max: usize) {
        while self.is_crowded(max) {
            let room = self.room.notified();
            // Checked once more, as the room may have been made before it was waited for.
            if self.is_crowded(max) {
                room.await;
            }
        }
    }

    fn is_crowded(&self, max: usize) -> bool {
        self.responses.load(Relaxed) > max / WAITING_PART && self.holders.load(Relaxed) > FEW
    }

    /// Notes that a response that held `before` bytes holds `now`.
    pub(super) fn change_response(&self, before: usize, now: usize) {
        match (before, now) {
            (0, 0) => return,
            (0, _) => drop(self.holders.fetch_add(1, Relaxed)),
            (_, 0) => drop(self.holders.fetch_sub(1, Relaxed)),
            _ => {}
        }
        if now > before {
            self.responses.fetch_add(now - before, Relaxed);
        } else {
            self.responses.fetch_sub(before - now, Relaxed);
            self.room.notify_waiters();
        }
    }

    pub(super) fn add_request(&self, bytes: usize) {
        self.requests.fetch_add(bytes, Relaxed);
    }

    pub(super) fn remove_request(&self, bytes: usize) {
        self.requests.fetch_sub(bytes, Relaxed);
    }

    /// Returns `true` if there is room for `bytes` more. `own` of those that are held belong to the same stream: one alone has only
    /// the limits of its route.
    pub(super) fn fits(&self, own: usize, bytes: usize, max: usize) -> bool {
        let held = self.responses.load(Relaxed) + self.requests.load(Relaxed);
        let fits = held <= own || held.saturating_add(bytes) <= max;
        if !fits && !self.is_reported.swap(true, Relaxed) {
            warn!(
                "the messages of an HTTP/2 connection hold more than {max} bytes, so some are refused; `Server::max_http2_buffer` raises the limit"
            );
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context as Task, Poll, Waker};

    use super::{FEW, Held};

    const MAX: usize = 400;

    fn is_free(held: &Held) -> bool {
        let mut task = Task::from_waker(Waker::noop());
        std::pin::pin!(held.room(MAX)).poll(&mut task) == Poll::Ready(())
    }

    #[test]
    fn a_few_responses_of_any_size_let_no_request_wait() {
        let held = Held::default();
        for _ in 0..FEW {
            held.change_response(0, MAX);
        }
        assert!(is_free(&held));
        held.change_response(0, 1);
        assert!(!is_free(&held));
    }

    #[test]
    fn a_request_waits_until_there_is_room() {
        let held = Held::default();
        for _ in 0..=FEW {
            held.change_response(0, 20);
        }
        let mut task = Task::from_waker(Waker::noop());
        let mut room = std::pin::pin!(held.room(MAX));
        assert!(room.as_mut().poll(&mut task).is_pending());
        for _ in 0..4 {
            held.change_response(20, 0);
        }
        assert!(room.as_mut().poll(&mut task).is_ready());
    }

    #[test]
    fn one_message_alone_always_fits() {
        let held = Held::default();
        assert!(held.fits(0, usize::MAX, MAX));
        held.add_request(300);
        assert!(held.fits(300, 1_000, MAX), "all of it is its own");
        assert!(held.fits(0, 100, MAX));
        assert!(!held.fits(0, 101, MAX));
    }
}
