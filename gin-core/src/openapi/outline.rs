//! The outline of a document as HTML, which the page shows until its script has run, and without scripts.

use std::fmt::Write as _;

use serde_json::Value;

use crate::response::escape;

/// Returns the operations of a document, by their tags.
pub(super) fn outline(document: &Value) -> String {
    let mut sections: Vec<(String, String)> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let tag = text(&operation["tags"][0]).to_owned();
            let html = self::operation(document, path, method, operation);
            match sections.iter_mut().find(|(own, _)| *own == tag) {
                Some((_, section)) => section.push_str(&html),
                None => sections.push((tag, html)),
            }
        }
    }
    sections.sort_by(|(one, _), (other, _)| one.cmp(other));
    let sections = sections.iter().map(|(tag, operations)| {
        let heading = if tag.is_empty() { "Operations" } else { tag };
        format!(
            "<section><h2>{}</h2>{operations}</section>",
            escape(heading)
        )
    });
    sections.collect()
}

fn operation(document: &Value, path: &str, method: &str, operation: &Value) -> String {
    let mut html = format!(
        "<article><h3><span class=\"method\">{}</span> <span class=\"path\">{}</span></h3>",
        method.to_ascii_uppercase(),
        escape(path),
    );
    for words in [&operation["summary"], &operation["description"]] {
        let words = text(words);
        if !words.is_empty() {
            let _ = write!(html, "<p>{}</p>", escape(words));
        }
    }
    let inputs = inputs(operation);
    if !inputs.is_empty() {
        let _ = write!(html, "<p>Takes {}.</p>", inputs.join(", "));
    }
    let responses = operation["responses"].as_object().into_iter().flatten();
    let responses = responses.map(|(status, response)| {
        let words = text(&resolved(document, response)["description"]);
        format!("{} {}", escape(status), escape(words))
    });
    let responses = responses.collect::<Vec<_>>().join(", ");
    let _ = write!(html, "<p>Responds with {responses}.</p></article>");
    html
}

/// Returns the parameters and the media types of the body.
fn inputs(operation: &Value) -> Vec<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.map(|parameter| {
        let (name, place) = (text(&parameter["name"]), text(&parameter["in"]));
        format!("<code>{}</code> ({})", escape(name), escape(place))
    });
    let content = operation["requestBody"]["content"].as_object();
    let bodies = content.into_iter().flatten();
    let bodies = bodies.map(|(media_type, _)| format!("<code>{}</code>", escape(media_type)));
    parameters.chain(bodies).collect()
}

/// Follows a reference within the document.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let path = value["$ref"].as_str();
    let path = path.and_then(|path| path.strip_prefix('#'));
    path.and_then(|path| document.pointer(path))
        .unwrap_or(value)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::outline;

    #[test]
    fn text_of_a_document_is_only_text() {
        let responses = json!({ "200": { "description": "<b>" } });
        let operation = json!({ "summary": "<script>", "tags": ["\"'"], "responses": responses });
        let html = outline(&json!({ "paths": { "/<a>": { "get": operation } } }));
        assert!(html.contains("&lt;script&gt;") && html.contains("/&lt;a&gt;"));
        assert!(
            !html.contains("<script>") && !html.contains("<b>"),
            "{html}"
        );
    }
}
