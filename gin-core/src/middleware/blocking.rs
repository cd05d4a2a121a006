//! A warning about handlers that block a thread.

use std::future::poll_fn;
use std::task::Poll;
use std::time::{Duration, Instant};

use tracing::warn;

use crate::failure::{Panic, Problem};
use crate::future::BoxFuture;
use crate::response::Response;

/// The duration beyond which a poll delays other requests noticeably.
const LONG: Duration = Duration::from_millis(100);

/// In debug builds, wraps `run` to log a warning if one of its polls takes longer than [`LONG`]: it blocks where it should await.
pub(crate) fn warn_if_blocking<'a>(
    route: Option<&'a str>,
    mut run: BoxFuture<'a, Response>,
) -> BoxFuture<'a, Response> {
    if !cfg!(debug_assertions) {
        return run;
    }
    Box::pin(poll_fn(move |task| {
        let start = Instant::now();
        let poll = run.as_mut().poll(task);
        let took = start.elapsed();
        if took > LONG && !is_of_panic(&poll) {
            let route = route.unwrap_or("a request without a route");
            warn!(
                "{route} blocked its thread for {took:.0?}; run blocking code in `tokio::task::spawn_blocking`"
            );
        }
        poll
    }))
}

/// Returns `true` after a panic. Most of that time was spent on collecting the backtrace.
fn is_of_panic(poll: &Poll<Response>) -> bool {
    let Poll::Ready(response) = poll else {
        return false;
    };
    let cause = Problem::of(response).and_then(Problem::cause);
    cause.is_some_and(|cause| cause.error().is::<Panic>())
}
