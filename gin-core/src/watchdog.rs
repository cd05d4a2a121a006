//! A warning about handlers that keep a thread to themselves.

use std::{
    future::poll_fn,
    pin::pin,
    time::{Duration, Instant},
};

use tracing::warn;

/// A poll that takes longer keeps other requests waiting.
const LONG: Duration = Duration::from_millis(100);

/// Runs `future` and, in debug builds, warns when one of its polls takes long: it blocks where it should await.
pub(crate) async fn watched<T>(route: Option<&str>, future: impl Future<Output = T>) -> T {
    if !cfg!(debug_assertions) {
        return future.await;
    }
    let mut future = pin!(future);
    poll_fn(|task| {
        let start = Instant::now();
        let poll = future.as_mut().poll(task);
        let took = start.elapsed();
        if took > LONG {
            let route = route.unwrap_or("a request without a route");
            warn!("{route} blocked its thread for {took:.0?}; `tokio::task::spawn_blocking` is for that");
        }
        poll
    })
    .await
}
