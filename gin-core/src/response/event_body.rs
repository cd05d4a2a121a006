//! The body of a stream of events, with its keep-alive comments and its end at shutdown.

use std::fmt;
use std::pin::Pin;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as HttpBody, Frame};
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tracing::error;

use crate::connection::Shutdown;
use crate::content::{Giver, Taker, handoff};
use crate::failure::{BoxError, Error, Result, catch_panic};
use crate::future::BoxFuture;
use crate::response::Event;

pub(super) type Events = Pin<Box<dyn Stream<Item = Result<Event>> + Send>>;

/// The body of a stream of events.
pub(super) struct EventBody {
    state: State,
    shutdown: Shutdown,
    /// Polled only when no event is there: it costs more than a look at the signal.
    shutdown_requested: BoxFuture<'static, ()>,
    keep_alive: Option<KeepAlive>,
}

enum State {
    Running(Events),
    /// The stream has failed, and the events before that were sent.
    Failed,
    Ended,
}

/// The comments that show an idle stream to be alive.
struct KeepAlive {
    interval: Duration,
    last_sent: Instant,
    /// It is set again only when it has passed: setting a timer for each event would cost more than sending it.
    timer: Pin<Box<Sleep>>,
}

impl EventBody {
    pub(super) fn new(
        events: Events,
        keep_alive: Option<Duration>,
        shutdown: Shutdown,
    ) -> EventBody {
        let signal = shutdown.clone();
        EventBody {
            state: State::Running(events),
            shutdown,
            shutdown_requested: Box::pin(async move { signal.requested().await }),
            keep_alive: keep_alive.map(KeepAlive::new),
        }
    }

    /// Polls the stream. An event that cannot be sent is left out.
    fn poll_event(events: &mut Events, task: &mut Task<'_>) -> Poll<Option<Result<Bytes>>> {
        loop {
            // The stream is not polled after a panic, so its inconsistent state is not observed.
            let next = catch_panic(|| events.as_mut().poll_next(task));
            match next.unwrap_or_else(|panic| Poll::Ready(Some(Err(panic.into())))) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(event))) => {
                    let bytes = event.into_bytes();
                    if !bytes.is_empty() {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
            }
        }
    }

    fn poll_idle(&mut self, task: &mut Task<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.shutdown_requested.as_mut().poll(task).is_ready() {
            self.state = State::Ended;
            return Poll::Ready(None);
        }
        match &mut self.keep_alive {
            Some(keep_alive) => keep_alive
                .poll_comment(task)
                .map(|comment| Some(Ok(comment))),
            None => Poll::Pending,
        }
    }
}

impl HttpBody for EventBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let events = match &mut this.state {
            State::Running(events) => events,
            State::Failed => {
                this.state = State::Ended;
                return Poll::Ready(Some(Err("the stream of events failed".into())));
            }
            State::Ended => return Poll::Ready(None),
        };
        if this.shutdown.is_requested() {
            this.state = State::Ended;
            return Poll::Ready(None);
        }
        match EventBody::poll_event(events, task) {
            Poll::Pending => this.poll_idle(task),
            Poll::Ready(Some(Ok(bytes))) => {
                if let Some(keep_alive) = &mut this.keep_alive {
                    keep_alive.last_sent = Instant::now();
                }
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Poll::Ready(Some(Err(error))) => {
                error!("a stream of events fails: {error:?}");
                this.state = State::Failed;
                // hyper drops what it has not sent when a body fails, but sends it when a body is pending.
                task.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Ready(None) => {
                this.state = State::Ended;
                Poll::Ready(None)
            }
        }
    }
}

impl KeepAlive {
    fn new(interval: Duration) -> KeepAlive {
        KeepAlive {
            interval,
            last_sent: Instant::now(),
            timer: Box::pin(sleep(interval)),
        }
    }

    /// Becomes ready with a comment when nothing was sent for the interval.
    fn poll_comment(&mut self, task: &mut Task<'_>) -> Poll<Frame<Bytes>> {
        const COMMENT: Bytes = Bytes::from_static(b":\n\n");
        while self.timer.as_mut().poll(task).is_ready() {
            let is_idle = self.last_sent.elapsed() >= self.interval;
            if is_idle {
                self.last_sent = Instant::now();
            }
            let next = sleep_until(self.last_sent + self.interval);
            self.timer.as_mut().set(next);
            if is_idle {
                return Poll::Ready(Frame::data(COMMENT));
            }
        }
        Poll::Pending
    }
}

/// The sender of events, which [`Sse::from_writer`](crate::response::Sse::from_writer) lends to the function that writes them.
///
/// ```
/// # use gin::{prelude::*, response::{EventWriter, Sse}, testing::Client};
/// async fn count(events: &EventWriter) -> gin::Result<()> {
///     for number in 1..=3 {
///         events.send(number.to_string()).await?;
///     }
///     Ok(())
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let numbers = async || Sse::from_writer(async |events| count(&events).await);
/// let client = Client::new(Group::new("").get("/", numbers));
/// client.get("/").await.is(200).has_text("data: 1\n\ndata: 2\n\ndata: 3\n\n");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct EventWriter(Giver<Event>);

impl EventWriter {
    /// Sends an event, or text as its data. Waits until the client has taken all events before the last one.
    ///
    /// When the client has gone, the function that writes is dropped here.
    ///
    /// # Errors
    ///
    /// Fails if the stream has ended. That is seen only in a task of its own, to which the function gave the sender.
    pub async fn send(&self, event: impl Into<Event>) -> Result<()> {
        let sent = self.0.give(event.into()).await;
        sent.map_err(|_| Error::from(Ended))
    }
}

/// The error of sending to a stream that has ended.
#[derive(Debug)]
struct Ended;

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stream of events has ended")
    }
}

impl std::error::Error for Ended {}

/// The events of a function that writes while they are sent.
pub(super) struct Writing {
    /// `None` once the function has returned.
    write: Option<BoxFuture<'static, Result<()>>>,
    sent: Taker<Event>,
    /// The function's error, which follows the events that it sent before.
    error: Option<Error>,
}

impl Writing {
    pub(super) fn new(
        write: impl FnOnce(EventWriter) -> BoxFuture<'static, Result<()>>,
    ) -> Writing {
        let (giver, sent) = handoff();
        Writing {
            write: Some(write(EventWriter(giver))),
            sent,
            error: None,
        }
    }
}

impl Stream for Writing {
    type Item = Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Result<Event>>> {
        // The event that is sent by this poll is taken below, also if the function then panics.
        self.sent.stop_waiting();
        if let Some(write) = &mut self.write {
            let polled = catch_panic(|| write.as_mut().poll(task));
            let polled = polled.unwrap_or_else(|panic| Poll::Ready(Err(panic.into())));
            if let Poll::Ready(result) = polled {
                self.write = None;
                self.error = result.err();
            }
        }
        match self.sent.poll_take(task) {
            Poll::Ready(None) => Poll::Ready(self.error.take().map(Err)),
            event => event.map(|event| event.map(Ok)),
        }
    }
}
