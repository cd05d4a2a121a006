//! What comes out of handlers.

mod failures;
mod html;
mod into_response;
mod json;
mod redirect;
mod settle;
mod shortcuts;

pub use html::Html;
pub use into_response::IntoResponse;
pub use json::Json;
pub use redirect::Redirect;
pub(crate) use settle::{default_shape, respond, settle};

/// A response: status, headers and a [`Body`](crate::Body).
pub type Response<B = crate::Body> = http::Response<B>;
