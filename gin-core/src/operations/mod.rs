//! Operations: health and readiness, metrics, traces, and settings.
//!
//! # Health and readiness
//!
//! [`Group::health`](crate::Group::health) responds to probes by running checks, and [`Group::ready`](crate::Group::ready) with 503
//! once the server shuts down. Together with [`Server::drain_delay`](crate::Server::drain_delay) it lets a server be replaced
//! without a lost request:
//!
//! ```
//! use gin::{operations::Health, prelude::*, testing::Client};
//!
//! async fn ping_database() -> std::io::Result<()> {
//!     Ok(())
//! }
//!
//! let app = Group::new("")
//!     .health("/healthz", Health::new().check("database", ping_database))
//!     .ready("/readyz");
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let probe = Client::new(app);
//! probe.get("/healthz").await.is(200).contains("\"status\":\"up\"");
//! probe.get("/readyz").await.is(200).has_json(json!({ "status": "up" }));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! In Kubernetes, `/readyz` is the readiness probe. A liveness probe is best a [`Health`] without checks: to restart all servers
//! because the database is down helps nobody.
//!
//! # Metrics and traces
//!
//! The middleware [`Trace`] runs each request in a span of its trace, which handlers pass on to other services as a
//! [`TraceContext`]. With the feature `telemetry`, [`Telemetry`] exports spans to a collector; with `metrics`, [`Metrics`] counts and
//! measures requests for Prometheus.
//!
//! # Settings
//!
//! [`config`](crate::config) reads the app's settings from a file and from variables, with all mistakes at once.

#[cfg(feature = "config")]
mod config;
mod health;
mod log;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "telemetry")]
pub(crate) mod telemetry;
mod trace;

#[cfg(feature = "config")]
#[cfg_attr(docsrs, doc(cfg(feature = "config")))]
#[doc(alias("SecretString", "SecretBox", "password"))]
pub use config::Secret;
#[cfg(feature = "config")]
#[doc(hidden)]
pub use config::config;
#[cfg(feature = "config")]
pub(crate) use config::log_warnings;
#[cfg(feature = "config")]
#[cfg_attr(docsrs, doc(cfg(feature = "config")))]
pub use config::{Config, ConfigError};
pub use health::CheckOutput;
#[doc(alias("healthcheck", "liveness", "actuator", "probe"))]
pub use health::Health;
pub(crate) use log::log_events;
#[cfg(feature = "metrics")]
#[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
#[doc(alias("prometheus", "OpenMetrics", "PrometheusMetricLayer"))]
pub use metrics::Metrics;
#[cfg(feature = "telemetry")]
#[cfg_attr(docsrs, doc(cfg(feature = "telemetry")))]
#[doc(alias("OpenTelemetry", "OTLP", "jaeger", "exporter"))]
pub use telemetry::Telemetry;
#[cfg(feature = "telemetry")]
#[cfg_attr(docsrs, doc(cfg(feature = "telemetry")))]
pub use telemetry::TelemetryError;
#[doc(alias("TraceLayer", "otelgin", "OpenTelemetry", "TracingLogger"))]
pub use trace::Trace;

#[doc(alias("traceparent", "propagation", "W3C", "baggage"))]
pub use crate::request::TraceContext;
