//! The measuring of requests.

use std::time::Instant;

use crate::content::Body;
use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next, Provided};
use crate::operations::metrics::Metrics;
use crate::operations::metrics::labels::{Outcome, RouteLabel, Target, method};
use crate::operations::metrics::measured::Measured;
use crate::operations::metrics::registry::Shared;
use crate::request::Context;
use crate::response::{Response, settle};

/// The status of a request whose client did not wait for the response. It is not one of HTTP; nginx logs it as well.
const CLIENT_LEFT: u16 = 499;
/// The status of a panic.
const PANIC: u16 = 500;

impl Middleware for Metrics {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let metrics = &*self.0;
            metrics.connections.note(cx);
            let request = InFlight::begin(metrics, cx);
            let mut response = next.run(cx).await;
            // A problem has a body once it has its shape.
            settle(cx, &mut response);
            request.end(&mut response);
            response
        })
    }

    fn provides(&self, _: &mut Provided) {}
}

/// A request without a response yet. Dropping it counts the request as one that was given up.
struct InFlight<'a> {
    metrics: &'a Shared,
    /// `None` once it is counted.
    target: Option<Target>,
    start: Instant,
}

impl<'a> InFlight<'a> {
    fn begin(metrics: &'a Shared, cx: &Context) -> InFlight<'a> {
        metrics.in_flight.inc();
        let target = Target {
            method: method(cx.method()),
            route: RouteLabel(cx.site().clone()),
        };
        if let Some(size) = cx.known_body_size() {
            let sizes = metrics.request_sizes.get_or_create(&target);
            sizes.observe(in_bytes(size));
        }
        InFlight {
            metrics,
            target: Some(target),
            start: Instant::now(),
        }
    }

    fn end(mut self, response: &mut Response) {
        let Some(target) = self.target.take() else {
            return;
        };
        let sizes = &self.metrics.response_sizes;
        if let Some(length) = response.body().len() {
            sizes.get_or_create(&target).observe(in_bytes(length));
        } else {
            let sizes = sizes.get_or_create_owned(&target);
            let body = std::mem::take(response.body_mut());
            *response.body_mut() = Body::new(Measured::new(body, sizes));
        }
        self.count(target, response.status().as_u16());
    }

    fn count(&self, target: Target, status: u16) {
        let outcome = Outcome { target, status };
        self.metrics.requests.get_or_create(&outcome).inc();
        let durations = self.metrics.durations.get_or_create(&outcome);
        durations.observe(self.start.elapsed().as_secs_f64());
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.metrics.in_flight.dec();
        if let Some(target) = self.target.take() {
            let is_panic = std::thread::panicking();
            self.count(target, if is_panic { PANIC } else { CLIENT_LEFT });
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "nobody counts single bytes of petabytes"
)]
pub(super) fn in_bytes(size: u64) -> f64 {
    size as f64
}
