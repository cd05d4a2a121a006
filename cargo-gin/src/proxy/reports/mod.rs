//! Reports of apps that are built on gin-core.

mod fetch;

pub(crate) use fetch::Told;
