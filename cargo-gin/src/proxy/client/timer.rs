//! The timer of a client's connection.
//!
//! The HTTP server limits the time to the next request's head, and drops that limit once the head is there. If the runtime's timer
//! came and went with it, then each request would wake the runtime by a system call, so that it waits for the new timer. So this one
//! stays set from one request to the next. When it fires early, it is set to the limit of then.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use tokio::time::sleep_until;

/// The timer of one connection, for one wait at a time.
#[derive(Clone, Default)]
pub(crate) struct ConnectionTimer(Arc<Mutex<Option<Alarm>>>);

type Alarm = Pin<Box<tokio::time::Sleep>>;

/// A wait until a deadline.
struct Wait {
    timer: ConnectionTimer,
    deadline: tokio::time::Instant,
}

impl Timer for ConnectionTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Wait {
            timer: self.clone(),
            deadline: deadline.into(),
        })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into()
    }
}

impl Future for Wait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut alarm = self.timer.0.lock().unwrap_or_else(PoisonError::into_inner);
        let alarm = alarm.get_or_insert_with(|| Box::pin(sleep_until(self.deadline)));
        if self.deadline < alarm.deadline() {
            alarm.as_mut().reset(self.deadline);
        }
        loop {
            ready!(alarm.as_mut().poll(cx));
            if self.deadline <= alarm.deadline() {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(self.deadline);
        }
    }
}

impl Sleep for Wait {}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(75);
    const SECOND: Duration = Duration::from_secs(1);

    fn alarm(timer: &ConnectionTimer) -> Option<tokio::time::Instant> {
        let alarm = timer.0.lock().unwrap();
        alarm.as_ref().map(|alarm| alarm.deadline())
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_leaves_the_timer_set_and_the_next_one_ends_in_time() {
        let timer = ConnectionTimer::default();
        let began = tokio::time::Instant::now();
        assert!(timeout(SECOND, timer.sleep(LIMIT)).await.is_err());
        timer.sleep(LIMIT).await;
        assert_eq!(began.elapsed(), SECOND + LIMIT);
        assert!(timeout(SECOND, timer.sleep(LIMIT)).await.is_err());
        let set = alarm(&timer);
        assert!(timeout(SECOND, timer.sleep(LIMIT)).await.is_err());
        assert_eq!(alarm(&timer), set);
    }

    #[tokio::test(start_paused = true)]
    async fn a_shorter_wait_ends_first() {
        let timer = ConnectionTimer::default();
        let began = tokio::time::Instant::now();
        assert!(timeout(SECOND, timer.sleep(LIMIT)).await.is_err());
        timer.sleep(SECOND).await;
        assert_eq!(began.elapsed(), 2 * SECOND);
    }
}
