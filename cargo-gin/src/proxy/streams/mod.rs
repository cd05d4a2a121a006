//! The bodies that pass through the proxy.

mod body;
mod observed;
mod upload;

pub(crate) use body::{Body, Error, full};
pub(crate) use observed::{Observed, Observer};
pub(crate) use upload::Upload;
