//! The responses of an operation, problems included.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::description::Found;

/// The name of the schema of problems.
pub(super) const PROBLEM: &str = "Problem";

const DEFAULT: &str = "default";

/// Returns the responses of an operation. Problems that are like those of other operations become shared responses.
pub(super) fn responses(
    found: &Found,
    has_error_hook: bool,
    shared: &mut BTreeMap<String, Value>,
) -> Value {
    let mut all = Map::new();
    for (key, media) in &found.responses {
        let is_problem = found.problems.contains(key);
        let mut content = content(media);
        let is_any = key == DEFAULT && content.is_empty();
        if is_problem && !has_error_hook && !is_any {
            content.extend(problem_content());
        }
        let mut response = json!({ "description": words(key) });
        if !content.is_empty() {
            response["content"] = Value::Object(content);
        }
        if found.has_location && key.starts_with('3') {
            let location = json!({ "type": "string", "format": "uri-reference" });
            response["headers"] = json!({ "Location": { "required": true, "schema": location } });
        }
        all.insert(key.clone(), response);
    }
    let own = |key: &&String| !found.responses.contains_key(*key);
    for key in found.problems.iter().filter(own) {
        let response = if has_error_hook {
            json!({ "description": words(key) })
        } else {
            let name = component(key);
            shared.entry(name.clone()).or_insert_with(
                || json!({ "description": words(key), "content": problem_content() }),
            );
            json!({ "$ref": format!("#/components/responses/{name}") })
        };
        all.insert(key.clone(), response);
    }
    Value::Object(all)
}

fn content(media: &Map<String, Value>) -> Map<String, Value> {
    let schemas = media.iter();
    schemas
        .map(|(media_type, schema)| (media_type.clone(), json!({ "schema": schema })))
        .collect()
}

/// Returns the three forms of a problem: for API clients, for browsers, and for other clients.
fn problem_content() -> Map<String, Value> {
    let problem = json!({ "$ref": format!("#/components/schemas/{PROBLEM}") });
    let text = json!({ "type": "string" });
    let forms = [
        ("application/problem+json", problem),
        ("text/html", text.clone()),
        ("text/plain", text),
    ];
    let forms = forms.into_iter();
    forms
        .map(|(media_type, schema)| (media_type.to_owned(), json!({ "schema": schema })))
        .collect()
}

/// Returns the description of a response.
fn words(key: &str) -> String {
    match key {
        DEFAULT => "Any other response".to_owned(),
        "3XX" => "Redirection".to_owned(),
        key => reason(key).unwrap_or("Response").to_owned(),
    }
}

/// Returns the name of a shared response: `NotFound`.
fn component(key: &str) -> String {
    match reason(key) {
        Some(reason) => reason.replace(|letter: char| !letter.is_alphanumeric(), ""),
        None if key == DEFAULT => PROBLEM.to_owned(),
        None => format!("{PROBLEM}{key}"),
    }
}

fn reason(key: &str) -> Option<&'static str> {
    StatusCode::from_bytes(key.as_bytes())
        .ok()?
        .canonical_reason()
}

/// Returns the schema of [`Problem`](crate::Problem)'s JSON.
pub(super) fn problem_schema() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "description": "A problem of RFC 9457",
        "required": ["title", "status"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference" },
            "title": text,
            "status": { "type": "integer", "minimum": 100, "maximum": 599 },
            "detail": text,
            "instance": { "type": "string", "format": "uri-reference" },
            "errors": {
                "type": "array",
                "description": "The fields that are wrong",
                "items": {
                    "type": "object",
                    "required": ["path", "message"],
                    "properties": {
                        "in": { "type": "string", "enum": ["path", "query", "header", "body"] },
                        "path": text,
                        "code": text,
                        "message": text,
                    },
                },
            },
        },
    })
}
