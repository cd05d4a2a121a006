//! Close codes, and the frame that closes a connection.

use std::fmt;
use std::time::Duration;

use tokio_tungstenite::tungstenite::protocol::CloseFrame as Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode as Code;

/// The longest time that a client may take to confirm that the connection is closed.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The reason why a connection is closed, as a number (RFC 6455 §7.4). A plain `u16` becomes one by `into`.
///
/// ```
/// use gin::websocket::CloseCode;
///
/// assert_eq!(CloseCode::from(1000), CloseCode::NORMAL);
/// assert_eq!(CloseCode::from(4001).as_u16(), 4001);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1000: the connection has done its work.
    pub const NORMAL: CloseCode = CloseCode(1000);
    /// 1001: the server shuts down, or the client leaves the page.
    pub const GOING_AWAY: CloseCode = CloseCode(1001);
    /// 1002: the other end broke the protocol.
    pub const PROTOCOL_ERROR: CloseCode = CloseCode(1002);
    /// 1003: a message is of a kind that is not accepted, such as binary.
    pub const UNSUPPORTED: CloseCode = CloseCode(1003);
    /// 1005: the closing frame has no code. It cannot be sent.
    pub const NO_STATUS: CloseCode = CloseCode(1005);
    /// 1007: a message's text is not valid, such as JSON of the wrong type.
    pub const INVALID_DATA: CloseCode = CloseCode(1007);
    /// 1008: a message is against the rules of the app.
    pub const POLICY: CloseCode = CloseCode(1008);
    /// 1009: a message is larger than the limit.
    pub const TOO_LARGE: CloseCode = CloseCode(1009);
    /// 1011: the server failed.
    pub const INTERNAL_ERROR: CloseCode = CloseCode(1011);
    /// 1012: the server restarts.
    pub const RESTART: CloseCode = CloseCode(1012);
    /// 1013: the server is overloaded; the client may come back later.
    pub const TRY_AGAIN: CloseCode = CloseCode(1013);

    /// Returns the number.
    pub fn as_u16(self) -> u16 {
        self.0
    }

    /// Returns the code to send. One that may not be sent (RFC 6455 §7.4.1) becomes 1011.
    fn sendable(self) -> Code {
        let code = Code::from(self.0);
        if code.is_allowed() { code } else { Code::Error }
    }
}

impl From<u16> for CloseCode {
    fn from(code: u16) -> CloseCode {
        CloseCode(code)
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The frame by which one end closes a connection: a code and a text.
///
/// ```
/// # use gin::{prelude::*, testing::Client, websocket::WebSocket};
/// async fn say_bye(ws: WebSocket) -> Response {
///     ws.on_upgrade(async |socket| {
///         socket.close(4001, "bye").await;
///         Ok(())
///     })
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/", say_bye));
/// let mut socket = client.websocket("/").await.unwrap();
/// assert!(socket.recv().await.is_none());
/// let closed = socket.close_frame().expect("the server has closed it");
/// assert_eq!((closed.code.as_u16(), closed.reason.as_str()), (4001, "bye"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseFrame {
    /// The code.
    pub code: CloseCode,
    /// The text, which is for developers. It may be empty.
    pub reason: String,
}

impl CloseFrame {
    pub(crate) fn new(code: impl Into<CloseCode>, reason: impl Into<String>) -> CloseFrame {
        CloseFrame {
            code: code.into(),
            reason: reason.into(),
        }
    }

    /// Returns the frame to send. A reason that is too long for a control frame is cut.
    pub(crate) fn into_frame(mut self) -> Frame {
        // RFC 6455 §5.5: 125 bytes, two of which are the code.
        const LONGEST: usize = 123;
        let end = (0..=LONGEST).rfind(|&end| self.reason.is_char_boundary(end));
        if self.reason.len() > LONGEST {
            self.reason.truncate(end.unwrap_or(0));
        }
        Frame {
            code: self.code.sendable(),
            reason: self.reason.into(),
        }
    }
}

/// A frame without a code has [`CloseCode::NO_STATUS`].
impl From<Option<Frame>> for CloseFrame {
    fn from(frame: Option<Frame>) -> CloseFrame {
        match frame {
            Some(frame) => CloseFrame::new(u16::from(frame.code), frame.reason.as_str()),
            None => CloseFrame::new(CloseCode::NO_STATUS, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CloseFrame;

    #[test]
    fn a_code_that_may_not_be_sent_becomes_1011() {
        for (code, sent) in [
            (1000, 1000),
            (1001, 1001),
            (1014, 1011),
            (3000, 3000),
            (4999, 4999),
            (0, 1011),
            (999, 1011),
            (1004, 1011),
            (1005, 1011),
            (1006, 1011),
            (1015, 1011),
            (2999, 1011),
            (5000, 1011),
        ] {
            let frame = CloseFrame::new(code, "").into_frame();
            assert_eq!(u16::from(frame.code), sent, "{code}");
        }
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        for (reason, length) in [
            ("a".repeat(123), 123),
            ("a".repeat(124), 123),
            ("é".repeat(100), 122),
            ("\u{1f980}".repeat(100), 120),
        ] {
            let frame = CloseFrame::new(1000, reason).into_frame();
            assert_eq!(frame.reason.len(), length);
        }
    }
}
