//! JSON bodies.

use bytes::Bytes;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::json_path::{path_at, sibling};
use crate::extract::wants_object::wants_object;
use crate::extract::{FromContext, Rejection, Severity, charset, content_coding};
use crate::failure::{FieldError, Place, Problem};
use crate::request::Context;
use crate::response::{Json, is_json};

impl<T: DeserializeOwned + Send> FromContext for Json<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let bytes = bytes(cx).await?;
        let json = without_bom(&bytes);
        match serde_json::from_slice(json) {
            Ok(_) if is_array(json) && wants_object::<T>() => Err(not_an_object()),
            Ok(value) => Ok(Json(value)),
            Err(error) => Err(rejection(json, &error)),
        }
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        let schema = operation.known_request::<T>();
        operation.body("application/json", schema);
        operation.typed_body_problems();
    }
}

async fn bytes(cx: &mut Context) -> Result<Bytes, Rejection> {
    charset::check(cx)?;
    content_coding::check(cx)?;
    match cx.content_type() {
        Some(sent) if is_json(sent) => cx.bytes().await,
        Some(_) => Err(unsupported(Severity::Invalid)),
        None => Err(unsupported(Severity::Absent)),
    }
}

fn unsupported(severity: Severity) -> Rejection {
    let detail = "the body must be sent as application/json";
    Rejection::new(severity, Problem::new(415).detail(detail))
}

/// Skips one byte order mark, which a parser may ignore (RFC 8259 §8.1).
fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn is_array(json: &[u8]) -> bool {
    json.trim_ascii_start().starts_with(b"[")
}

/// Rejects an array in place of an object, from which serde reads the fields of a struct by their order.
fn not_an_object() -> Rejection {
    let message = "invalid type: sequence, expected an object";
    let errors = vec![FieldError::new("", "type", message)];
    Rejection::of_fields(Severity::Invalid, 422, Place::BODY, errors)
}

/// Text that is not JSON is 400. JSON that does not fit is 422, and the problem names the field.
fn rejection(json: &[u8], error: &serde_json::Error) -> Rejection {
    // What follows a value that does not fit was not read yet.
    let rest = serde_json::from_slice::<IgnoredAny>(json).err();
    let error = rest.as_ref().unwrap_or(error);
    let text = error.to_string();
    let path = path_at(json, error.line(), error.column());
    if error.classify() != Category::Data {
        let rejection = Rejection::invalid(format!("the body is not JSON: {text}"));
        if path.is_empty() || !is_about_a_value(&text) {
            return rejection;
        }
        return rejection.with_field(FieldError::new(path, "syntax", text));
    }
    Rejection::of_fields(
        Severity::Invalid,
        422,
        Place::BODY,
        vec![field_of(path, &text)],
    )
}

/// Returns `true` for a number or a text that JSON can spell and Rust cannot hold.
fn is_about_a_value(text: &str) -> bool {
    let starts = [
        "number out of range",
        "lone ",
        "unexpected end of hex escape",
    ];
    starts.iter().any(|start| text.starts_with(start))
}

/// Describes a value that does not fit, from the text of serde's error.
pub(crate) fn field_of(path: String, text: &str) -> FieldError {
    let message = text.split(" at line ").next().unwrap_or(text);
    let name_after = |start| {
        let rest = message.strip_prefix(start)?;
        rest.split('`').next()
    };
    if let Some(field) = name_after("missing field `") {
        return FieldError::new(sibling(&path, field), "missing", "is missing");
    }
    if name_after("unknown field `").is_some() {
        return FieldError::new(path, "unknown", "is unknown");
    }
    let is_type = message.starts_with("invalid ") || message.starts_with("unknown variant ");
    let code = if is_type { "type" } else { "invalid" };
    FieldError::new(path, code, without_type_names(text))
}

/// Replaces the name of a type of the app, which means nothing to the client.
fn without_type_names(text: &str) -> String {
    let Some((before, after)) = text.rsplit_once("expected struct ") else {
        return text.to_owned();
    };
    let after = after.split_once(' ').map_or("", |(_, after)| after);
    format!("{before}expected an object {after}")
}
