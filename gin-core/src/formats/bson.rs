//! BSON bodies.

use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::BoxError;
use crate::formats::bson_depth::is_shallow;
use crate::formats::format::Format;
use crate::formats::serde_format::{Mismatch, format_of_serde};

/// A value as BSON, in a response or from the body of a request.
///
/// Another media type is 415, a body that is not BSON 400, and a value that does not fit 422. A value that cannot be serialized is a
/// 500 response.
///
/// ```
/// # use gin::{formats::Bson, prelude::*, testing::Client};
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct User { name: String }
///
/// async fn create(Bson(user): Bson<User>) -> Bson<User> {
///     Bson(user)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/users", create));
/// let user = || client.post("/users").header("content-type", "application/bson");
/// user().body(&b"\x13\0\0\0\x02name\0\x04\0\0\0Ann\0\0"[..]).await.is(200);
/// user().body(&b"\x13\0\0\0"[..]).await.is(400);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "bson")))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bson<T>(pub T);

format_of_serde!(Bson);

pub(super) const FORMAT: Format = Format {
    name: "BSON",
    types: &["application/bson", "application/vnd.mongodb.bson"],
    suffix: None,
    content_type: HeaderValue::from_static("application/bson"),
};

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Mismatch> {
    if !is_shallow(bytes) {
        return Err(Mismatch("it is malformed or nests too deep".to_owned()));
    }
    bson::deserialize_from_slice(bytes).map_err(|error| match error.message {
        Some(message) => Mismatch(message),
        None => Mismatch(error.kind.to_string()),
    })
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, BoxError> {
    Ok(bson::serialize_to_vec(value)?)
}
