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

pub use crate::content::{Body, BodyWriter};
pub use crate::failure::IntoStatus;

/// A response: status, headers and a [`Body`].
pub type Response<B = Body> = http::Response<B>;
