//! A limit of the time that handlers take.

use std::time::Duration;

use http::StatusCode;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Problem;
use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next, Provided};
use crate::request::Context;
use crate::response::{IntoResponse, IntoStatus, Response, settle};

/// Ends the handlers and middleware further in that have no response after some time, and responds with a 503
/// [`Problem`].
///
/// The future of the handler is dropped where it awaits something, and with it everything that it owns: transactions roll back, locks
/// are released. A task that it has spawned goes on, as does code that never awaits.
///
/// Only the time up to the response counts. A body that is streamed may take longer, and so may a connection that is upgraded, such
/// as a WebSocket. A client that sends its request slowly is the concern of
/// [`Server::min_body_rate`](crate::Server::min_body_rate), but a handler that waits for such a client is ended as well.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use std::time::Duration;
/// use gin::middleware::Timeout;
///
/// let app = Group::new("")
///     .with(Timeout::new(Duration::from_millis(10)))
///     .get("/fast", async || "done")
///     .get("/slow", async || std::future::pending::<String>().await);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/fast").await.has_text("done");
/// client.get("/slow").await.is(503);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Timeout {
    duration: Duration,
    status: StatusCode,
}

impl Timeout {
    /// Creates the middleware, with the time after which a handler is ended. A time of zero is an error of
    /// [`Engine::new`](crate::Engine::new).
    pub fn new(duration: Duration) -> Timeout {
        Timeout {
            duration,
            status: StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Sets the status of the response. Default: 503.
    ///
    /// It is 504 for handlers that pass the request on to another server (RFC 9110 §15.6.5). A status that is not an error's is an
    /// error of [`Engine::new`](crate::Engine::new).
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use std::time::Duration;
    /// use gin::middleware::Timeout;
    ///
    /// let timeout = Timeout::new(Duration::from_millis(10)).status(504);
    /// let app = Group::new("").with(timeout).get("/", async || std::future::pending::<String>().await);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.is(504);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn status(mut self, status: impl IntoStatus) -> Timeout {
        self.status = status.into_status();
        self
    }
}

impl Middleware for Timeout {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            if let Ok(response) = tokio::time::timeout(self.duration, next.run(cx)).await {
                return response;
            }
            if cx.has_body() {
                // The handler may have read a part, and the rest must not be taken for the whole.
                drop(cx.take_body());
            }
            let problem = Problem::new(self.status).detail("the request took too long");
            let mut response = problem.into_response();
            settle(cx, &mut response);
            response
        })
    }

    fn provides(&self, _: &mut Provided) {}

    #[cfg(feature = "openapi")]
    fn describe(&self, operation: &mut Operation) {
        operation.problem(self.status.as_u16());
    }

    fn flaws(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        if self.duration.is_zero() {
            flaws.push("no handler responds in no time; set a longer time".to_owned());
        }
        if !self.status.is_client_error() && !self.status.is_server_error() {
            let status = self.status.as_u16();
            flaws.push(format!(
                "{status} is not the status of an error; use 503 or 504"
            ));
        }
        flaws
    }
}
