//! The circumstances of a report: the request's body, its session, and the response that every other client gets.

use http::HeaderMap;
use serde_json::{Value, json};

use crate::request::Context;
use crate::response::Response;
#[cfg(feature = "sessions")]
use crate::sessions::Written;

/// The most bytes of a request's body that a report has.
const MOST: usize = 64 << 10;

/// Adds the circumstances to the facts of a report.
pub(super) fn add(facts: &mut Value, cx: &Context, response: &Response) {
    facts["body"] = body(cx).into();
    #[cfg(feature = "sessions")]
    if let Some(Written(values)) = cx.get() {
        facts["session"] = values.clone();
    }
    if let Some(bytes) = response.body().whole() {
        let text = str::from_utf8(bytes).map(Value::from);
        facts["answer"] = json!({
            "headers": fields(response.headers()),
            "body": text.unwrap_or_else(|_| bytes.to_vec().into()),
        });
    }
}

/// Returns the request's body, if it was read and is text.
fn body(cx: &Context) -> Option<&str> {
    let whole = cx.whole_body().filter(|bytes| bytes.len() <= MOST)?;
    let text = str::from_utf8(whole).ok()?;
    (!text.is_empty()).then_some(text)
}

/// Returns the header fields that are text, in their order.
fn fields(headers: &HeaderMap) -> Vec<(&str, &str)> {
    let fields = headers.iter();
    fields
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect()
}
