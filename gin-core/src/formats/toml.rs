//! TOML bodies.

use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::BoxError;
use crate::formats::format::Format;
use crate::formats::serde_format::{Mismatch, format_of_serde};

/// A value as TOML, in a response or from the body of a request.
///
/// Another media type is 415, a body that is not TOML 400, and a value that does not fit 422. A value that cannot be serialized is a
/// 500 response.
///
/// ```
/// # use gin::{formats::Toml, prelude::*, testing::Client};
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct User { name: String }
///
/// async fn create(Toml(user): Toml<User>) -> Toml<User> {
///     Toml(user)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/users", create));
/// let user = || client.post("/users").header("content-type", "application/toml");
/// user().body("name = \"Ann\"").await.is(200).has_text("name = \"Ann\"\n");
/// user().body("name = ").await.is(400);
/// user().body("age = 7").await.is(422).contains("name: is missing");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "toml")))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Toml<T>(pub T);

format_of_serde!(Toml);

pub(super) const FORMAT: Format = Format {
    name: "TOML",
    types: &["application/toml"],
    suffix: None,
    content_type: HeaderValue::from_static("application/toml"),
};

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Mismatch> {
    toml::from_slice(bytes).map_err(|error| Mismatch(error.message().to_owned()))
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, BoxError> {
    Ok(toml::to_string(value)?.into_bytes())
}
