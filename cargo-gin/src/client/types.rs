//! The types of TypeScript for schemas.

use std::fmt::Write as _;

use serde_json::Value;

/// Returns the type of the values that `schema` allows.
pub(super) fn type_of(schema: &Value) -> String {
    if let Some(path) = schema["$ref"].as_str() {
        return type_name(path.rsplit('/').next().unwrap_or_default());
    }
    if let Some(choices) = schema["enum"].as_array() {
        return union(choices.iter().map(literal));
    }
    if let Some(value) = schema.get("const") {
        return literal(value);
    }
    let choices = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    let parts = [
        choices.map(|choices| union(choices.iter().map(type_of))),
        schema["allOf"].as_array().map(|all| intersection(all)),
        own(schema),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    match &parts[..] {
        [] => "unknown".to_owned(),
        [only] => only.clone(),
        several => several
            .iter()
            .map(|part| format!("({part})"))
            .collect::<Vec<_>>()
            .join(" & "),
    }
}

fn intersection(parts: &[Value]) -> String {
    let parts = parts.iter().map(|part| format!("({})", type_of(part)));
    parts.collect::<Vec<_>>().join(" & ")
}

fn union(parts: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for part in parts {
        if !all.contains(&part) {
            all.push(part);
        }
    }
    all.join(" | ")
}

/// A literal of JSON is one of TypeScript.
fn literal(value: &Value) -> String {
    value.to_string()
}

/// Returns the type that the schema itself has, references and choices aside.
fn own(schema: &Value) -> Option<String> {
    match &schema["type"] {
        Value::String(name) => Some(of_name(name, schema)),
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str);
            Some(union(names.map(|name| of_name(name, schema))))
        }
        _ if schema["properties"].is_object() => Some(object(schema)),
        _ => None,
    }
}

fn of_name(name: &str, schema: &Value) -> String {
    match name {
        "string" if schema["format"] == "binary" => "Blob".to_owned(),
        "integer" => "number".to_owned(),
        "array" => array(schema),
        "object" => object(schema),
        name => name.to_owned(),
    }
}

fn array(schema: &Value) -> String {
    if let Some(elements) = schema["prefixItems"].as_array() {
        let elements: Vec<_> = elements.iter().map(type_of).collect();
        return format!("[{}]", elements.join(", "));
    }
    format!("Array<{}>", type_of(&schema["items"]))
}

/// Returns the type of an object, its fields on lines of their own.
fn object(schema: &Value) -> String {
    let rest = &schema["additionalProperties"];
    let record =
        (rest.is_object() || *rest == true).then(|| format!("Record<string, {}>", type_of(rest)));
    let Some(fields) = schema["properties"].as_object() else {
        return record.unwrap_or_else(|| "Record<string, unknown>".to_owned());
    };
    let required: Vec<_> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let mut text = "{\n".to_owned();
    for (name, field) in fields {
        let sign = if required.iter().any(|own| *own == name) {
            ""
        } else {
            "?"
        };
        text.push_str(&docs(
            field["description"].as_str().unwrap_or_default(),
            "  ",
        ));
        let inner = type_of(field).replace('\n', "\n  ");
        let _ = writeln!(text, "  {}{sign}: {inner};", key(name));
    }
    text.push('}');
    match record {
        Some(record) => format!("{text} & {record}"),
        None => text,
    }
}

/// Returns a comment with `text`, or nothing.
pub(super) fn docs(text: &str, indent: &str) -> String {
    let text = text.trim().replace("*/", "* /");
    if text.is_empty() {
        return String::new();
    }
    let lines = text
        .lines()
        .map(|line| format!("{indent} * {line}").trim_end().to_owned());
    let lines = lines.collect::<Vec<_>>().join("\n");
    format!("{indent}/**\n{lines}\n{indent} */\n")
}

/// Returns the name of a field, in quotes if it is not an identifier.
pub(super) fn key(name: &str) -> String {
    if is_identifier(name) {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}

fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    let is_first = |letter: char| letter.is_ascii_alphabetic() || letter == '_' || letter == '$';
    letters.next().is_some_and(is_first)
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$')
}

/// Names that the client has for itself, or that the language has.
const TAKEN: [&str; 14] = [
    "Array",
    "Blob",
    "Client",
    "Connection",
    "Date",
    "Error",
    "Failure",
    "Headers",
    "Object",
    "Promise",
    "Record",
    "Request",
    "Response",
    "Settings",
];

/// Returns the name of a type: `User_for_String` is `UserForString`.
pub(super) fn type_name(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let name: String = words.map(capitalized).collect();
    let starts_badly = name.starts_with(|first: char| first.is_ascii_digit()) || name.is_empty();
    if starts_badly || TAKEN.contains(&&*name) {
        format!("{name}Value")
            .trim_start_matches(char::is_numeric)
            .to_owned()
    } else {
        name
    }
}

pub(super) fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_have_types() {
        for (schema, expected) in [
            (json!({}), "unknown"),
            (json!({ "type": "integer", "format": "uint8" }), "number"),
            (json!({ "type": ["string", "null"] }), "string | null"),
            (json!({ "type": "string", "format": "binary" }), "Blob"),
            (json!({ "enum": ["a", 1, null] }), "\"a\" | 1 | null"),
            (
                json!({ "type": "array", "items": { "$ref": "#/components/schemas/User" } }),
                "Array<User>",
            ),
            (
                json!({ "type": "array", "prefixItems": [{ "type": "string" }, {}] }),
                "[string, unknown]",
            ),
            (
                json!({ "anyOf": [{ "$ref": "#/x/User" }, { "type": "null" }] }),
                "User | null",
            ),
            (
                json!({ "type": "object", "additionalProperties": { "type": "number" } }),
                "Record<string, number>",
            ),
            (
                json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string" }, "b-c": {} } }),
                "{\n  a: string;\n  \"b-c\"?: unknown;\n}",
            ),
        ] {
            assert_eq!(type_of(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn names_are_identifiers() {
        for (name, expected) in [
            ("User", "User"),
            ("Page_for_String", "PageForString"),
            ("Response", "ResponseValue"),
        ] {
            assert_eq!(type_name(name), expected);
        }
    }
}
