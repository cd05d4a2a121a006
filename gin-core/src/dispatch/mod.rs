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
mod miss;
mod misses;
#[cfg(debug_assertions)]
mod near_misses;
mod refusal;
mod table;
mod warnings;

pub use engine::Engine;
pub use listing::RouteEntry;
#[cfg(debug_assertions)]
pub(crate) use near_misses::NearMisses;
