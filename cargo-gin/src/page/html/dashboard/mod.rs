//! The pages about a run: the dashboard, and each of its requests.

pub(crate) mod builds;
pub(crate) mod frame;
pub(crate) mod overview;
pub(crate) mod request;
pub(crate) mod requests;
pub(crate) mod routes;
