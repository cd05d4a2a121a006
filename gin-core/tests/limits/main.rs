//! The limits of time, load, rates and sizes, and the codings of content, each with its fault.

mod codings;
mod compression;
mod concurrency;
mod decompression;
mod left_alone;
mod rates;
#[path = "../http/redis_server.rs"]
mod redis_server;
mod request_ids;
mod shared_rates;
mod timeouts;
mod timing;
#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../http/wire.rs"]
mod wire;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use gin::prelude::*;

/// Returns everything that is wrong with `app`.
fn flaws(app: Group) -> String {
    let error = app.build().expect_err("the app is wrong");
    error.to_string()
}

/// Polls a future once. Returns its output if it is complete.
async fn poll_once<F: Future + ?Sized>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|task| {
        Poll::Ready(match future.as_mut().poll(task) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

/// Records that it was dropped.
#[derive(Clone, Default)]
struct Dropped(Arc<AtomicBool>);

impl Dropped {
    fn guard(&self) -> Guard {
        Guard(self.clone())
    }

    fn is_dropped(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A value of a handler, such as a transaction.
struct Guard(Dropped);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::SeqCst);
    }
}
