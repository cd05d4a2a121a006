//! A stream of server-sent events, read by the client.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use http::{HeaderMap, header};
use http_body::Body as _;

use crate::content::Body;
use crate::response::Response;
use crate::testing::response::TestResponse;

/// The events of a response, which are read one by one, from [`TestRequest::sse`](crate::testing::TestRequest::sse).
///
/// They are read as a browser's `EventSource` reads them. Dropping this disconnects the client.
///
/// ```
/// # use gin::{prelude::*, response::{Event, Sse}, testing::Client};
/// let app = Group::new("").get("/ids", async || Sse::from_writer(async |events| {
///     for id in 1.. {
///         events.send(Event::data("more").id(id.to_string())).await?;
///     }
///     Ok(())
/// }));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let mut events = Client::new(app).get("/ids").sse().await;
/// for id in ["1", "2", "3"] {
///     let event = events.next().await.expect("there are more");
///     assert_eq!((event.event.as_str(), event.id.as_deref()), ("message", Some(id)));
/// }
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TestEvents {
    headers: HeaderMap,
    body: Body,
    /// The bytes of the line that has not ended yet.
    partial: Vec<u8>,
    /// The last byte was CR, so that LF would not be another line.
    is_after_cr: bool,
    lines: std::vec::IntoIter<String>,
    id: Option<String>,
}

/// One event that a client got.
///
/// ```
/// use gin::testing::TestEvent;
///
/// let event = TestEvent { data: "hello".to_owned(), ..TestEvent::default() };
/// assert_eq!((event.event.as_str(), event.retry), ("message", None));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestEvent {
    /// The name. Default: `message`.
    pub event: String,
    /// The text. Its lines are separated by LF.
    pub data: String,
    /// The last id that the stream has set, by this event or before.
    pub id: Option<String>,
    /// The time after which the client reconnects, if the event or a comment before it sets one.
    pub retry: Option<Duration>,
}

impl Default for TestEvent {
    fn default() -> TestEvent {
        TestEvent {
            event: "message".to_owned(),
            data: String::new(),
            id: None,
            retry: None,
        }
    }
}

impl TestEvents {
    /// Returns the events of `response`.
    ///
    /// # Panics
    ///
    /// Panics if it is another response than 200 with a stream of events, and shows it.
    pub(super) async fn of(request_line: String, response: Response) -> TestEvents {
        let media = response.headers().get(header::CONTENT_TYPE);
        let is_stream =
            media.is_some_and(|media| media.as_bytes().starts_with(b"text/event-stream"));
        if response.status() != 200 || !is_stream {
            let response = TestResponse::read(request_line, response).await;
            panic!("expected a stream of events, got {response:?}");
        }
        let (head, body) = response.into_parts();
        TestEvents {
            headers: head.headers,
            body,
            partial: Vec::new(),
            is_after_cr: false,
            lines: Vec::new().into_iter(),
            id: None,
        }
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Waits for the next event. Returns `None` when the stream has ended.
    ///
    /// # Panics
    ///
    /// Panics if the stream breaks off or is not UTF-8.
    pub async fn next(&mut self) -> Option<TestEvent> {
        let mut event = TestEvent::default();
        let mut data: Option<String> = None;
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                if let Some(data) = data.take() {
                    event.id.clone_from(&self.id);
                    return Some(TestEvent { data, ..event });
                }
                event.event = TestEvent::default().event;
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut event.event),
                "id" => self.id = Some(value.to_owned()),
                "retry" => event.retry = value.parse().ok().map(Duration::from_millis),
                "data" => match &mut data {
                    Some(data) => data.extend(["\n", value]),
                    None => data = Some(value.to_owned()),
                },
                _ => {}
            }
        }
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(line) = self.lines.next() {
                return Some(line);
            }
            let body = &mut self.body;
            let frame = poll_fn(|task| Pin::new(&mut *body).poll_frame(task)).await?;
            let frame = frame.unwrap_or_else(|error| panic!("the events broke off: {error}"));
            let bytes = frame.into_data().unwrap_or_default();
            self.lines = self.split(&bytes).into_iter();
        }
    }

    /// Returns the lines that `bytes` complete.
    fn split(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for &byte in bytes {
            let is_second = byte == b'\n' && self.is_after_cr;
            self.is_after_cr = byte == b'\r';
            match byte {
                _ if is_second => {}
                b'\r' | b'\n' => {
                    let line = String::from_utf8(std::mem::take(&mut self.partial));
                    lines.push(line.expect("a stream of events is UTF-8"));
                }
                byte => self.partial.push(byte),
            }
        }
        lines
    }
}

impl fmt::Debug for TestEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestEvents")
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
