//! Reports of apps that are built on gin-core: their routes, and the requests that failed in them.

mod answer;
mod cache;
mod fetch;

pub(crate) use fetch::Reports;
