//! The streams of an HTTP/2 connection: each has its own deadline for the client to take its response.
//!
//! The connection has one as well, in [`Activity`], for a client that takes nothing at all. A client
//! that takes only some of its responses would hold the others in memory otherwise.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Poll, ready};
use std::time::Duration;

use hyper::rt::Executor;
use tokio::spawn;
use tokio::task_local;
use tokio::time::{Sleep, sleep};

use crate::connection::{Activity, clock};

/// The executor of hyper's tasks, one for each stream.
#[derive(Debug, Clone)]
pub(crate) struct StreamExecutor(pub(crate) Arc<Activity>);

/// The deadline for the client to take the chunk that its stream offers, in milliseconds of [`clock`].
#[derive(Debug)]
pub(crate) struct StreamDeadline {
    end: AtomicU64,
    activity: Arc<Activity>,
}

const NEVER: u64 = u64::MAX;

/// The time between two looks at a stream whose deadline has passed.
const PAUSE: Duration = Duration::from_millis(100);

task_local! {
    static DEADLINE: Arc<StreamDeadline>;
}

impl StreamDeadline {
    /// Returns the deadline for the stream whose task runs.
    pub(crate) fn current() -> Option<Arc<StreamDeadline>> {
        DEADLINE.try_with(Arc::clone).ok()
    }

    /// Notes that the stream has a chunk for the client.
    pub(crate) fn start(&self) {
        self.end.store(self.activity.write_deadline(), Relaxed);
    }

    /// Notes that the chunk was taken.
    pub(crate) fn stop(&self) {
        self.end.store(NEVER, Relaxed);
    }

    /// Returns the time that is left, or `None` while nothing is offered.
    fn time_left(&self) -> Option<Duration> {
        match self.end.load(Relaxed) {
            NEVER => None,
            end => Some(Duration::from_millis(end.saturating_sub(clock::millis()))),
        }
    }
}

impl<F> Executor<F> for StreamExecutor
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, stream: F) {
        let deadline = Arc::new(StreamDeadline {
            end: AtomicU64::new(NEVER),
            activity: self.0.clone(),
        });
        spawn(async move {
            let stream = DEADLINE.scope(deadline.clone(), async move { drop(stream.await) });
            until_late(pin!(stream), &deadline).await;
        });
    }
}

/// Runs `stream` to its end or its deadline. A stream that is dropped before its end is reset (RFC 9113 §6.4).
///
/// Most streams never wait for the client. Only those that do have a timer.
async fn until_late(
    mut stream: Pin<&mut (dyn Future<Output = ()> + Send)>,
    deadline: &StreamDeadline,
) {
    let mut timer: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|task| {
        if stream.as_mut().poll(task).is_ready() {
            return Poll::Ready(());
        }
        while let Some(mut left) = deadline.time_left() {
            if left.is_zero() {
                if !deadline.activity.is_stalled() {
                    return Poll::Ready(());
                }
                // The client takes nothing at all: the connection is about to end.
                left = PAUSE;
            }
            let running = timer.get_or_insert_with(|| Box::pin(sleep(left)));
            ready!(running.as_mut().poll(task));
            timer = None;
        }
        Poll::Pending
    })
    .await;
}
