//! The proxy's own endpoints, `/__gin/…`.

mod actions;
mod comparison;
mod endpoints;
mod events;
mod mcp;
mod remedies;
mod requests;

pub(crate) use actions::Actions;
pub(crate) use endpoints::{Endpoints, path};
pub(crate) use events::EventStreams;
pub(crate) use requests::RecordedRequests;
