//! Metrics: numbers about requests and connections, and those of the app, for Prometheus.

mod connections;
mod group;
mod labels;
mod measured;
mod middleware;
mod registry;

pub use registry::Metrics;
