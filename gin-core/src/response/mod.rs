//! What comes out of handlers.

mod html;
mod into_response;
mod json;
mod redirect;
mod settle;
mod status;

pub use html::Html;
pub use into_response::IntoResponse;
pub(crate) use into_response::typed;
pub use json::Json;
pub use redirect::Redirect;
pub use settle::respond;
pub(crate) use settle::{default_shape, settle};

pub use status::IntoStatus;

/// A response: status, headers and a [`Body`](crate::Body).
pub type Response<B = crate::Body> = http::Response<B>;
