//! Layers and services of tower.

mod call;
mod engine;
mod given;
mod layer;
mod matched;
mod next_service;
mod passage;
mod service;

pub use given::{Given, given};
pub use layer::{Layered, layer};
pub use matched::Matched;
pub use next_service::NextService;
pub use service::{KeepPrefix, OriginalUri, ServiceHandler, handler};
