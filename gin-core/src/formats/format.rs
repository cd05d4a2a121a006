//! The parts that all formats have in common: the check of the content type, and the response.

use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::{Rejection, Severity, charset, content_coding};
use crate::failure::{BoxError, Error, Problem};
use crate::request::Context;
use crate::response::{IntoResponse, Response};

/// The names of a format.
pub(super) struct Format {
    /// The format in a sentence: "the body is not YAML".
    pub(super) name: &'static str,
    /// The media types of requests. The first one is the usual one.
    pub(super) types: &'static [&'static str],
    /// The suffix of further media types (RFC 6839).
    pub(super) suffix: Option<&'static str>,
    /// The content type of responses.
    pub(super) content_type: HeaderValue,
}

impl Format {
    /// Returns `true` if `media_type` is one of the format.
    pub(super) fn takes(&self, media_type: &str) -> bool {
        let is_equal = |own: &&str| own.eq_ignore_ascii_case(media_type);
        let media_type = media_type.to_ascii_lowercase();
        let has_suffix = |suffix| media_type.ends_with(suffix);
        self.types.iter().any(is_equal) || self.suffix.is_some_and(has_suffix)
    }

    /// Returns the body, if its content type is one of the format.
    pub(super) async fn bytes(&self, cx: &mut Context) -> Result<Bytes, Rejection> {
        charset::check(cx)?;
        content_coding::check(cx)?;
        match cx.content_type() {
            Some(sent) if self.takes(sent) => cx.bytes().await,
            Some(_) => Err(self.unsupported(Severity::Invalid)),
            None => Err(self.unsupported(Severity::Absent)),
        }
    }

    fn unsupported(&self, severity: Severity) -> Rejection {
        let first = self.types.first().copied().unwrap_or_default();
        let detail = format!("the body must be sent as {first}");
        Rejection::new(severity, Problem::new(415).detail(detail))
    }

    pub(super) fn response(&self, encoded: Result<Vec<u8>, BoxError>) -> Response {
        match encoded {
            Ok(bytes) => {
                let mut response = bytes.into_response();
                let headers = response.headers_mut();
                headers.insert(CONTENT_TYPE, self.content_type.clone());
                response
            }
            Err(error) => Error::from(NotEncoded(error)).into_response(),
        }
    }
}

#[cfg(feature = "openapi")]
impl Format {
    pub(super) fn describe_body(&self, operation: &mut Operation, schema: serde_json::Value) {
        let first = self.types.first().copied().unwrap_or_default();
        operation.body(first, schema);
        operation.typed_body_problems();
    }

    pub(super) fn describe_response(&self, operation: &mut Operation, schema: serde_json::Value) {
        let media_type = self.content_type.to_str().unwrap_or_default();
        operation.response_with(200, media_type, schema);
    }
}

/// A value that its format cannot express.
#[derive(Debug)]
struct NotEncoded(BoxError);

impl std::fmt::Display for NotEncoded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for NotEncoded {}

/// Lets [`Valid`](crate::extract::Valid) go around a format.
macro_rules! validated {
    ($name:ident) => {
        #[cfg(feature = "validation")]
        impl<T> crate::extract::Input for $name<T>
        where
            $name<T>: crate::extract::FromContext<Rejection = crate::extract::Rejection>,
        {
            type Value = T;
            const PLACE: crate::failure::Place = crate::failure::Place::BODY;

            fn value(&self) -> &T {
                &self.0
            }
        }
    };
}

pub(super) use validated;
