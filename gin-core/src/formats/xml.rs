//! XML bodies.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::content::media::XML;
use crate::failure::BoxError;
use crate::formats::format::Format;
use crate::formats::serde_format::{Mismatch, format_of_serde};

/// A value as XML, in a response or from the body of a request.
///
/// Another media type is 415, a body that is not XML 400, and a value that does not fit 422. A value that cannot be serialized is a
/// 500 response.
///
/// ```
/// # use gin::{formats::Xml, prelude::*, testing::Client};
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct User { name: String }
///
/// async fn create(Xml(user): Xml<User>) -> Xml<User> {
///     Xml(user)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/users", create));
/// let user = || client.post("/users").header("content-type", "application/xml");
/// user().body("<User><name>Ann</name></User>").await.is(200).has_text("<User><name>Ann</name></User>");
/// user().body("<User><name>").await.is(400);
/// user().body("<User/>").await.is(422).contains("name: is missing");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "xml")))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Xml<T>(pub T);

format_of_serde!(Xml);

pub(super) const FORMAT: Format = Format {
    name: "XML",
    types: &["application/xml", "text/xml"],
    suffix: Some("+xml"),
    content_type: XML,
};

/// The parser limits the depth, and it knows no entities other than the five of XML.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Mismatch> {
    let text = str::from_utf8(bytes)?;
    quick_xml::de::from_str(text).map_err(Mismatch::from)
}

/// A value whose type has no name, such as a map, gets the element `map` around it.
fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, BoxError> {
    let text = quick_xml::se::to_string(value);
    let text = text.or_else(|_| quick_xml::se::to_string_with_root("map", value))?;
    Ok(text.into_bytes())
}
