//! `MessagePack` bodies.

use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::BoxError;
use crate::formats::format::Format;
use crate::formats::serde_format::{Mismatch, format_of_serde};

/// A value as `MessagePack`, in a response or from the body of a request.
///
/// Another media type is 415, a body that is not `MessagePack` 400, and a value that does not fit 422. A value that cannot be
/// serialized is a 500 response.
///
/// ```
/// # use gin::{formats::MsgPack, prelude::*, testing::Client};
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct User { name: String }
///
/// async fn create(MsgPack(user): MsgPack<User>) -> MsgPack<User> {
///     MsgPack(user)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/users", create));
/// let user = || client.post("/users").header("content-type", "application/msgpack");
/// let ann = b"\x81\xa4name\xa3Ann";
/// assert_eq!(user().body(&ann[..]).await.is(200).bytes(), &ann[..]);
/// user().body(&b"\x81"[..]).await.is(400);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "msgpack")))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MsgPack<T>(pub T);

format_of_serde!(MsgPack);

pub(super) const FORMAT: Format = Format {
    name: "MessagePack",
    types: &[
        "application/msgpack",
        "application/x-msgpack",
        "application/vnd.msgpack",
    ],
    suffix: None,
    content_type: HeaderValue::from_static("application/msgpack"),
};

/// The deepest nesting, like that of JSON. The parser's own limit is more than the stack of a thread takes.
const DEPTH: usize = 128;

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Mismatch> {
    let mut rest = bytes;
    let mut deserializer = rmp_serde::Deserializer::new(&mut rest);
    deserializer.set_max_depth(DEPTH);
    let value = T::deserialize(&mut deserializer)?;
    match rest {
        [] => Ok(value),
        _ => Err(Mismatch("there is more than one value".to_owned())),
    }
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, BoxError> {
    Ok(rmp_serde::to_vec_named(value)?)
}
