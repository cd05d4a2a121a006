//! Operations: health, shutdown and its hooks, metrics, traces and settings.

mod health;
mod lifecycle;
mod logger;
mod metrics;
mod settings;
mod traces;
#[path = "../http/wire.rs"]
mod wire;
