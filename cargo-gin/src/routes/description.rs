//! The description that an app on gin-core writes in place of serving.

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::Value;

use crate::incidents::Route;

/// The description of an app.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Description {
    pub(crate) routes: Vec<Route>,
    /// Null if the app's gin-core makes no documents.
    #[serde(default)]
    pub(crate) openapi: Value,
}

impl Description {
    /// Parses the lines that the app's servers wrote, and merges them.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Option<Description>> {
        let mut merged: Option<Description> = None;
        for line in text.lines() {
            let own: Description =
                serde_json::from_str(line).context("cannot read the app's description")?;
            match &mut merged {
                Some(merged) => merged.add(own),
                None => merged = Some(own),
            }
        }
        Ok(merged)
    }

    fn add(&mut self, other: Description) {
        self.routes.extend(other.routes);
        merge(&mut self.openapi, other.openapi);
    }
}

/// Adds the members of an object that another one lacks.
fn merge(own: &mut Value, other: Value) {
    match (own, other) {
        (Value::Object(own), Value::Object(other)) => {
            for (key, value) in other {
                match own.get_mut(&key) {
                    Some(member) => merge(member, value),
                    None => {
                        own.insert(key, value);
                    }
                }
            }
        }
        (own @ Value::Null, other) => *own = other,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_servers_of_an_app_are_merged() {
        let line = |path: &str| {
            let route = json!({
                "method": "GET", "pattern": path, "handler": "app::show", "file": "src/main.rs", "line": 7,
                "middleware": ["gin::middleware::Logger"], "group": "",
            });
            json!({ "gin": "0.1.0", "routes": [route], "openapi": { "paths": { path: {} } } })
        };
        let text = format!("{}\n{}\n", line("/a"), line("/b"));
        let description = Description::parse(&text).unwrap().expect("two lines");
        let patterns: Vec<_> = description
            .routes
            .iter()
            .map(|route| &*route.pattern)
            .collect();
        assert_eq!(patterns, ["/a", "/b"]);
        assert_eq!(description.routes[0].middleware, ["Logger"]);
        assert_eq!(
            description.openapi,
            json!({ "paths": { "/a": {}, "/b": {} } })
        );
    }

    #[test]
    fn an_app_that_wrote_nothing_has_no_description() {
        assert!(Description::parse("").unwrap().is_none());
    }
}
