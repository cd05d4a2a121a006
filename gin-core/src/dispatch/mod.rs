//! The engine: finds the endpoint of each request.

mod assembly;
mod checks;
mod endpoint;
mod engine;
mod framing;
mod listing;
mod miss;
mod misses;
mod refusal;
mod table;

pub(crate) use endpoint::Endpoint;
pub use engine::Engine;
pub use listing::RouteEntry;
