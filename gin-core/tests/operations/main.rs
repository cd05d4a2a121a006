//! Operations: health, shutdown and its hooks, metrics, traces and settings.

mod health;
mod lifecycle;
mod metrics;
mod traces;
#[path = "../http/wire.rs"]
mod wire;
