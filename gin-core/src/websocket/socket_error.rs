//! The errors of a socket.

use std::fmt;

/// An error of a [`Socket`](crate::websocket::Socket).
///
/// A function may return it by `?`. A closed connection is then not logged as an error, as clients leave at any time, and wrong JSON
/// closes the connection with code 1007.
///
/// ```
/// # use gin::{prelude::*, testing::Client, websocket::WebSocket};
/// async fn sum(ws: WebSocket) -> Response {
///     ws.on_upgrade(async |mut socket| {
///         while let Some(numbers) = socket.recv_json::<Vec<u32>>().await? {
///             socket.send_json(&numbers.iter().sum::<u32>()).await?;
///         }
///         Ok(())
///     })
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/sum", sum));
/// let mut socket = client.websocket("/sum").await.unwrap();
/// socket.send("[1, 2, 3]").await;
/// assert_eq!(socket.recv().await.unwrap().as_text(), Some("6"));
/// socket.send("one").await;
/// assert!(socket.recv().await.is_none());
/// assert_eq!(socket.close_frame().unwrap().code.as_u16(), 1007);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum SocketError {
    /// The connection is closed.
    Closed,
    /// A message is not JSON, or not of the type that is expected, or a value cannot be serialized.
    Json(serde_json::Error),
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SocketError::Closed => f.write_str("the WebSocket is closed"),
            SocketError::Json(error) => {
                write!(f, "a message of the WebSocket does not fit: {error}")
            }
        }
    }
}

impl std::error::Error for SocketError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SocketError::Closed => None,
            SocketError::Json(error) => Some(error),
        }
    }
}
