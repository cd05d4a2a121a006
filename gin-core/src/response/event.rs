//! One event of a stream of server-sent events.

use std::panic::Location;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde::Serialize;
use tracing::error;

use crate::failure::Error;

/// An event of an [`Sse`](crate::response::Sse) stream, as it is sent. Cloning it is cheap, so one event can go to many clients.
///
/// Text of any number of lines is sent so that the client gets the same lines, whatever their line breaks.
///
/// ```
/// # use gin::{prelude::*, response::{Event, Sse}, testing::Client};
/// # use std::time::Duration;
/// let events = async || Sse::from_writer(async |events| {
///     events.send(Event::data("two\nlines").event("note").id("7")).await?;
///     events.send(Event::comment("nobody sees this").retry(Duration::from_secs(5))).await
/// });
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/", events));
/// client.get("/").await.has_text(
///     "data: two\ndata: lines\nevent: note\nid: 7\n\n\
///      : nobody sees this\nretry: 5000\n\n",
/// );
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an event is sent by an `EventWriter` or in a stream"]
pub struct Event {
    /// The lines and the empty line at the end. It is empty if the event cannot be sent.
    text: Bytes,
}

impl Event {
    /// Creates an event with text. A client's `EventSource` gets it as `event.data`.
    pub fn data(text: impl AsRef<str>) -> Event {
        Event::of("data", text.as_ref())
    }

    /// Creates an event with a value as JSON in one line.
    ///
    /// ```
    /// # use gin::{prelude::*, response::Event};
    /// let event = Event::json(&json!({ "id": 7 }))?;
    /// assert_eq!(event, Event::data(r#"{"id":7}"#));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails if the value cannot be serialized.
    pub fn json(value: &impl Serialize) -> serde_json::Result<Event> {
        serde_json::to_string(value).map(Event::data)
    }

    /// Creates a comment, which clients ignore.
    pub fn comment(text: impl AsRef<str>) -> Event {
        Event::of("", text.as_ref())
    }

    fn of(field: &str, text: &str) -> Event {
        let mut lines = BytesMut::with_capacity(text.len() + field.len() + 4);
        // Most texts have no CR. It costs far less to search for one of the two than for both.
        if text.contains('\r') {
            lines_of(text).for_each(|line| push(&mut lines, field, line));
        } else {
            text.split('\n')
                .for_each(|line| push(&mut lines, field, line));
        }
        lines.extend_from_slice(b"\n");
        Event {
            text: lines.freeze(),
        }
    }

    /// Sets the event's name, for which a client listens by `addEventListener`. Default: `message`.
    ///
    /// A name with a line break would be another field, so such an event is not sent, and an error is logged.
    #[track_caller]
    pub fn event(self, name: impl AsRef<str>) -> Event {
        self.with("event", name.as_ref(), Location::caller())
    }

    /// Sets the id, which a client that reconnects sends as [`LastEventId`](crate::extract::LastEventId).
    ///
    /// An id with a line break or NUL would be another field or be ignored, so such an event is not sent, and an error is logged.
    #[track_caller]
    pub fn id(self, id: impl AsRef<str>) -> Event {
        self.with("id", id.as_ref(), Location::caller())
    }

    /// Sets how long the client waits before it reconnects. The unit on the wire is a millisecond. Default: the client's own.
    #[track_caller]
    pub fn retry(self, time: Duration) -> Event {
        self.with("retry", &time.as_millis().to_string(), Location::caller())
    }

    fn with(self, field: &str, value: &str, place: &Location<'_>) -> Event {
        if value.contains(['\0', '\n', '\r']) {
            error!("an event is not sent: its {field} {value:?} has a line break or NUL ({place})");
            return Event { text: Bytes::new() };
        }
        if self.text.is_empty() {
            return self;
        }
        let mut lines = self.text.try_into_mut().unwrap_or_else(BytesMut::from);
        lines.truncate(lines.len() - 1);
        push(&mut lines, field, value);
        lines.extend_from_slice(b"\n");
        Event {
            text: lines.freeze(),
        }
    }

    /// Returns the bytes that are sent. They are empty if the event cannot be sent.
    pub(crate) fn into_bytes(self) -> Bytes {
        self.text
    }
}

fn push(lines: &mut BytesMut, field: &str, value: &str) {
    for part in [field, ": ", value, "\n"] {
        lines.extend_from_slice(part.as_bytes());
    }
}

/// Splits text at CR LF, LF and CR, which all end a line of the stream.
fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\r', '\n']) else {
            return rest.take();
        };
        let (line, after) = text.split_at(end);
        rest = after.strip_prefix("\r\n").or_else(|| after.get(1..));
        Some(line)
    })
}

impl From<&str> for Event {
    fn from(text: &str) -> Event {
        Event::data(text)
    }
}

impl From<String> for Event {
    fn from(text: String) -> Event {
        Event::data(text)
    }
}

/// An item of a stream of events: an [`Event`], text, or a `Result` of one of these.
///
/// An error ends the response without its proper end, so that the client reconnects. The error is logged.
///
/// ```
/// use gin::response::{Event, IntoEvent};
///
/// let event = "7".parse::<u8>().map(|number| Event::data(number.to_string()));
/// assert_eq!(event.into_event().expect("it is a number"), Event::data("7"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    note = "the items of the stream are `Event`s, text, or a `Result` of one of these; `Event::json` makes an event of a value"
)]
pub trait IntoEvent {
    /// Converts the item into an event.
    ///
    /// # Errors
    ///
    /// The error that ends the stream.
    fn into_event(self) -> Result<Event, Error>;
}

impl IntoEvent for Event {
    fn into_event(self) -> Result<Event, Error> {
        Ok(self)
    }
}

impl IntoEvent for &str {
    fn into_event(self) -> Result<Event, Error> {
        Ok(self.into())
    }
}

impl IntoEvent for String {
    fn into_event(self) -> Result<Event, Error> {
        Ok(self.into())
    }
}

impl<T: IntoEvent, E: Into<Error>> IntoEvent for Result<T, E> {
    fn into_event(self) -> Result<Event, Error> {
        self.map_err(Into::into).and_then(IntoEvent::into_event)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Event;

    #[test]
    fn text_keeps_its_lines_whatever_their_breaks() {
        for (text, sent) in [
            ("", "data: \n\n"),
            ("a", "data: a\n\n"),
            ("a\nb", "data: a\ndata: b\n\n"),
            ("a\rb", "data: a\ndata: b\n\n"),
            ("a\r\nb", "data: a\ndata: b\n\n"),
            ("a\n\rb", "data: a\ndata: \ndata: b\n\n"),
            ("a\n", "data: a\ndata: \n\n"),
            ("\r\n", "data: \ndata: \n\n"),
            (" a: b", "data:  a: b\n\n"),
            ("é\r\u{1f980}", "data: é\ndata: \u{1f980}\n\n"),
        ] {
            assert_eq!(Event::data(text).into_bytes(), sent, "{text:?}");
        }
        let comment = Event::comment("a\ndata: b").into_bytes();
        assert_eq!(comment, ": a\n: data: b\n\n");
    }

    #[test]
    fn a_field_that_would_be_another_one_is_not_sent() {
        for text in ["a\nb", "a\r", "\0"] {
            assert_eq!(Event::data("x").id(text).into_bytes(), "");
            let event = Event::data("x").event(text).retry(Duration::ZERO);
            assert_eq!(event.into_bytes(), "");
        }
    }

    #[test]
    fn a_clone_keeps_its_text_when_a_field_is_added() {
        let event = Event::data("x");
        let clone = event.clone();
        let named = event.event("e").retry(Duration::from_millis(1_500));
        assert_eq!(named.into_bytes(), "data: x\nevent: e\nretry: 1500\n\n");
        assert_eq!(clone.into_bytes(), "data: x\n\n");
    }
}
