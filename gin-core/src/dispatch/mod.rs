//! The engine: a checked app that finds the endpoint of each request.

mod assembly;
mod engine;
mod listing;
mod miss;
mod refusal;

pub use engine::Engine;
pub(crate) use listing::Layer;
pub use listing::RouteEntry;
