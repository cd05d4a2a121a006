//! Server-sent events: a response that is a stream of events.

use std::fmt;
use std::pin::Pin;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use futures_core::Stream;
use http::{HeaderName, HeaderValue, header};

use crate::content::Body;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Result;
use crate::response::event_body::{EventBody, EventWriter, Events, Writing};
use crate::response::into_response::typed;
use crate::response::{Event, IntoEvent, IntoResponse, Response, from_context};

/// A stream of server-sent events, which browsers read with `EventSource` (WHATWG HTML §9.2).
///
/// The stream runs only while the client takes its events, and is dropped when the client disconnects. It ends when the server
/// shuts down; clients then reconnect by themselves. An idle stream sends a comment every 15 s, so that proxies keep it open and a
/// client that has gone is noticed.
///
/// ```
/// use gin::{prelude::*, response::{Event, Sse}, testing::Client};
/// use tokio::sync::broadcast;
///
/// type News = broadcast::Sender<String>;
///
/// #[get("/news")]
/// async fn news(State(news): State<News>) -> Sse {
///     let mut news = news.subscribe();
///     Sse::from_writer(async move |events| {
///         while let Ok(headline) = news.recv().await {
///             events.send(Event::data(headline).event("headline")).await?;
///         }
///         Ok(())
///     })
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let news = News::new(16);
/// let client = Client::new(Group::new("").state(news.clone()).mount(routes![news]));
/// let mut events = client.get("/news").sse().await;
/// news.send("gin has events".to_owned()).unwrap();
/// let event = events.next().await.expect("there is news");
/// assert_eq!((event.event.as_str(), event.data.as_str()), ("headline", "gin has events"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// In a page:
///
/// ```html
/// <script>
///     const news = new EventSource("/news");
///     news.addEventListener("headline", event => console.log(event.data));
/// </script>
/// ```
///
/// A client that reconnects sends the id of the last event that it got, which the extractor
/// [`LastEventId`](crate::extract::LastEventId) reads.
#[must_use = "a stream of events is sent by returning it"]
pub struct Sse {
    events: Events,
    keep_alive: Option<Duration>,
}

impl Sse {
    /// Creates a response of a stream's events. Its items are [`Event`]s, text, or a `Result` of one of these.
    ///
    /// The stream is polled only as fast as the client takes its events. An error is logged and breaks the response off, so that the
    /// client reconnects.
    ///
    /// ```
    /// # use gin::{prelude::*, response::{Event, Sse}, testing::Client};
    /// use futures_util::{StreamExt, stream};
    ///
    /// async fn squares() -> Sse {
    ///     Sse::new(stream::iter(1..=3_u32).map(|number| Event::json(&(number * number))))
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/", squares));
    /// client.get("/").await.is(200).has_text("data: 1\n\ndata: 4\n\ndata: 9\n\n");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new<S>(events: S) -> Sse
    where
        S: Stream<Item: IntoEvent> + Send + 'static,
    {
        Sse::of(Box::pin(Items(Box::pin(events))))
    }

    /// Creates a response of the events that `write` sends. The stream ends when `write` returns.
    ///
    /// `write` runs only while the client is connected. When the client disconnects or the server shuts down, it is dropped at its
    /// `.await`. An error that it returns is logged and breaks the response off, so that the client reconnects.
    ///
    /// ```
    /// # use gin::{prelude::*, response::Sse, testing::Client};
    /// # use std::time::Duration;
    /// async fn clock() -> Sse {
    ///     Sse::from_writer(async |events| {
    ///         let mut seconds = tokio::time::interval(Duration::from_secs(1));
    ///         loop {
    ///             seconds.tick().await;
    ///             events.send("tick").await?;
    ///         }
    ///     })
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/clock", clock));
    /// let mut events = client.get("/clock").sse().await;
    /// assert_eq!(events.next().await.expect("it goes on").data, "tick");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn from_writer<F, Fut>(write: F) -> Sse
    where
        F: FnOnce(EventWriter) -> Fut,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        Sse::of(Box::pin(Writing::new(|events| Box::pin(write(events)))))
    }

    fn of(events: Events) -> Sse {
        const KEEP_ALIVE: Duration = Duration::from_secs(15);
        Sse {
            events,
            keep_alive: Some(KEEP_ALIVE),
        }
    }

    /// Sets how long the stream may send nothing until it sends a comment. Default: 15 s, and never less than 1 s.
    pub fn keep_alive(mut self, interval: Duration) -> Sse {
        self.keep_alive = Some(interval.max(Duration::from_secs(1)));
        self
    }

    /// Turns the comments of an idle stream off.
    ///
    /// Proxies may then cut an idle stream off, and a client that vanishes without closing its connection is noticed only when an
    /// event is sent.
    pub fn without_keep_alive(mut self) -> Sse {
        self.keep_alive = None;
        self
    }
}

impl IntoResponse for Sse {
    fn into_response(self) -> Response {
        const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
        const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");
        // nginx would collect events in its buffer.
        const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
        const NO: HeaderValue = HeaderValue::from_static("no");
        let response = from_context(move |cx| {
            let body = EventBody::new(self.events, self.keep_alive, cx.shutdown());
            let mut response = typed(EVENT_STREAM, Body::new(body));
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, NO_CACHE);
            response.headers_mut().insert(BUFFERING, NO);
            response
        });
        response.into_response()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "text/event-stream", serde_json::json!({}));
    }
}

impl fmt::Debug for Sse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sse")
            .field("keep_alive", &self.keep_alive)
            .finish_non_exhaustive()
    }
}

/// A stream whose items become events.
struct Items<S>(Pin<Box<S>>);

impl<S: Stream<Item: IntoEvent>> Stream for Items<S> {
    type Item = Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Result<Event>>> {
        let item = self.0.as_mut().poll_next(task);
        item.map(|item| item.map(IntoEvent::into_event))
    }
}
