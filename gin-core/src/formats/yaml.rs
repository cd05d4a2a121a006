//! YAML bodies.

use http::HeaderValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_saphyr::{Options, alias_limits, budget, options};

use crate::failure::BoxError;
use crate::formats::format::Format;
use crate::formats::serde_format::{Mismatch, format_of_serde};

/// A value as YAML, in a response or from the body of a request.
///
/// Another media type is 415, a body that is not YAML 400, and a value that does not fit 422. A value that cannot be serialized is a
/// 500 response.
///
/// ```
/// # use gin::{formats::Yaml, prelude::*, testing::Client};
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct User { name: String }
///
/// async fn create(Yaml(user): Yaml<User>) -> Yaml<User> {
///     Yaml(user)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/users", create));
/// let user = || client.post("/users").header("content-type", "application/yaml");
/// user().body("name: Ann").await.is(200).has_text("name: Ann\n");
/// user().body("name: [").await.is(400);
/// user().body("age: 7").await.is(422).contains("name: is missing");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "yaml")))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Yaml<T>(pub T);

format_of_serde!(Yaml);

pub(super) const FORMAT: Format = Format {
    name: "YAML",
    types: &[
        "application/yaml",
        "application/x-yaml",
        "text/yaml",
        "text/x-yaml",
    ],
    suffix: Some("+yaml"),
    content_type: HeaderValue::from_static("application/yaml"),
};

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Mismatch> {
    serde_saphyr::from_slice_with_options(bytes, limits()).map_err(Mismatch::from)
}

/// Limits what a small text can grow to: aliases multiply nodes, and nesting takes stack.
fn limits() -> Options {
    options! {
        budget: budget! {
            max_depth: 64,
            max_nodes: 100_000,
            max_aliases: 1_000,
            max_documents: 1,
        },
        alias_limits: alias_limits! {
            max_total_replayed_events: 10_000,
        },
        with_snippet: false,
    }
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, BoxError> {
    Ok(serde_saphyr::to_string(value)?.into_bytes())
}
