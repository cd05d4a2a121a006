//! The trait of the values that a handler may return.

use std::borrow::Cow;
use std::convert::Infallible;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
#[cfg(feature = "openapi")]
use serde_json::json;

use crate::content::media::{BINARY, TEXT};
use crate::content::{Body, header_pool};
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::IntoStatus;
use crate::response::{Response, ResponseNeed};

/// A value that a handler may return.
///
/// The [module](crate::response) lists the types that implement it. A type of the app implements it in terms of those:
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// struct Created { id: u32 }
///
/// impl IntoResponse for Created {
///     fn into_response(self) -> Response {
///         let location = [("location", format!("/users/{}", self.id))];
///         (StatusCode::CREATED, location, Json(self.id)).into_response()
///     }
/// }
///
/// let app = Group::new("").post("/users", async || Created { id: 7 });
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).post("/users").await.is(201).has_header("location", "/users/7").has_text("7");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "cannot be turned into a response",
    note = "return text, `Json(value)`, `Html(text)`, a `StatusCode`, `(status, body)`, a `Response`, a `Result` of one of these, or a type that implements `IntoResponse`",
    note = "the type inside a `Json` implements `serde::Serialize`; an `Option` becomes a response by `.or_404()`, a number or a list by `Json(value)`",
    note = "of a `Result`, both types are responses: the error implements `IntoResponse`, or the function returns a `gin::Result`, to which `?` converts any error; an `anyhow::Error` is a response with gin's feature `anyhow`"
)]
pub trait IntoResponse {
    /// Converts the value into a response.
    fn into_response(self) -> Response;

    /// Returns what the response needs from the groups around the handler, which [`Engine::new`](crate::Engine::new) checks.
    #[doc(hidden)]
    fn need() -> Option<ResponseNeed> {
        None
    }

    /// Adds what clients should know about the response to the description of its route. Default: a response of which nothing is known.
    #[cfg(feature = "openapi")]
    #[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
    fn describe(operation: &mut Operation)
    where
        Self: Sized,
    {
        operation.response_unknown();
    }
}

/// Creates a response of `body` and its content type.
pub(crate) fn typed(content_type: HeaderValue, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    header_pool::reuse(headers);
    headers.insert(CONTENT_TYPE, content_type);
    response
}

impl IntoResponse for Response {
    fn into_response(self) -> Response {
        self
    }
}

impl IntoResponse for () {
    fn into_response(self) -> Response {
        Response::default()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response(200);
    }
}

impl IntoResponse for Infallible {
    fn into_response(self) -> Response {
        match self {}
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        let _ = operation;
    }
}

impl IntoResponse for &'static str {
    fn into_response(self) -> Response {
        typed(TEXT, self)
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "text/plain", json!({ "type": "string" }));
    }
}

impl IntoResponse for String {
    fn into_response(self) -> Response {
        typed(TEXT, self)
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "text/plain", json!({ "type": "string" }));
    }
}

impl IntoResponse for Cow<'static, str> {
    fn into_response(self) -> Response {
        match self {
            Cow::Borrowed(text) => text.into_response(),
            Cow::Owned(text) => text.into_response(),
        }
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "text/plain", json!({ "type": "string" }));
    }
}

impl IntoResponse for Bytes {
    fn into_response(self) -> Response {
        typed(BINARY, self)
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "application/octet-stream", json!({}));
    }
}

impl IntoResponse for Vec<u8> {
    fn into_response(self) -> Response {
        typed(BINARY, self)
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "application/octet-stream", json!({}));
    }
}

impl IntoResponse for &'static [u8] {
    fn into_response(self) -> Response {
        typed(BINARY, self)
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "application/octet-stream", json!({}));
    }
}

impl IntoResponse for Body {
    fn into_response(self) -> Response {
        Response::new(self)
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "*/*", json!({}));
    }
}

impl IntoResponse for StatusCode {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = self;
        response
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_of_value();
    }
}

impl<T: IntoResponse, E: IntoResponse> IntoResponse for Result<T, E> {
    fn into_response(self) -> Response {
        match self {
            Ok(value) => value.into_response(),
            Err(error) => error.into_response(),
        }
    }

    fn need() -> Option<ResponseNeed> {
        T::need().or_else(E::need)
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.success(T::describe);
        operation.failure(E::describe);
    }
}

/// A status without a body. A number that is not a status code is 500.
impl IntoResponse for u16 {
    fn into_response(self) -> Response {
        match self.checked_status() {
            Ok(status) => status.into_response(),
            Err(problem) => problem.into_response(),
        }
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_of_value();
    }
}

impl<T: IntoResponse> IntoResponse for (u16, T) {
    fn into_response(self) -> Response {
        let (status, body) = self;
        match status.checked_status() {
            Ok(status) => (status, body).into_response(),
            Err(problem) => problem.into_response(),
        }
    }

    fn need() -> Option<ResponseNeed> {
        T::need()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.with_status(T::describe);
    }
}

impl<H, T> IntoResponse for (u16, H, T)
where
    (H, T): IntoResponse,
{
    fn into_response(self) -> Response {
        let (status, headers, body) = self;
        match status.checked_status() {
            Ok(status) => (status, (headers, body)).into_response(),
            Err(problem) => problem.into_response(),
        }
    }

    fn need() -> Option<ResponseNeed> {
        <(H, T)>::need()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.with_status(<(H, T)>::describe);
    }
}

impl<T: IntoResponse> IntoResponse for (StatusCode, T) {
    fn into_response(self) -> Response {
        let (status, body) = self;
        let mut response = body.into_response();
        *response.status_mut() = status;
        response
    }

    fn need() -> Option<ResponseNeed> {
        T::need()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.with_status(T::describe);
    }
}

impl<H, T> IntoResponse for (StatusCode, H, T)
where
    (H, T): IntoResponse,
{
    fn into_response(self) -> Response {
        let (status, headers, body) = self;
        (status, (headers, body)).into_response()
    }

    fn need() -> Option<ResponseNeed> {
        <(H, T)>::need()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.with_status(<(H, T)>::describe);
    }
}
