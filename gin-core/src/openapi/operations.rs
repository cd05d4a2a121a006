//! The operations of a document.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::app::DescribedRoute;
use crate::description::{Described, Found, Operation, Presence, status_of};
use crate::openapi::document::Shared;
use crate::openapi::responses::{keep, responses};

/// The methods that stand for every method.
pub(super) const OPERATIONS: &[&str] = &["GET", "PUT", "POST", "DELETE", "PATCH"];

/// The member with the limit of an operation's body, in bytes. OpenAPI has none for it, and leaves names with `x-` to extensions
/// (OpenAPI 3.1.0 §4.9).
const BODY_LIMIT: &str = "x-body-limit";

/// Returns the operation of a route for a method, and the shared parts with its own.
pub(super) fn operation(
    route: &DescribedRoute,
    method: &'static str,
    base: &str,
    shared: Shared,
) -> (Value, Shared) {
    let description = route.description;
    let named = description.statuses.iter();
    let named = named.filter_map(|name| status_of(name)).collect();
    let mut operation = Operation::new(method, named, shared.schemas);
    for name in route.pattern.names() {
        operation.path_param(name, json!({ "type": "string" }));
    }
    (description.describe)(&mut operation);
    for layer in &route.layers {
        layer.middleware.describe(&mut operation);
    }
    let Described { found, schemas } = operation.finish();
    let mut shared = Shared { schemas, ..shared };
    let mut members = words(route, base);
    let all = responses(&found, route.has_error_hook, &mut shared.responses);
    members.insert("responses".to_owned(), all);
    add_request(&mut members, &found);
    if let Some(limit) = route.body_limit {
        members.insert(BODY_LIMIT.to_owned(), limit.into());
    }
    if !found.security.is_empty() {
        let security = security(found, &mut shared.security);
        members.insert("security".to_owned(), security);
    }
    (Value::Object(members), shared)
}

/// Returns the security of an operation. Each middleware must be satisfied, so all schemes are in one alternative. Another one is
/// without those that are optional.
fn security(found: Found, shared: &mut BTreeMap<String, Value>) -> Value {
    let (mut all, mut required) = (Map::new(), Map::new());
    for (name, scheme) in found.security {
        let name = keep(shared, &name, scheme.definition);
        if scheme.presence == Presence::Required {
            required.insert(name.clone(), json!([]));
        }
        all.insert(name, json!([]));
    }
    if all.len() == required.len() {
        json!([all])
    } else {
        json!([all, required])
    }
}

fn add_request(members: &mut Map<String, Value>, found: &Found) {
    if !found.parameters.is_empty() {
        members.insert("parameters".to_owned(), json!(found.parameters));
    }
    if !found.bodies.is_empty() {
        let bodies = found.bodies.iter();
        let content: Map<_, _> = bodies
            .map(|(media_type, schema)| (media_type.clone(), json!({ "schema": schema })))
            .collect();
        let body = json!({ "required": found.is_body_required, "content": content });
        members.insert("requestBody".to_owned(), body);
    }
}

/// Returns the members that are text for readers.
fn words(route: &DescribedRoute, base: &str) -> Map<String, Value> {
    let mut members = Map::new();
    let docs = route.description.docs.trim();
    let (summary, rest) = docs.split_once("\n\n").unwrap_or((docs, ""));
    let summary = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    let notes = route.description.deprecated;
    let rest = [rest.trim(), notes.unwrap_or_default()];
    let rest = rest.into_iter().filter(|text| !text.is_empty());
    let rest = rest.collect::<Vec<_>>().join("\n\n");
    for (key, text) in [("summary", summary), ("description", rest)] {
        if !text.is_empty() {
            members.insert(key.to_owned(), text.into());
        }
    }
    if notes.is_some() {
        members.insert("deprecated".to_owned(), true.into());
    }
    if let Some(tag) = tag(&route.group, base) {
        members.insert("tags".to_owned(), json!([tag]));
    }
    members
}

/// Returns the prefix of a route's groups as a tag, without its params and the prefix that all have.
fn tag(group: &str, base: &str) -> Option<String> {
    let own = group.strip_prefix(base).unwrap_or(group);
    let segments = own.split('/');
    let words = segments.filter(|word| !word.is_empty() && !word.starts_with([':', '*']));
    let words = words.collect::<Vec<_>>().join("/");
    (!words.is_empty()).then_some(words)
}

/// The names of operations: those of the functions, with their modules where that is needed to tell them apart.
pub(super) struct Names(BTreeMap<String, usize>);

impl Names {
    pub(super) fn of(routes: &[&DescribedRoute]) -> Names {
        let mut counts = BTreeMap::new();
        for route in routes {
            for length in [1, 2] {
                *counts.entry(last(route.name, length)).or_default() += 1;
            }
        }
        Names(counts)
    }

    pub(super) fn name(&self, route: &DescribedRoute, method: &str) -> String {
        let is_unique = |name: &String| self.0.get(name) == Some(&1);
        let names = [1, 2].map(|length| last(route.name, length));
        let name = names.into_iter().find(is_unique);
        let name = name.unwrap_or_else(|| {
            // The same function is mounted twice.
            let path = route.pattern.as_str();
            let path = path.replace(|letter: char| !letter.is_alphanumeric(), "_");
            format!("{}{path}", last(route.name, 1))
        });
        match route.methods {
            [_] => name,
            _ => format!("{name}_{}", method.to_ascii_lowercase()),
        }
    }
}

/// Returns the last words of a full name, joined.
fn last(name: &str, length: usize) -> String {
    let words = name.split("::").filter(|word| !word.starts_with('{'));
    let words: Vec<_> = words.collect();
    let start = words.len().saturating_sub(length);
    let words = words.get(start..).unwrap_or_default();
    words.join("_").replace("r#", "")
}
