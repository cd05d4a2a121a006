//! A limit of the requests that are handled at once, with a queue of bounded length.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use http::header::RETRY_AFTER;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Problem;
use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next, Provided};
use crate::request::Context;
use crate::response::{IntoResponse, Response, settle};

/// Limits the requests that are handled at once. The others wait in a queue, and those for which it has no place are refused at once
/// with a 503 [`Problem`] and `Retry-After`, so that a server under too much load keeps serving what it can.
///
/// A request counts until the body of its response has been sent, or its client has gone: a slow reader holds memory too. A
/// connection that is upgraded, such as a WebSocket, counts until then. A client that goes while it waits frees its place.
///
/// Clones share one limit, so one value can limit several groups together.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::ConcurrencyLimit;
///
/// let app = Group::new("").with(ConcurrencyLimit::new(1).queue(0)).get("/report", async || "a report");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// let first = client.get("/report").stream().await;
/// client.get("/report").await.is(503).has_header("retry-after", "1");
/// drop(first);
/// client.get("/report").await.is(200);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ConcurrencyLimit {
    limit: usize,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    longest_wait: Duration,
    retry_after: Duration,
}

impl ConcurrencyLimit {
    /// Handles `limit` requests at once, with a queue of the same length. A limit of 0 is an error of
    /// [`Engine::new`](crate::Engine::new).
    pub fn new(limit: usize) -> ConcurrencyLimit {
        ConcurrencyLimit {
            limit,
            running: semaphore(limit),
            waiting: semaphore(limit),
            longest_wait: Duration::from_secs(5),
            retry_after: Duration::from_secs(1),
        }
    }

    /// Sets how many requests may wait; with 0, none does. Default: as many as are handled at once.
    #[must_use]
    pub fn queue(mut self, length: usize) -> ConcurrencyLimit {
        self.waiting = semaphore(length);
        self
    }

    /// Sets how long a request may wait until it is refused. Default: 5 s.
    #[must_use]
    pub fn longest_wait(mut self, duration: Duration) -> ConcurrencyLimit {
        self.longest_wait = duration;
        self
    }

    /// Sets the time after which a client that is refused may try again, in whole seconds. Default: 1 s.
    #[must_use]
    pub fn retry_after(mut self, duration: Duration) -> ConcurrencyLimit {
        self.retry_after = duration;
        self
    }

    /// Waits for a permit, if there is a place to wait.
    async fn admit(&self) -> Option<OwnedSemaphorePermit> {
        // It fails while others wait, as a permit that is returned goes to the first of them.
        if let Ok(permit) = self.running.clone().try_acquire_owned() {
            return Some(permit);
        }
        // The place is left when this future is dropped, too.
        let _place = self.waiting.try_acquire().ok()?;
        let permit = self.running.clone().acquire_owned();
        timeout(self.longest_wait, permit).await.ok()?.ok()
    }

    fn refusal(&self) -> Problem {
        let seconds = self.retry_after.as_secs().max(1);
        Problem::new(503)
            .detail("the server is busy")
            .header(RETRY_AFTER, HeaderValue::from(seconds))
    }
}

fn semaphore(permits: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)))
}

impl Middleware for ConcurrencyLimit {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let permit = self.admit().await;
            let mut response = match permit {
                Some(_) => next.run(cx).await,
                None => self.refusal().into_response(),
            };
            settle(cx, &mut response);
            match permit {
                Some(permit) => response.map(|body| body.holding(permit)),
                None => response,
            }
        })
    }

    fn provides(&self, _: &mut Provided) {}

    #[cfg(feature = "openapi")]
    fn describe(&self, operation: &mut Operation) {
        operation.problem(503);
        operation.retry_after(503);
    }

    fn flaws(&self) -> Vec<String> {
        let is_closed = self.limit == 0;
        let flaw =
            is_closed.then(|| "a limit of 0 refuses every request; set at least 1".to_owned());
        flaw.into_iter().collect()
    }
}
