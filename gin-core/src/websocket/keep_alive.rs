//! The pings that find clients which have vanished.

use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

/// The timer of a connection's pings. What happens between its ticks is only noted, as setting a timer for each frame would cost more.
pub(super) struct KeepAlive {
    interval: Duration,
    timer: Pin<Box<Sleep>>,
    /// The client has sent something since the last tick.
    has_received: bool,
    is_pinged: bool,
    is_write_blocked: bool,
}

/// The facts at a tick.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observed {
    /// The socket takes nothing.
    pub(super) is_write_blocked: bool,
    /// The socket has taken something since the last tick.
    pub(super) has_written: bool,
    /// Nothing is read, as the app has not taken the last message.
    pub(super) is_throttled: bool,
}

/// The result of a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Alive,
    /// The client must show that it is there.
    Ping,
    Dead,
}

impl KeepAlive {
    pub(super) fn new(interval: Duration) -> KeepAlive {
        KeepAlive {
            interval,
            timer: Box::pin(sleep(interval)),
            has_received: false,
            is_pinged: false,
            is_write_blocked: false,
        }
    }

    /// Notes that the client has sent something.
    pub(super) fn on_received(&mut self) {
        self.has_received = true;
    }

    /// Becomes ready when the interval has passed.
    pub(super) fn poll_tick(&mut self, task: &mut Task<'_>) -> Poll<()> {
        ready!(self.timer.as_mut().poll(task));
        // A timer of its own, as the sum of now and a very long interval would overflow.
        self.timer.set(sleep(self.interval));
        Poll::Ready(())
    }

    /// Returns the verdict on the interval that has passed.
    pub(super) fn judge(&mut self, observed: Observed) -> Verdict {
        let was_blocked = std::mem::replace(&mut self.is_write_blocked, observed.is_write_blocked);
        let is_stuck = was_blocked && observed.is_write_blocked && !observed.has_written;
        let has_received = std::mem::take(&mut self.has_received);
        let was_pinged = std::mem::take(&mut self.is_pinged);
        if is_stuck {
            return Verdict::Dead;
        }
        if has_received || observed.is_throttled {
            return Verdict::Alive;
        }
        if was_pinged {
            return Verdict::Dead;
        }
        self.is_pinged = true;
        Verdict::Ping
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{KeepAlive, Observed, Verdict};

    const QUIET: Observed = Observed {
        is_write_blocked: false,
        has_written: false,
        is_throttled: false,
    };

    #[tokio::test]
    async fn silence_is_a_ping_and_then_the_end() {
        let mut keep_alive = KeepAlive::new(Duration::from_secs(20));
        assert_eq!(keep_alive.judge(QUIET), Verdict::Ping);
        keep_alive.on_received();
        assert_eq!(keep_alive.judge(QUIET), Verdict::Alive);
        assert_eq!(keep_alive.judge(QUIET), Verdict::Ping);
        assert_eq!(keep_alive.judge(QUIET), Verdict::Dead);
    }

    #[tokio::test]
    async fn an_app_that_does_not_read_is_not_held_against_the_client() {
        let mut keep_alive = KeepAlive::new(Duration::from_secs(20));
        let throttled = Observed {
            is_throttled: true,
            ..QUIET
        };
        for _ in 0..5 {
            assert_eq!(keep_alive.judge(throttled), Verdict::Alive);
        }
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_is_gone_and_a_slow_one_is_not() {
        let blocked = Observed {
            is_write_blocked: true,
            ..QUIET
        };
        let slow = Observed {
            has_written: true,
            ..blocked
        };
        let mut keep_alive = KeepAlive::new(Duration::from_secs(20));
        for _ in 0..5 {
            keep_alive.on_received();
            assert_eq!(keep_alive.judge(slow), Verdict::Alive);
        }
        keep_alive.on_received();
        assert_eq!(keep_alive.judge(blocked), Verdict::Dead);
    }
}
