//! Messages: text or bytes.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_tungstenite::tungstenite::{Message as Frame, Utf8Bytes};

use crate::websocket::SocketError;

/// A message on a WebSocket: text or bytes. Cloning it is cheap, so one message can go to many clients.
///
/// Pings and pongs are handled by the connection, and never are messages.
///
/// ```
/// use gin::websocket::Message;
///
/// assert_eq!(Message::from("hello").as_text(), Some("hello"));
/// assert_eq!(Message::from(vec![1, 2]).as_bytes(), [1, 2]);
/// assert_eq!(Message::json(&[1, 2]).unwrap(), Message::from("[1,2]"));
/// assert_eq!(Message::from("[1,2]").to::<Vec<u8>>().unwrap(), [1, 2]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(Text),
    /// Bytes.
    Binary(Bytes),
}

impl Message {
    /// Creates a text message of a value as JSON.
    ///
    /// # Errors
    ///
    /// Fails if the value cannot be serialized.
    pub fn json(value: &impl Serialize) -> serde_json::Result<Message> {
        serde_json::to_string(value).map(Message::from)
    }

    /// Returns the text, or `None` if the message is binary.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Message::Text(text) => Some(text),
            Message::Binary(_) => None,
        }
    }

    /// Returns the bytes, also those of text.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Message::Text(text) => text.as_bytes(),
            Message::Binary(bytes) => bytes,
        }
    }

    /// Returns the value of the message's JSON. Binary messages may be JSON, too.
    ///
    /// # Errors
    ///
    /// Fails with [`SocketError::Json`] if the message is not JSON, or not of this type.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, SocketError> {
        serde_json::from_slice(self.as_bytes()).map_err(SocketError::Json)
    }
}

impl From<Message> for Frame {
    fn from(message: Message) -> Frame {
        match message {
            Message::Text(Text(text)) => Frame::Text(text),
            Message::Binary(bytes) => Frame::Binary(bytes),
        }
    }
}

impl From<Text> for Message {
    fn from(text: Text) -> Message {
        Message::Text(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Message {
        Message::Text(text.into())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message::Text(text.into())
    }
}

impl From<Bytes> for Message {
    fn from(bytes: Bytes) -> Message {
        Message::Binary(bytes)
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Message {
        Message::Binary(bytes.into())
    }
}

/// The text of a message. It is used like a `&str`, and cloning it is cheap.
///
/// ```
/// use gin::websocket::Text;
///
/// let text = Text::from("hello");
/// assert_eq!(text, "hello");
/// assert_eq!(text.to_uppercase(), "HELLO");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Text(pub(crate) Utf8Bytes);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_str()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(text.into())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> String {
        text.to_string()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
