//! CBOR bodies.

use ciborium::de::Error;
use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::BoxError;
use crate::formats::format::Format;
use crate::formats::serde_format::{Mismatch, format_of_serde};

/// A value as CBOR, in a response or from the body of a request.
///
/// Another media type is 415, a body that is not CBOR 400, and a value that does not fit 422. A value that cannot be serialized is a
/// 500 response.
///
/// ```
/// # use gin::{formats::Cbor, prelude::*, testing::Client};
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct User { name: String }
///
/// async fn create(Cbor(user): Cbor<User>) -> Cbor<User> {
///     Cbor(user)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/users", create));
/// let user = || client.post("/users").header("content-type", "application/cbor");
/// user().body(&b"\xa1\x64name\x63Ann"[..]).await.is(200);
/// user().body(&b"\xa1"[..]).await.is(400);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "cbor")))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cbor<T>(pub T);

format_of_serde!(Cbor);

pub(super) const FORMAT: Format = Format {
    name: "CBOR",
    types: &["application/cbor"],
    suffix: Some("+cbor"),
    content_type: HeaderValue::from_static("application/cbor"),
};

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Mismatch> {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest).map_err(mismatch)?;
    match rest {
        [] => Ok(value),
        _ => Err(Mismatch("there is more than one value".to_owned())),
    }
}

fn mismatch<E>(error: Error<E>) -> Mismatch {
    Mismatch(match error {
        Error::Io(_) => "the value is cut off".to_owned(),
        Error::Syntax(offset) => format!("the value is malformed at byte {offset}"),
        Error::Semantic(_, text) => text,
        Error::RecursionLimitExceeded => "the value nests too deep".to_owned(),
    })
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, BoxError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes)?;
    Ok(bytes)
}
