//! The fields of a schema, as parameters and as those of forms.

use serde_json::Value;

/// A field of an object.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) schema: Value,
    pub(super) is_required: bool,
}

pub(super) fn is_object(schema: &Value) -> bool {
    schema["type"] == "object" || schema["properties"].is_object()
}

/// Returns the fields of an object, those that `#[serde(flatten)]` adds included.
pub(super) fn of(schema: &Value) -> Vec<Field> {
    let required: Vec<_> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let own = schema["properties"].as_object().into_iter().flatten();
    let own = own.map(|(name, field)| Field {
        name: name.clone(),
        schema: field.clone(),
        is_required: required.iter().any(|other| *other == name),
    });
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.chain(parts.flat_map(of)).collect()
}

/// Returns `true` for a type whose empty text is as if it was not sent: a number, an enum, a time or an id.
pub(super) fn has_no_empty_text(schema: &Value) -> bool {
    const TYPES: [&str; 2] = ["integer", "number"];
    const FORMATS: [&str; 4] = ["date", "date-time", "time", "uuid"];
    let is_one_of = |key: &str, known: &[&str]| known.iter().any(|name| schema[key] == *name);
    is_one_of("type", &TYPES) || is_one_of("format", &FORMATS) || schema["enum"].is_array()
}

/// Returns `true` for a checkbox and a list, which a form leaves out if they are off or empty.
pub(super) fn may_be_absent(schema: &Value) -> bool {
    schema["type"] == "boolean" || schema["type"] == "array"
}

/// Returns the schema of an object as a form sends it: a checkbox and a list may be absent, and nothing is null.
pub(super) fn as_form(mut schema: Value) -> Value {
    let mut optional = Vec::new();
    if let Some(fields) = schema["properties"].as_object_mut() {
        for (name, field) in fields {
            *field = without_null(field.take());
            if may_be_absent(field) {
                optional.push(name.clone());
            }
        }
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !optional.iter().any(|other| name == other));
    }
    let members = schema.as_object_mut();
    if let Some(members) = members
        && members.get("required") == Some(&Value::Array(Vec::new()))
    {
        members.remove("required");
    }
    schema
}

/// Returns `true` if the schema allows null.
pub(super) fn is_nullable(schema: &Value) -> bool {
    let mut types = schema["type"].as_array().into_iter().flatten();
    let mut choices = schema["anyOf"].as_array().into_iter().flatten();
    types.any(|name| name == "null") || choices.any(|choice| choice["type"] == "null")
}

/// Returns the schema without null, which text cannot spell.
pub(super) fn without_null(mut schema: Value) -> Value {
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            schema["type"] = only.clone();
        }
    }
    if let Some(choices) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        choices.retain(|choice| !choice.is_null());
    }
    if let Some(choices) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| choice["type"] != "null");
        if let [only] = &choices[..] {
            return only.clone();
        }
    }
    // A default of null stands for an absent value.
    if let Some(members) = schema.as_object_mut()
        && members.get("default") == Some(&Value::Null)
    {
        members.remove("default");
    }
    schema
}

/// Returns `true` if a field of the form is a file.
pub(super) fn has_file(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members
            .iter()
            .any(|(key, value)| (key == "format" && value == "binary") || has_file(value)),
        Value::Array(values) => values.iter().any(has_file),
        _ => false,
    }
}
