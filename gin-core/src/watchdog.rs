//! A warning about handlers that keep a thread to themselves.

use std::{
    future::poll_fn,
    time::{Duration, Instant},
};

use tracing::warn;

use crate::handler::BoxFuture;

/// A poll that takes longer keeps other requests waiting.
const LONG: Duration = Duration::from_millis(100);

/// In debug builds, `run` that warns when one of its polls takes long: it blocks where it should await.
pub(crate) fn watched<'a, T: 'a>(
    route: Option<&'a str>,
    mut run: BoxFuture<'a, T>,
) -> BoxFuture<'a, T> {
    if !cfg!(debug_assertions) {
        return run;
    }
    Box::pin(poll_fn(move |task| {
        let start = Instant::now();
        let poll = run.as_mut().poll(task);
        let took = start.elapsed();
        if took > LONG {
            let route = route.unwrap_or("a request without a route");
            warn!(
                "{route} blocked its thread for {took:.0?}; `tokio::task::spawn_blocking` is for that"
            );
        }
        poll
    }))
}
