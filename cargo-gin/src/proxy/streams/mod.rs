//! The bodies that pass through the proxy.

mod body;
mod observed;

pub(crate) use body::{Body, Error, full};
pub(crate) use observed::{Observed, Observer};
