//! The export of spans to a collector, by OTLP over HTTP.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber, warn};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::failure::BoxError;
use crate::operations::log::StderrLog;
use crate::request::TraceContext;

/// The export of spans to an OpenTelemetry collector, by OTLP (protobuf over HTTP).
///
/// One call before the server runs is enough. Spans of the level `info` are exported in batches, those of [`Trace`] among them, and
/// the rest is flushed when the server has shut down. Events are still logged to the standard error, with the id of their trace.
///
/// The variables of OpenTelemetry count, such as `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_HEADERS` and
/// `OTEL_TRACES_SAMPLER`. The collector is usually an agent on the same host. An endpoint with `https` needs TLS, which the app turns
/// on by a dependency on `opentelemetry-otlp` with the feature `reqwest-rustls`.
///
/// ```no_run
/// use gin::operations::{Telemetry, Trace};
/// use gin::prelude::*;
///
/// #[gin::main]
/// async fn main() -> gin::Result<()> {
///     Telemetry::new("shop").install()?;
///     gin::default().with(Trace::new()).get("/", async || "hello").run().await
/// }
/// ```
///
/// [`Trace`]: crate::operations::Trace
#[derive(Debug, Clone)]
#[must_use = "spans are exported once this is installed"]
pub struct Telemetry {
    service: String,
    endpoint: Option<String>,
    sampled: Option<f64>,
}

/// The error of [`Telemetry::install`].
#[derive(Debug)]
#[non_exhaustive]
pub enum TelemetryError {
    /// The settings of the exporter are wrong.
    Exporter(BoxError),
    /// The ratio of [`Telemetry::sample`] is not between 0 and 1.
    Ratio(f64),
    /// The app has a `tracing` subscriber already.
    HasSubscriber,
}

/// The providers of this process, whose spans are flushed when a server ends. There is one, unless the app makes several layers.
static PROVIDERS: Mutex<Vec<SdkTracerProvider>> = Mutex::new(Vec::new());

impl Telemetry {
    /// Prepares the export of the spans of a service.
    pub fn new(service: impl Into<String>) -> Telemetry {
        Telemetry {
            service: service.into(),
            endpoint: None,
            sampled: None,
        }
    }

    /// Sets the URL of the collector. Default: `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://localhost:4318`.
    pub fn endpoint(mut self, url: impl Into<String>) -> Telemetry {
        self.endpoint = Some(url.into());
        self
    }

    /// Sets the ratio of the traces that begin here to export, from 0 to 1. A trace of a client is exported if the client's is.
    /// Default: `OTEL_TRACES_SAMPLER`, else 1.
    pub fn sample(mut self, ratio: f64) -> Telemetry {
        self.sampled = Some(ratio);
        self
    }

    /// Installs a `tracing` subscriber that exports spans and logs events.
    ///
    /// # Errors
    ///
    /// Fails if a setting is wrong, or if the app has installed a subscriber. Then [`layer`](Telemetry::layer) can be added to that.
    pub fn install(self) -> Result<(), TelemetryError> {
        let layer = self.layer()?.with_filter(LevelFilter::INFO);
        let subscriber = Registry::default()
            .with(StderrLog::of_environment())
            .with(layer);
        let installed = tracing::subscriber::set_global_default(subscriber);
        installed.map_err(|_| TelemetryError::HasSubscriber)
    }

    /// Returns a layer for a `tracing` subscriber of the app.
    ///
    /// # Errors
    ///
    /// Fails if a setting is wrong.
    ///
    /// ```no_run
    /// use gin::operations::Telemetry;
    /// use tracing_subscriber::prelude::*;
    ///
    /// # fn main() -> gin::Result<()> {
    /// tracing_subscriber::registry().with(Telemetry::new("shop").layer()?).init();
    /// # Ok(())
    /// # }
    /// ```
    pub fn layer<S>(self) -> Result<OpenTelemetryLayer<S, SdkTracer>, TelemetryError>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let provider = self.provider()?;
        let tracer = provider.tracer("gin");
        let mut providers = PROVIDERS.lock().unwrap_or_else(PoisonError::into_inner);
        providers.push(provider);
        Ok(OpenTelemetryLayer::new(tracer))
    }

    fn provider(self) -> Result<SdkTracerProvider, TelemetryError> {
        let mut exporter = SpanExporter::builder().with_http();
        if let Some(url) = self.endpoint {
            let url = format!("{}/v1/traces", url.trim_end_matches('/'));
            exporter = exporter.with_endpoint(url);
        }
        let exporter = exporter.build();
        let exporter = exporter.map_err(|error| TelemetryError::Exporter(error.into()))?;
        let resource = Resource::builder().with_service_name(self.service).build();
        let mut provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_batch_exporter(exporter);
        if let Some(ratio) = self.sampled {
            if !(0.0..=1.0).contains(&ratio) {
                return Err(TelemetryError::Ratio(ratio));
            }
            let root = Box::new(Sampler::TraceIdRatioBased(ratio));
            provider = provider.with_sampler(Sampler::ParentBased(root));
        }
        Ok(provider.build())
    }
}

/// Exports the spans that have ended, for as long as a collector should need.
pub(crate) async fn flush() {
    const LIMIT: Duration = Duration::from_secs(5);
    let providers = {
        let providers = PROVIDERS.lock();
        providers.unwrap_or_else(PoisonError::into_inner).clone()
    };
    if providers.is_empty() {
        return;
    }
    // It waits for another thread.
    let flushed = spawn_blocking(move || {
        let mut flushed = providers.iter().map(SdkTracerProvider::force_flush);
        flushed.find_map(Result::err)
    });
    match timeout(LIMIT, flushed).await {
        Ok(Ok(Some(error))) => warn!("the last spans were not exported: {error}"),
        Ok(_) => {}
        Err(_) => warn!("the last spans were not exported within {LIMIT:?}"),
    }
}

/// Continues the trace of the client in `span`. Returns the span's context.
pub(super) fn context(span: &Span, client: Option<TraceContext>) -> TraceContext {
    if let Some(client) = &client {
        let parent = opentelemetry::Context::new().with_remote_span_context(remote(client));
        // Without a layer that exports, there is nothing to continue.
        let _ = span.set_parent(parent);
    }
    let context = span.context();
    let recorded = context.span().span_context().clone();
    let next = TraceContext::next(client);
    if !recorded.is_valid() {
        return next;
    }
    next.recorded(
        u128::from_be_bytes(recorded.trace_id().to_bytes()),
        u64::from_be_bytes(recorded.span_id().to_bytes()),
        recorded.trace_flags().to_u8(),
    )
}

fn remote(client: &TraceContext) -> SpanContext {
    let (trace, span, flags) = client.ids();
    let state = client.state().and_then(|state| state.parse().ok());
    SpanContext::new(
        TraceId::from(trace),
        SpanId::from(span),
        TraceFlags::new(flags),
        true,
        state.unwrap_or(TraceState::NONE),
    )
}

impl fmt::Display for TelemetryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TelemetryError::Exporter(error) => write!(f, "cannot export spans: {error}"),
            TelemetryError::Ratio(ratio) => {
                write!(f, "cannot sample {ratio} of the traces: the ratio is from 0 to 1")
            }
            TelemetryError::HasSubscriber => f.write_str(
                "the app has a `tracing` subscriber already: add `Telemetry::layer` to it in place of `install`",
            ),
        }
    }
}

impl std::error::Error for TelemetryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TelemetryError::Exporter(error) => Some(&**error),
            TelemetryError::Ratio(_) | TelemetryError::HasSubscriber => None,
        }
    }
}
