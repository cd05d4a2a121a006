//! Protocol Buffers bodies.

use http::HeaderValue;
use prost::Message;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::{FromContext, Rejection, Severity};
use crate::formats::format::{Format, validated};
use crate::request::Context;
use crate::response::{IntoResponse, Response};

/// A message of Protocol Buffers, in a response or from the body of a request.
///
/// Another media type is 415, and a body that is not such a message 400. There is no 422: a field that is missing has its default.
///
/// ```
/// # use gin::{formats::Protobuf, prelude::*, testing::Client};
/// #[derive(Clone, PartialEq, prost::Message)]
/// struct User {
///     #[prost(string, tag = "1")]
///     name: String,
/// }
///
/// async fn create(Protobuf(user): Protobuf<User>) -> Protobuf<User> {
///     Protobuf(user)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/users", create));
/// let user = || client.post("/users").header("content-type", "application/x-protobuf");
/// user().body(&b"\x0a\x03Ann"[..]).await.is(200).has_text("\n\u{3}Ann");
/// user().body(&b"\x0a\x30Ann"[..]).await.is(400);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "protobuf")))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Protobuf<T>(pub T);

const FORMAT: Format = Format {
    name: "a message of Protocol Buffers",
    types: &[
        "application/x-protobuf",
        "application/protobuf",
        "application/vnd.google.protobuf",
    ],
    suffix: None,
    content_type: HeaderValue::from_static("application/x-protobuf"),
};

impl<T: Message + Default> FromContext for Protobuf<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let bytes = FORMAT.bytes(cx).await?;
        let message = T::decode(bytes).map(Protobuf);
        message.map_err(|error| {
            Rejection::invalid(format!("the body is not {}: {error}", FORMAT.name))
        })
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        FORMAT.describe_body(operation, serde_json::json!({}));
    }
}

impl<T: Message> IntoResponse for Protobuf<T> {
    fn into_response(self) -> Response {
        FORMAT.response(Ok(self.0.encode_to_vec()))
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        FORMAT.describe_response(operation, serde_json::json!({}));
    }
}

validated!(Protobuf);
