//! The middleware that sends the times.

use std::borrow::Cow;
use std::fmt::Write;
use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue};

use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next, Provided};
use crate::request::{Context, is_token};
use crate::response::{Response, settle};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Sends the time that each middleware further in, the handler, and all of them took: in the header `Server-Timing`, which browsers
/// show beside the request.
///
/// The time of a middleware is its own, without that of what it runs. The time of a body that is streamed is not part of it. A
/// handler adds times of its own with [`Context::record_time`].
///
/// It measures in debug builds only, as times reveal which work a request causes; see
/// [`in_production`](ServerTiming::in_production). An app that does not use it pays nothing for it. Under `cargo gin dev`, requests
/// from this machine are measured without it, from the first middleware on, and the dashboard shows the times.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::{RequestId, ServerTiming};
///
/// let app = Group::new("").with(ServerTiming::new()).with(RequestId::new()).get("/", async || "home");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let response = Client::new(app).get("/").await;
/// let times = response.header("server-timing").expect("it is a debug build");
/// assert!(times.starts_with("RequestId;dur="), "{times}");
/// assert!(times.contains("handler;dur=") && times.contains("total;dur="), "{times}");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ServerTiming {
    is_on: bool,
}

impl ServerTiming {
    /// Creates the middleware, which measures in debug builds.
    #[expect(clippy::new_without_default, reason = "middleware are made by `new`")]
    pub fn new() -> ServerTiming {
        ServerTiming {
            is_on: cfg!(debug_assertions),
        }
    }

    /// Measures in release builds as well. Everyone can then see the times.
    #[must_use]
    pub fn in_production(mut self) -> ServerTiming {
        self.is_on = true;
        self
    }
}

impl Middleware for ServerTiming {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        let begun = self.is_on.then(|| Measurement::begin(cx)).flatten();
        let Some(measurement) = begun else {
            return next.run(cx);
        };
        Box::pin(async move {
            let mut response = next.run(cx).await;
            settle(cx, &mut response);
            measurement.end(cx, &mut response);
            response
        })
    }

    fn provides(&self, provided: &mut Provided) {
        if self.is_on {
            provided.extension::<Times>();
        }
    }
}

/// A request whose times are taken.
pub(crate) struct Measurement {
    start: Instant,
}

impl Measurement {
    /// Begins to measure a request. Returns `None` if something further out has begun.
    pub(crate) fn begin(cx: &mut Context) -> Option<Measurement> {
        if cx.get::<Times>().is_some() {
            return None;
        }
        cx.set(Times::default());
        let start = Instant::now();
        Some(Measurement { start })
    }

    /// Adds the times to the response.
    pub(crate) fn end(self, cx: &mut Context, response: &mut Response) {
        let total = self.start.elapsed();
        let times = cx.take::<Times>().unwrap_or_default();
        if let Ok(value) = HeaderValue::try_from(times.text(total)) {
            response.headers_mut().append(SERVER_TIMING, value);
        }
    }
}

/// The times of a request.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// From the inside out, as what is further in ends first.
    laps: Vec<Lap>,
    recorded: Vec<(Cow<'static, str>, Duration)>,
}

/// The time of a middleware together with all that it ran.
#[derive(Debug)]
pub(super) struct Lap {
    pub(super) name: String,
    pub(super) time: Duration,
}

impl Times {
    pub(super) fn add(&mut self, lap: Lap) {
        self.laps.push(lap);
    }

    fn text(&self, total: Duration) -> String {
        let mut text = String::new();
        let mut own_times = Vec::with_capacity(self.laps.len());
        let mut inner = Duration::ZERO;
        for lap in &self.laps {
            own_times.push((lap.name.as_str(), lap.time.saturating_sub(inner)));
            inner = lap.time;
        }
        let recorded = self.recorded.iter().map(|(name, time)| (&**name, *time));
        let times = own_times.into_iter().rev().chain(recorded);
        for (name, time) in times.chain([("total", total)]) {
            let separator = if text.is_empty() { "" } else { ", " };
            let millis = time.as_secs_f64() * 1e3;
            let _ = write!(text, "{separator}{name};dur={millis:.3}");
        }
        text
    }
}

impl Context {
    /// Adds a time to the header of [`ServerTiming`], if that middleware measures this request. A name that is not a token
    /// (RFC 9110 §5.6.2) is left out.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use std::time::Instant;
    /// use gin::middleware::ServerTiming;
    ///
    /// async fn users(cx: &mut Context) -> &'static str {
    ///     let start = Instant::now();
    ///     // Here the database is read.
    ///     cx.record_time("db", start.elapsed());
    ///     "users"
    /// }
    ///
    /// let app = Group::new("").with(ServerTiming::new().in_production()).get("/", users);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let response = Client::new(app).get("/").await;
    /// assert!(response.header("server-timing").unwrap_or_default().contains("db;dur="));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("Server-Timing", "setMetric"))]
    pub fn record_time(&mut self, name: impl Into<Cow<'static, str>>, time: Duration) {
        let name = name.into();
        if let Some(times) = self.get_mut::<Times>()
            && is_token(&name)
        {
            times.recorded.push((name, time));
        }
    }
}
