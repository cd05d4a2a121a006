//! JSON responses. The extractor is in `extract`.

use serde::Serialize;

use crate::content::media::JSON;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Error;
use crate::response::into_response::typed;
use crate::response::{IntoResponse, Response};

/// A value as JSON, in a response or from the body of a request.
///
/// As an extractor it takes `application/json` and types with the suffix `+json`. Another media type is 415. A body that is not
/// JSON is 400. JSON that does not fit is 422, and the problem names the field. As a response, a value that cannot be serialized is
/// 500.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// # use serde::{Deserialize, Serialize};
/// #[derive(Serialize, Deserialize)]
/// struct User { name: String }
///
/// async fn create(Json(user): Json<User>) -> (StatusCode, Json<User>) {
///     (StatusCode::CREATED, Json(user))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/users", create));
/// client.post("/users").json(&json!({ "name": "Ann" })).await.is(201).has_json(json!({ "name": "Ann" }));
/// client.post("/users").json(&json!({})).await.is(422).contains("is missing");
/// client.post("/users").form("name=Ann").await.is(415);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json(serde_json::to_vec(&self.0))
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        let schema = operation.known_response::<T>();
        operation.response_with(200, "application/json", schema);
    }
}

impl IntoResponse for serde_json::Value {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "application/json", serde_json::json!({}));
    }
}

fn json(bytes: serde_json::Result<Vec<u8>>) -> Response {
    match bytes {
        Ok(bytes) => typed(JSON, bytes),
        Err(error) => Error::from(error).into_response(),
    }
}

/// Returns `true` for `application/json` and types with the suffix `+json` (RFC 6839 §3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let Some((kind, subtype)) = media_type.split_once('/') else {
        return false;
    };
    let suffix = subtype
        .rsplit_once('+')
        .map_or(subtype, |(_, suffix)| suffix);
    kind.eq_ignore_ascii_case("application") && suffix.eq_ignore_ascii_case("json")
}
