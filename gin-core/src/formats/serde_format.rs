//! Formats whose values are read and written by serde.

use crate::extract::json::field_of;
use crate::extract::{Rejection, Severity};
use crate::failure::Place;
use crate::formats::format::Format;

impl Format {
    /// Returns the rejection of a body that cannot be decoded at all, or whose content does not fit.
    pub(super) fn reject(&self, error: &Mismatch, malformed: Option<Mismatch>) -> Rejection {
        if let Some(Mismatch(text)) = malformed {
            return Rejection::invalid(format!("the body is not {}: {text}", self.name));
        }
        let errors = vec![field_of(String::new(), &error.0)];
        Rejection::of_fields(Severity::Invalid, 422, Place::BODY, errors)
    }
}

/// The error of a body that does not fit, in the words of its parser.
pub(super) struct Mismatch(pub(super) String);

impl<E: std::error::Error> From<E> for Mismatch {
    fn from(error: E) -> Mismatch {
        Mismatch(error.to_string())
    }
}

/// Makes a type an extractor and a response of a format. Its module has the `FORMAT`, and the functions `decode` and `encode`.
macro_rules! format_of_serde {
    ($name:ident) => {
        impl<T: serde::de::DeserializeOwned + Send> crate::extract::FromContext for $name<T> {
            type Rejection = crate::extract::Rejection;

            async fn from_context(
                cx: &mut crate::request::Context,
            ) -> Result<Self, crate::extract::Rejection> {
                let bytes = FORMAT.bytes(cx).await?;
                match decode(&bytes) {
                    Ok(value) => Ok($name(value)),
                    Err(error) => Err(rejection(&bytes, &error)),
                }
            }

            fn severity(rejection: &crate::extract::Rejection) -> crate::extract::Severity {
                rejection.severity()
            }

            #[cfg(feature = "openapi")]
            fn describe(operation: &mut crate::description::Operation) {
                let schema = operation.known_request::<T>();
                FORMAT.describe_body(operation, schema);
            }
        }

        /// Decides if the body is malformed: it is if not even its structure can be read.
        fn rejection(
            bytes: &[u8],
            error: &crate::formats::serde_format::Mismatch,
        ) -> crate::extract::Rejection {
            let malformed = decode::<serde::de::IgnoredAny>(bytes).err();
            FORMAT.reject(error, malformed)
        }

        impl<T: serde::Serialize> crate::response::IntoResponse for $name<T> {
            fn into_response(self) -> crate::response::Response {
                FORMAT.response(encode(&self.0))
            }

            #[cfg(feature = "openapi")]
            fn describe(operation: &mut crate::description::Operation) {
                let schema = operation.known_response::<T>();
                FORMAT.describe_response(operation, schema);
            }
        }

        crate::formats::format::validated!($name);
    };
}

pub(super) use format_of_serde;
