//! JSON bodies.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::extract::json_path::{path_at, sibling};
use crate::extract::{FromContext, Rejection, Severity};
use crate::failure::Problem;
use crate::request::Context;
use crate::response::Json;

impl<T: DeserializeOwned + Send> FromContext for Json<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let bytes = bytes(cx).await?;
        match serde_json::from_slice(&bytes) {
            Ok(value) => Ok(Json(value)),
            Err(error) => Err(rejection(&bytes, &error)),
        }
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }
}

async fn bytes(cx: &mut Context) -> Result<Bytes, Rejection> {
    match cx.content_type() {
        Some(sent) if is_json(sent) => cx.bytes().await,
        Some(_) => Err(unsupported(Severity::Invalid)),
        None => Err(unsupported(Severity::Absent)),
    }
}

/// Returns `true` for `application/json` and types with the suffix `+json` (RFC 6839 §3.1).
pub(crate) fn is_json(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    media_type == "application/json"
        || media_type.starts_with("application/") && media_type.ends_with("+json")
}

fn unsupported(severity: Severity) -> Rejection {
    let detail = "the body must be sent as application/json";
    Rejection::new(severity, Problem::new(415).detail(detail))
}

/// Text that is not JSON is a problem of the whole body. A value that does not fit is a problem of its field.
fn rejection(json: &[u8], error: &serde_json::Error) -> Rejection {
    let text = error.to_string();
    if error.classify() != Category::Data {
        return Rejection::invalid(format!("the body is not JSON: {text}"));
    }
    let message = text.split(" at line ").next().unwrap_or(&text);
    let path = path_at(json, error.line(), error.column());
    let missing = message.strip_prefix("missing field `");
    let problem = match missing.and_then(|rest| rest.split('`').next()) {
        Some(field) => Problem::new(400).field(sibling(&path, field), "is missing"),
        None if path.is_empty() => Problem::new(400).detail(message.to_owned()),
        None => Problem::new(400).field(path, message),
    };
    Rejection::new(Severity::Invalid, problem)
}
