//! A mistake: a field of a request that is wrong, with the value that was sent.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::incidents::incident::Request;
use crate::incidents::wire::Report;

/// A field of a request that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The part of the request: `body`, `query`, `path` or `header`. Empty if it is not known.
    pub(crate) place: String,
    /// The path of the field, as serde names it: `items[0].name`. Empty for the whole.
    pub(crate) path: String,
    pub(crate) message: String,
    /// The value that was sent.
    pub(crate) sent: Option<String>,
}

/// Returns the mistakes of a report's problem.
pub(super) fn all(report: &Report, request: &Request) -> Vec<Mistake> {
    let errors = report.problem.get("errors").and_then(Value::as_array);
    let errors = errors.into_iter().flatten();
    errors
        .map(|error| {
            let member = |name| error.get(name).and_then(Value::as_str).unwrap_or_default();
            let (place, path) = (member("in"), member("path"));
            Mistake {
                place: place.to_owned(),
                path: path.to_owned(),
                message: member("message").to_owned(),
                sent: sent(report, request, place, path),
            }
        })
        .collect()
}

/// Returns the value at `path` in a part of the request.
fn sent(report: &Report, request: &Request, place: &str, path: &str) -> Option<String> {
    let of = |pairs: &[(String, String)]| {
        let mut pairs = pairs.iter();
        let named = pairs.find(|(name, _)| name.eq_ignore_ascii_case(path));
        named.map(|(_, value)| value.clone())
    };
    match place {
        "path" => of(&report.params),
        "header" => of(&request.headers),
        "query" => {
            let (_, query) = request.target.split_once('?')?;
            of(&pairs(query))
        }
        _ => {
            let body = report.body.as_deref()?;
            match serde_json::from_str(body) {
                Ok(json) => at(&json, path).map(Value::to_string),
                Err(_) => of(&pairs(body)),
            }
        }
    }
}

/// Returns the value at a path like `items[0].name`.
fn at<'a>(json: &'a Value, path: &str) -> Option<&'a Value> {
    let mut steps = path.split(['.', '[']).filter(|step| !step.is_empty());
    steps.try_fold(json, |value, step| match step.strip_suffix(']') {
        Some(index) => value.get(index.parse::<usize>().ok()?),
        None => value.get(step),
    })
}

/// Decodes the pairs of a query or a form.
pub(crate) fn pairs(encoded: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        let text = percent_decode_str(&text).decode_utf8_lossy();
        Cow::into_owned(text)
    };
    let pairs = encoded.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mistakes(errors: &Value, body: &str) -> Vec<Option<String>> {
        let report = json!({
            "kind": "rejection", "problem": { "status": 422, "errors": errors }, "params": [["id", "x"]], "body": body,
        });
        let request = Request {
            method: "POST".to_owned(),
            path: "/users".to_owned(),
            target: "/users?page=a%20b".to_owned(),
            headers: vec![("x-age".to_owned(), "old".to_owned())],
            record: 0,
            origin: String::new(),
        };
        let report = serde_json::from_value(report).expect("it is a report");
        let found = all(&report, &request);
        found.into_iter().map(|mistake| mistake.sent).collect()
    }

    #[test]
    fn each_mistake_has_the_value_that_was_sent() {
        let error =
            |place: &str, path: &str| json!({ "in": place, "path": path, "message": "is wrong" });
        let json = r#"{"items":[{"name":7}],"tags":["a"]}"#;
        for (place, path, body, sent) in [
            ("body", "items[0].name", json, Some("7")),
            ("body", "items", json, Some(r#"[{"name":7}]"#)),
            ("body", "items[1].name", json, None),
            ("body", "tags[0]", json, Some("\"a\"")),
            ("body", "name", "name=Ann+B%21&age=", Some("Ann B!")),
            ("body", "age", "name=Ann&age=", Some("")),
            ("query", "page", "", Some("a b")),
            ("query", "size", "", None),
            ("path", "id", "", Some("x")),
            ("header", "X-Age", "", Some("old")),
        ] {
            let found = mistakes(&json!([error(place, path)]), body);
            assert_eq!(found, [sent.map(str::to_owned)], "{place} {path}");
        }
    }
}
