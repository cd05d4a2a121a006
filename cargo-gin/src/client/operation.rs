//! An operation as a method of the client.

use std::fmt::Write as _;

use serde_json::Value;

use crate::client::types::{capitalized, docs, key, type_of};

/// Returns the method for an operation.
pub(super) fn method(path: &str, method: &str, operation: &Value, document: &Value) -> String {
    let name = camel_case(operation["operationId"].as_str().unwrap_or(method));
    let input = Input::of(operation);
    let output = Output::of(operation, document);
    let summary = operation["summary"].as_str().unwrap_or_default();
    let about = operation["description"].as_str().unwrap_or_default();
    let method = method.to_ascii_uppercase();
    let mut text = format!("{summary}\n\n{about}\n\n`{method} {path}`");
    if operation["deprecated"] == true {
        text.push_str("\n\n@deprecated");
    }
    let text = docs(&text.replace("\n\n\n\n", "\n\n"), "  ");
    let Output {
        r#type,
        read,
        accept,
    } = output;
    let accept = Value::from(accept);
    let (argument, path, options) = (input.argument(), input.path(path), input.options());
    format!(
        "{text}  async {name}({argument}): Promise<{type}> {{\n    \
           const response = await this.#connection.send(\"{method}\", {path}, {{ {options}accept: {accept} }});\n    \
           {read}\n  }}\n"
    )
}

/// The input of an operation: the fields of its only argument.
struct Input<'a> {
    params: Vec<&'a Value>,
    query: Vec<&'a Value>,
    headers: Vec<&'a Value>,
    /// The media type, the schema, and `true` if it is required.
    body: Option<(&'a str, &'a Value, bool)>,
}

impl<'a> Input<'a> {
    fn of(operation: &'a Value) -> Input<'a> {
        let all = || operation["parameters"].as_array().into_iter().flatten();
        let of = |place: &'static str| all().filter(move |parameter| parameter["in"] == place);
        let body = &operation["requestBody"];
        let content = body["content"].as_object();
        Input {
            params: of("path").collect(),
            query: of("query").collect(),
            headers: of("header").collect(),
            body: content.and_then(|content| {
                let (media_type, media) = content.iter().next()?;
                Some((
                    media_type.as_str(),
                    &media["schema"],
                    body["required"] == true,
                ))
            }),
        }
    }

    fn argument(&self) -> String {
        let mut fields: Vec<String> = self.params.iter().map(|param| field(param)).collect();
        let mut is_required = !fields.is_empty();
        for (name, parameters) in [("query", &self.query), ("headers", &self.headers)] {
            if parameters.is_empty() {
                continue;
            }
            let inner: Vec<_> = parameters
                .iter()
                .map(|parameter| field(parameter))
                .collect();
            let needs = parameters
                .iter()
                .any(|parameter| parameter["required"] == true);
            is_required |= needs;
            let sign = if needs { "" } else { "?" };
            fields.push(format!("{name}{sign}: {{ {} }}", inner.join("; ")));
        }
        if let Some((media_type, schema, needs)) = self.body {
            is_required |= needs;
            let sign = if needs { "" } else { "?" };
            let is_raw = !media_type.ends_with("json") && !media_type.contains("form");
            let r#type = if is_raw {
                "BodyInit".to_owned()
            } else {
                type_of(schema)
            };
            fields.push(format!("body{sign}: {}", r#type.replace('\n', "\n    ")));
        }
        match (fields.is_empty(), is_required) {
            (true, _) => String::new(),
            (false, true) => format!("input: {{ {} }}", fields.join("; ")),
            (false, false) => format!("input: {{ {} }} = {{}}", fields.join("; ")),
        }
    }

    /// Returns the path as a template literal.
    fn path(&self, path: &str) -> String {
        let mut text = path
            .replace('\\', "\\\\")
            .replace('`', "\\`")
            .replace('$', "\\$");
        for param in &self.params {
            let name = param["name"].as_str().unwrap_or_default();
            let value = format!("${{segment(input[{}])}}", Value::from(name));
            text = text.replace(&format!("{{{name}}}"), &value);
        }
        format!("`{text}`")
    }

    fn options(&self) -> String {
        let mut options = String::new();
        if !self.query.is_empty() {
            options.push_str("query: input.query, ");
        }
        if !self.headers.is_empty() {
            options.push_str("headers: input.headers, ");
        }
        if let Some((media_type, _, needs)) = self.body {
            let media_type = if media_type == "*/*" {
                "application/octet-stream"
            } else {
                media_type
            };
            let sent = format!("{{ type: {}, value: input.body }}", Value::from(media_type));
            let body = if needs {
                sent
            } else {
                format!("input.body === undefined ? undefined : {sent}")
            };
            let _ = write!(options, "body: {body}, ");
        }
        options
    }
}

fn field(parameter: &Value) -> String {
    let name = key(parameter["name"].as_str().unwrap_or_default());
    let sign = if parameter["required"] == true {
        ""
    } else {
        "?"
    };
    format!(
        "{name}{sign}: {}",
        type_of(&parameter["schema"]).replace('\n', "\n    ")
    )
}

/// The output of an operation: its type, the statement that returns it, and the media types to accept.
struct Output {
    r#type: String,
    read: String,
    accept: String,
}

impl Output {
    fn of(operation: &Value, document: &Value) -> Output {
        let responses = operation["responses"].as_object().into_iter().flatten();
        let good = responses.filter(|(status, _)| status.starts_with('2'));
        let mut media: Vec<(String, Value)> = Vec::new();
        let mut is_empty = false;
        for (_, response) in good {
            let response = resolved(response, document);
            let content = response["content"].as_object();
            is_empty |= content.is_none();
            for (media_type, content) in content.into_iter().flatten() {
                let own = (media_type.clone(), content["schema"].clone());
                if !media_type.contains("problem") && !media.contains(&own) {
                    media.push(own);
                }
            }
        }
        let raw = |accept: &str| Output {
            r#type: "Response".to_owned(),
            read: "return response;".to_owned(),
            accept: accept.to_owned(),
        };
        match &media[..] {
            [] if is_empty => Output {
                r#type: "void".to_owned(),
                read: "await response.body?.cancel();".to_owned(),
                accept: "application/problem+json".to_owned(),
            },
            [first, others @ ..] if others.iter().all(|other| other.0 == first.0) => {
                let types: Vec<_> = media.iter().map(|(_, schema)| type_of(schema)).collect();
                Output::of_media(&first.0, &types.join(" | "), is_empty)
                    .unwrap_or_else(|| raw(&first.0))
            }
            _ => raw("*/*"),
        }
    }

    fn of_media(media_type: &str, r#type: &str, is_empty: bool) -> Option<Output> {
        let accept = format!("{media_type}, application/problem+json");
        let r#type = r#type.replace('\n', "\n  ");
        let (r#type, read) = match media_type {
            "text/event-stream" => return None,
            name if name.ends_with("json") && is_empty => {
                let text = "const text = await response.text();\n    ";
                let read = format!(
                    "{text}return text === \"\" ? undefined : (JSON.parse(text) as {type});"
                );
                (format!("{type} | undefined"), read)
            }
            name if name.ends_with("json") => {
                let read = format!("return (await response.json()) as {type};");
                (r#type, read)
            }
            name if name.starts_with("text/") => (
                "string".to_owned(),
                "return await response.text();".to_owned(),
            ),
            "application/octet-stream" => (
                "Blob".to_owned(),
                "return await response.blob();".to_owned(),
            ),
            _ => return None,
        };
        Some(Output {
            r#type,
            read,
            accept,
        })
    }
}

/// Follows a reference to a shared response.
fn resolved<'a>(response: &'a Value, document: &'a Value) -> &'a Value {
    let path = response["$ref"].as_str();
    let name = path.and_then(|path| path.rsplit('/').next());
    match name {
        Some(name) => &document["components"]["responses"][name],
        None => response,
    }
}

/// Returns a name in the case of TypeScript: `users_list` is `usersList`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("call").to_owned();
    words.fold(first, |name, word| name + &capitalized(word))
}
