//! The fields of a value, as a query, a form or headers have them.

use serde::Serialize;
use serde_json::Value;

/// Returns the names and texts of a value's fields. A list repeats its name, and what is inside an object or a list of objects has a
/// name such as `a[b]` or `a[0][b]`.
///
/// # Panics
///
/// Panics if the value is not an object.
pub(super) fn fields(value: &impl Serialize) -> Vec<(String, String)> {
    of(&serde_json::to_value(value).expect("the value has JSON"))
}

fn of(value: &Value) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                add(name, value, &mut fields);
            }
        }
        Value::Null => {}
        other => panic!("a query, a form or headers have fields, and {other} has none"),
    }
    fields
}

fn add(name: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if item.is_object() || item.is_array() {
                    add(&format!("{name}[{index}]"), item, fields);
                } else {
                    add(name, item, fields);
                }
            }
        }
        Value::Object(members) => {
            for (inner, value) in members {
                add(&format!("{name}[{inner}]"), value, fields);
            }
        }
        Value::String(text) => fields.push((name.to_owned(), text.clone())),
        other => fields.push((name.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::fields;

    #[test]
    fn a_value_has_the_fields_of_a_form() {
        for (value, expected) in [
            (json!({ "a": "b", "c": 7, "d": true }), "a=b c=7 d=true"),
            (json!({ "a": null }), ""),
            (json!(null), ""),
            (json!({ "a": ["b", 7], "c": [] }), "a=b a=7"),
            (json!({ "a": { "b": { "c": 7 } } }), "a[b][c]=7"),
            (json!({ "a": [{ "b": 7 }, [8]] }), "a[0][b]=7 a[1]=8"),
        ] {
            let fields = fields(&value).into_iter();
            let fields = fields.map(|(name, value)| std::format!("{name}={value}"));
            assert_eq!(fields.collect::<Vec<_>>().join(" "), expected, "{value}");
        }
    }
}
