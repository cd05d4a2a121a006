//! JSON, in and out.

use http::HeaderValue;
use serde::Serialize;

use crate::failure::Error;
use crate::response::into_response::typed;
use crate::response::{IntoResponse, Response};

/// A value as JSON: the response, or what the request's body holds.
///
/// ```
/// # use gin::prelude::*;
/// # use serde::{Deserialize, Serialize};
/// #[derive(Serialize, Deserialize)]
/// struct User { name: String }
///
/// async fn create(Json(user): Json<User>) -> (StatusCode, Json<User>) {
///     (StatusCode::CREATED, Json(user))
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json(serde_json::to_vec(&self.0))
    }
}

impl IntoResponse for serde_json::Value {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

fn json(bytes: serde_json::Result<Vec<u8>>) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json");
    match bytes {
        Ok(bytes) => typed(JSON, bytes),
        Err(error) => Error::from(error).into_response(),
    }
}
