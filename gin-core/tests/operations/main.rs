//! Operations: health, shutdown and its hooks, metrics, traces and settings.

mod health;
mod lifecycle;
#[path = "../http/wire.rs"]
mod wire;
