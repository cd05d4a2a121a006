//! The streams of an HTTP/2 connection: each has its own deadline for the client to take its response.
//!
//! The connection has one as well, in [`Activity`], for a client that takes nothing at all. A client
//! that takes only some of its responses would hold the others in memory otherwise.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use hyper::rt::Executor;
use tokio::spawn;
use tokio::time::{Sleep, sleep};

use crate::connection::{Activity, Http2Stream};

/// The executor of hyper's tasks, one for each stream.
#[derive(Debug, Clone)]
pub(crate) struct StreamExecutor(pub(crate) Arc<Activity>);

/// The time between two looks at a stream whose deadline has passed.
const PAUSE: Duration = Duration::from_millis(100);

impl<F> Executor<F> for StreamExecutor
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, stream: F) {
        let state = Http2Stream::new(self.0.clone());
        spawn(async move {
            let stream = state.clone().scope(async move { drop(stream.await) });
            until_late(pin!(stream), &state).await;
        });
    }
}

/// Runs `stream` to its end or its deadline. A stream that is dropped before its end is reset (RFC 9113 §6.4).
///
/// Most streams never wait for the client. Only those that do have a timer.
async fn until_late(mut stream: Pin<&mut (dyn Future<Output = ()> + Send)>, state: &Http2Stream) {
    let mut timer: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|task| {
        if stream.as_mut().poll(task).is_ready() {
            return Poll::Ready(());
        }
        while let Some(mut left) = state.time_left() {
            if left.is_zero() {
                if !state.activity().is_stalled() {
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
