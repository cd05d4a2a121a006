//! HTML.

use std::borrow::Cow;

use http::HeaderValue;

use crate::response::into_response::typed;
use crate::response::{IntoResponse, Response};

/// Text that is HTML already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Html<T>(pub T);

impl<T: Into<Cow<'static, str>>> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        html(self.0.into())
    }
}

fn html(text: Cow<'static, str>) -> Response {
    const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
    match text {
        Cow::Borrowed(text) => typed(HTML, text),
        Cow::Owned(text) => typed(HTML, text),
    }
}
