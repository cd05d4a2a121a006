//! Responses, gin's way: methods of the context.

use std::borrow::Cow;

use http::HeaderValue;
use serde::Serialize;

use crate::content::Body;
use crate::failure::{IntoStatus, Problem};
use crate::request::Context;
use crate::response::into_response::typed;
use crate::response::{Html, IntoResponse, Json, Redirect, Response};

/// Responses, gin's way.
impl Context {
    /// A value as JSON.
    pub fn json(&self, status: impl IntoStatus, value: impl Serialize) -> Response {
        (status.into_status(), Json(value)).into_response()
    }

    /// Text.
    pub fn string(&self, status: impl IntoStatus, text: impl Into<String>) -> Response {
        (status.into_status(), text.into()).into_response()
    }

    /// Text that is HTML already.
    pub fn html(&self, status: impl IntoStatus, html: impl Into<Cow<'static, str>>) -> Response {
        (status.into_status(), Html(html)).into_response()
    }

    /// Octets of a media type. One that cannot be a header's value is 500.
    pub fn data(
        &self,
        status: impl IntoStatus,
        media_type: &str,
        octets: impl Into<Body>,
    ) -> Response {
        let Ok(media_type) = HeaderValue::from_str(media_type) else {
            return Problem::new(500).into_response();
        };
        let mut response = typed(media_type, octets);
        *response.status_mut() = status.into_status();
        response
    }

    /// A redirect; [`Redirect`] names the usual statuses.
    pub fn redirect(&self, status: impl IntoStatus, location: impl Into<String>) -> Response {
        Redirect::with(status, location).into_response()
    }

    /// A status without a body.
    pub fn status(&self, status: impl IntoStatus) -> Response {
        status.into_status().into_response()
    }
}
