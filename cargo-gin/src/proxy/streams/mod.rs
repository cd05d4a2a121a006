//! The bodies that pass through the proxy.

mod body;
mod observed;

pub(crate) use body::{Ask, Body, Error, Upload, full};
pub(crate) use observed::{Watch, Watched};
