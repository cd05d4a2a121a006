//! The task of one WebSocket: its connection, and the function of the app beside it.

use std::future::poll_fn;
use std::panic::{self, AssertUnwindSafe};
use std::task::{Context as Task, Poll};
use std::time::Duration;

use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tracing::{debug, error, info};

use crate::connection::Shutdown;
use crate::failure::{Error, Panic};
use crate::future::BoxFuture;
use crate::server::Upgraded;
use crate::websocket::connection::Connection;
use crate::websocket::socket::Ends;
use crate::websocket::{CloseCode, SocketError};

/// The limits and timeouts of a connection.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// In bytes.
    pub(super) max_message_size: usize,
    /// In bytes. `None` for the size of a message.
    pub(super) max_frame_size: Option<usize>,
    pub(super) keep_alive: Option<Duration>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            max_message_size: 1 << 20,
            max_frame_size: None,
            keep_alive: Some(Duration::from_secs(20)),
        }
    }
}

impl Settings {
    fn config(&self) -> WebSocketConfig {
        /// In bytes. tungstenite's own size, 128 KiB, would be held by every idle connection.
        const BUFFER: usize = 8 << 10;
        WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(BUFFER)
            .max_message_size(Some(self.max_message_size))
            .max_frame_size(Some(self.max_frame_size.unwrap_or(self.max_message_size)))
    }
}

/// A connection and the function of the app that has its socket.
///
/// They share a task, so that a message passes between them without a change of threads.
struct Session {
    /// `None` once it is closed.
    connection: Option<Connection>,
    /// `None` once it has ended.
    function: Option<BoxFuture<'static, Result<(), Error>>>,
    /// The request's path, for the log.
    path: String,
}

/// Serves a connection and runs the app's function, both to their ends.
pub(super) async fn run(
    upgraded: Upgraded,
    ends: Ends,
    settings: Settings,
    shutdown: Shutdown,
    path: String,
    function: BoxFuture<'static, Result<(), Error>>,
) {
    let config = Some(settings.config());
    let stream = WebSocketStream::from_raw_socket(upgraded, Role::Server, config).await;
    let mut session = Session {
        connection: Some(Connection::new(stream, ends, settings.keep_alive, shutdown)),
        function: Some(function),
        path,
    };
    poll_fn(|task| session.poll(task)).await;
}

impl Session {
    fn poll(&mut self, task: &mut Task<'_>) -> Poll<()> {
        self.poll_connection(task);
        self.poll_function(task);
        // The function may have sent something just now.
        if self
            .connection
            .as_ref()
            .is_some_and(Connection::has_commands)
        {
            self.poll_connection(task);
        }
        match (&self.connection, &self.function) {
            (None, None) => Poll::Ready(()),
            _ => Poll::Pending,
        }
    }

    fn poll_connection(&mut self, task: &mut Task<'_>) {
        if let Some(connection) = &mut self.connection
            && connection.poll(task).is_ready()
        {
            self.connection = None;
        }
    }

    fn poll_function(&mut self, task: &mut Task<'_>) {
        let Some(function) = &mut self.function else {
            return;
        };
        // The function is not polled after a panic, so its inconsistent state is not observed.
        let polled = panic::catch_unwind(AssertUnwindSafe(|| function.as_mut().poll(task)));
        let result = match polled {
            Ok(Poll::Pending) => return,
            Ok(Poll::Ready(result)) => result,
            Err(payload) => Err(Panic::from(payload).into()),
        };
        self.function = None;
        if let Err(error) = result {
            let code = self.report(&error);
            if let Some(connection) = &mut self.connection {
                connection.close(code);
            }
            // The socket may have been closed by the drop of the function.
            self.poll_connection(task);
        }
    }

    /// Logs an error of the function, and returns the code with which the connection is closed.
    fn report(&self, error: &Error) -> CloseCode {
        let path = &self.path;
        match error.cause().and_then(|cause| cause.downcast_ref()) {
            Some(SocketError::Closed) => {
                debug!("the WebSocket at {path} was closed by the client");
                CloseCode::NORMAL
            }
            Some(SocketError::Json(error)) => {
                info!("the WebSocket at {path} got a message that does not fit: {error}");
                CloseCode::INVALID_DATA
            }
            None => {
                error!("the WebSocket at {path} failed: {error:?}");
                CloseCode::INTERNAL_ERROR
            }
        }
    }
}
