//! The paths of a document. Patterns of one shape share an item, and the names of their params.

use std::collections::BTreeMap;

use gin_router::{Pattern, Piece};
use serde_json::{Map, Value};

/// The operations of all paths.
#[derive(Default)]
pub(super) struct Paths(BTreeMap<String, Item>);

struct Item {
    template: String,
    names: Vec<String>,
    operations: Map<String, Value>,
}

impl Paths {
    /// Adds an operation. A second one with the method and the path of another is left out: a catch-all looks like a param here.
    pub(super) fn add(&mut self, pattern: &Pattern, method: &str, mut operation: Value) {
        let item = self.0.entry(template(pattern, |_| "{}".to_owned()));
        let item = item.or_insert_with(|| Item {
            template: template(pattern, |name| format!("{{{name}}}")),
            names: pattern.names().map(str::to_owned).collect(),
            operations: Map::new(),
        });
        for (own, name) in pattern.names().zip(&item.names) {
            rename(&mut operation, own, name);
        }
        let method = method.to_ascii_lowercase();
        item.operations.entry(method).or_insert(operation);
    }

    pub(super) fn finish(self) -> Map<String, Value> {
        let items = self.0.into_values();
        items
            .map(|item| (item.template, Value::Object(item.operations)))
            .collect()
    }
}

fn rename(operation: &mut Value, own: &str, name: &str) {
    let parameters = operation["parameters"].as_array_mut().into_iter().flatten();
    for parameter in parameters {
        if parameter["in"] == "path" && parameter["name"] == own {
            parameter["name"] = name.into();
        }
    }
}

/// Returns the pattern as a document writes it, with `param` in the place of each param.
fn template(pattern: &Pattern, param: impl Fn(&str) -> String) -> String {
    let pieces = pattern.pieces().map(|piece| match piece {
        Piece::Static(text) => text.replace('{', "%7B").replace('}', "%7D"),
        Piece::Param(name) | Piece::CatchAll(name) => param(name),
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_of_one_shape_share_a_path() {
        let mut paths = Paths::default();
        for (pattern, method) in [("/a/:id", "GET"), ("/a/:name", "PUT"), ("/a/*rest", "GET")] {
            let pattern = Pattern::parse(pattern).expect("it is a pattern");
            let name = pattern.names().next().expect("it has a param").to_owned();
            let operation = json!({ "parameters": [{ "in": "path", "name": name }] });
            paths.add(&pattern, method, operation);
        }
        let operation = json!({ "parameters": [{ "in": "path", "name": "id" }] });
        let expected = json!({ "/a/{id}": { "get": operation, "put": operation } });
        assert_eq!(Value::Object(paths.finish()), expected);
    }
}
