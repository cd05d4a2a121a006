//! The engine: finds the endpoint of each request.

mod assembly;
mod branches;
mod checks;
mod endpoint;
mod engine;
mod framing;
mod inherited;
mod inspection;
mod listing;
#[cfg(debug_assertions)]
mod mismatch;
mod miss;
mod misses;
mod refusal;
mod table;
mod warnings;

pub use engine::Engine;
pub use listing::RouteEntry;
