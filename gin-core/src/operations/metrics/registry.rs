//! The metrics of an app: those of its requests, and its own.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use prometheus_client::encoding::{prometheus_text, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Metric, Registry, Unit};

use crate::failure::Problem;
use crate::operations::metrics::connections::Connections;
use crate::operations::metrics::labels::{Outcome, Target};
use crate::request::Context;
use crate::response::{Accept, IntoResponse, Response};

/// The metrics of an app, for Prometheus: those of requests and connections, and the app's own. A clone has the same ones.
///
/// [`Group::metrics`](crate::Group::metrics) measures the requests of a group and shows them. As a middleware, it only measures;
/// [`respond`](Metrics::respond) shows the metrics elsewhere, on a server for operators for example.
///
/// | metric | labels |
/// |---|---|
/// | `http_requests_total` | method, route, status |
/// | `http_request_duration_seconds` (histogram) | method, route, status |
/// | `http_request_size_bytes`, `http_response_size_bytes` (histograms) | method, route |
/// | `http_requests_in_flight` | |
/// | `http_connections_accepted_total`, `…_refused_total`, `http_connections_open` | |
///
/// The route is the pattern, or empty if no route matches. Unregistered methods are `other`. So clients cannot make the labels grow
/// in number. The status of a request that its client did not wait for is 499, and that of a panic is 500. A duration is the time
/// until the head of the response, and a request's size is the one that its head declares.
///
/// ```
/// use gin::operations::Metrics;
/// use gin::prometheus_client::metrics::counter::Counter;
/// use gin::{prelude::*, testing::Client};
///
/// let metrics = Metrics::new();
/// let orders = metrics.register("orders", "Orders that were placed", Counter::<u64>::default());
/// let app = Group::new("")
///     .metrics("/metrics", &metrics)
///     .state(orders)
///     .post("/shops/:shop/orders", async |State(orders): State<Counter>| {
///         orders.inc();
///         201
///     });
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.post("/shops/7/orders").await.is(201);
/// let page = client.get("/metrics").await.is(200);
/// page.contains("http_requests_total{method=\"POST\",route=\"/shops/:shop/orders\",status=\"201\"} 1")
///     .contains("orders_total 1");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Metrics(pub(super) Arc<Shared>);

/// The metrics that clones share.
pub(super) struct Shared {
    registry: RwLock<Registry>,
    pub(super) requests: Family<Outcome, Counter>,
    pub(super) durations: Family<Outcome, Histogram>,
    pub(super) request_sizes: Family<Target, Histogram>,
    pub(super) response_sizes: Family<Target, Histogram>,
    pub(super) in_flight: Gauge,
    pub(super) connections: Arc<Connections>,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl Metrics {
    /// Creates the metrics of an app.
    pub fn new() -> Metrics {
        let shared = Shared {
            registry: RwLock::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(durations),
            request_sizes: Family::new_with_constructor(sizes),
            response_sizes: Family::new_with_constructor(sizes),
            in_flight: Gauge::default(),
            connections: Arc::default(),
        };
        let metrics = Metrics(Arc::new(shared));
        metrics.edit(|registry| metrics.0.enter(registry));
        metrics
    }

    /// Adds a metric of the app and returns it. Its type is one of [`prometheus_client::metrics`](crate::prometheus_client), whose
    /// clones share a value. The name of a counter gets the suffix `_total`.
    pub fn register<M: Metric + Clone>(&self, name: &str, help: &str, metric: M) -> M {
        self.edit(|registry| registry.register(name, help, metric.clone()));
        metric
    }

    /// Changes the registry, to add metrics with a unit, a prefix or a collector.
    ///
    /// ```
    /// use gin::operations::Metrics;
    /// use gin::prometheus_client::metrics::gauge::Gauge;
    /// use gin::prometheus_client::registry::Unit;
    ///
    /// let (metrics, cache) = (Metrics::new(), Gauge::<i64>::default());
    /// metrics.edit(|registry| registry.register_with_unit("cache", "Size of the cache", Unit::Bytes, cache.clone()));
    /// ```
    pub fn edit(&self, change: impl FnOnce(&mut Registry)) {
        let registry = self.0.registry.write();
        change(&mut registry.unwrap_or_else(PoisonError::into_inner));
    }

    /// Returns all metrics: as `OpenMetrics` if the client accepts that, else in Prometheus' text format.
    ///
    /// ```
    /// # use gin::{operations::Metrics, prelude::*, testing::Client};
    /// let metrics = Metrics::new();
    /// let app = Group::new("").with(metrics.clone()).get("/", async || "home");
    /// let operators = Group::new("")
    ///     .state(metrics)
    ///     .get("/metrics", async |cx: &mut Context| cx.state::<Metrics>().map(|metrics| metrics.respond(cx)).or_404());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.is(200);
    /// Client::new(operators).get("/metrics").await.contains("http_requests_total{method=\"GET\",route=\"/\",status=\"200\"} 1");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn respond(&self, cx: &Context) -> Response {
        let registry = self.0.registry.read();
        let registry = registry.unwrap_or_else(PoisonError::into_inner);
        let mut page = String::new();
        let format = Accept::of(cx).best(&OFFERS);
        let (written, content_type) = if format == Some(OPEN_METRICS) {
            (text::encode(&mut page, &registry), OPEN_METRICS_TYPE)
        } else {
            let written = prometheus_text::encode(&mut page, &registry);
            (written, prometheus_text::CONTENT_TYPE)
        };
        if let Err(error) = written {
            // A metric or a collector of the app has failed.
            return Problem::new(500).because(error).into_response();
        }
        let mut response = Response::new(page.into());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, HeaderValue::from_static("accept"));
        response
    }
}

/// The media types of the formats. The first one is what a client gets that accepts both.
const OFFERS: [&str; 2] = [
    "text/plain;version=0.0.4",
    "application/openmetrics-text;version=1.0.0",
];
/// The place of `OpenMetrics` among the offers.
const OPEN_METRICS: usize = 1;
const OPEN_METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

impl Shared {
    /// Adds the metrics of requests and connections.
    fn enter(&self, registry: &mut Registry) {
        registry.register("http_requests", "Requests", self.requests.clone());
        registry.register(
            "http_requests_in_flight",
            "Requests without a response yet",
            self.in_flight.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "Time until the head of the response",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register_with_unit(
            "http_request_size",
            "Size of request bodies, as declared",
            Unit::Bytes,
            self.request_sizes.clone(),
        );
        registry.register_with_unit(
            "http_response_size",
            "Size of response bodies",
            Unit::Bytes,
            self.response_sizes.clone(),
        );
        registry.register_collector(Box::new(self.connections.clone()));
    }
}

/// The buckets that OpenTelemetry's conventions advise for requests, in seconds.
fn durations() -> Histogram {
    Histogram::new([
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    ])
}

/// From 256 bytes to 16 MiB.
fn sizes() -> Histogram {
    Histogram::new(exponential_buckets(256.0, 4.0, 9))
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}
