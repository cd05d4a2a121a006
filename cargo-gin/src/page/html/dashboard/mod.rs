//! The pages about a run: the dashboard, and one for each request.

mod builds;
mod comparison;
mod frame;
mod overview;
mod request;
mod requests;
mod routes;

pub(crate) use comparison::comparison;
pub(crate) use overview::dashboard;
pub(crate) use request::request;
