//! The streams of an HTTP/2 connection: each has its own deadline for the client to take its response.
//!
//! The connection has one as well, in [`Activity`], for a client that takes nothing at all. A client
//! that takes only some of its responses would hold the others in memory otherwise.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};
use std::time::Duration;

use hyper::rt::Executor;
use pin_project_lite::pin_project;
use tokio::spawn;
use tokio::task::futures::TaskLocalFuture;
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
        spawn(StreamTask {
            stream: state.clone().scope(stream),
            state,
            timer: None,
        });
    }
}

pin_project! {
    /// The task of a stream, which runs to the end of the stream or its deadline. A stream that is dropped before its end is reset
    /// (RFC 9113 §6.4).
    ///
    /// It is a type of its own, as an async block would keep a place for the stream, which is large, at each step on its way in.
    struct StreamTask<F> {
        #[pin]
        stream: TaskLocalFuture<Arc<Http2Stream>, F>,
        state: Arc<Http2Stream>,
        timer: Option<Pin<Box<Sleep>>>,
    }
}

impl<F: Future> Future for StreamTask<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<()> {
        let this = self.project();
        if this.stream.poll(task).is_ready() {
            return Poll::Ready(());
        }
        poll_late(this.state, this.timer, task)
    }
}

/// Becomes ready once a stream is late.
///
/// Most streams never wait for the client. Only those that do have a timer.
fn poll_late(
    state: &Http2Stream,
    timer: &mut Option<Pin<Box<Sleep>>>,
    task: &mut Task<'_>,
) -> Poll<()> {
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
        *timer = None;
    }
    Poll::Pending
}
