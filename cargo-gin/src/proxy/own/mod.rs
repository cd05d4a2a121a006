//! The proxy's own endpoints, `/__gin/…`.

mod actions;
mod endpoints;
mod events;
mod requests;

pub(crate) use actions::json_of;
