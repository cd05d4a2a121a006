//! The connections of a server, as metrics.

use std::fmt;
use std::sync::{Arc, OnceLock};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::connection::Traffic;
use crate::request::Context;

/// The connections of the server whose requests are measured. They are counted by the server.
#[derive(Debug, Default)]
pub(super) struct Connections(OnceLock<Arc<Traffic>>);

impl Connections {
    /// Notes the server of a request.
    pub(super) fn note(&self, cx: &Context) {
        if self.0.get().is_none()
            && let Some(traffic) = cx.connection().traffic()
        {
            // Another thread may have been faster.
            let _ = self.0.set(traffic.clone());
        }
    }
}

impl Collector for Connections {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(traffic) = self.0.get() else {
            return Ok(());
        };
        let counters = [
            (
                "http_connections_accepted",
                "Connections that were accepted.",
                traffic.accepted(),
            ),
            (
                "http_connections_refused",
                "Connections that could not be accepted, for want of descriptors for example.",
                traffic.refused(),
            ),
        ];
        for (name, help, count) in counters {
            let counter = ConstCounter::new(count);
            let kind = counter.metric_type();
            counter.encode(encoder.encode_descriptor(name, help, None, kind)?)?;
        }
        let open = i64::try_from(traffic.opened()).unwrap_or(i64::MAX);
        let open = ConstGauge::new(open);
        let (name, help) = ("http_connections_open", "Connections that are open now.");
        open.encode(encoder.encode_descriptor(name, help, None, open.metric_type())?)
    }
}
