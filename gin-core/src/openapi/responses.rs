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
        all.insert(key.clone(), with_headers(response, key, found));
    }
    let own = |key: &&String| !found.responses.contains_key(*key);
    for key in found.problems.iter().filter(own) {
        let response = if has_error_hook {
            with_headers(json!({ "description": words(key) }), key, found)
        } else {
            let response = json!({ "description": words(key), "content": problem_content() });
            let name = keep(shared, &component(key), with_headers(response, key, found));
            json!({ "$ref": format!("#/components/responses/{name}") })
        };
        all.insert(key.clone(), response);
    }
    Value::Object(all)
}

/// Keeps a value under `name`, or under the name with a number if another value has it. Returns the name.
pub(super) fn keep(all: &mut BTreeMap<String, Value>, name: &str, value: Value) -> String {
    let mut own = name.to_owned();
    let mut number = 2;
    while all.get(&own).is_some_and(|other| *other != value) {
        own = format!("{name}{number}");
        number += 1;
    }
    all.entry(own.clone()).or_insert(value);
    own
}

/// Adds the headers of responses with the status `key`.
fn with_headers(mut response: Value, key: &str, found: &Found) -> Value {
    let mut headers = Map::new();
    if found.has_location && key.starts_with('3') {
        let location = json!({ "type": "string", "format": "uri-reference" });
        headers.insert(
            "Location".to_owned(),
            json!({ "required": true, "schema": location }),
        );
    }
    let is_of_key = |status: &Option<String>| status.as_ref().is_none_or(|status| status == key);
    for header in found
        .headers
        .iter()
        .filter(|header| is_of_key(&header.status))
    {
        let mut schema = header.schema.clone();
        let description = schema
            .as_object_mut()
            .and_then(|members| members.remove("description"));
        let mut member = json!({ "schema": schema });
        if let Some(description) = description {
            member["description"] = description;
        }
        headers.insert(header.name.clone(), member);
    }
    if !headers.is_empty() {
        response["headers"] = Value::Object(headers);
    }
    response
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
