//! Params whose values keep a route from matching, for developers: the client gets a plain 404 or 405.

use std::fmt;

use gin_router::{Params as Ranges, path};
use http::Method;
use http::request::Parts;
use serde_json::{Value, json};

use crate::dispatch::table::Table;
use crate::dispatch::{Engine, RouteEntry};
use crate::extract::type_name::short;
use crate::request::{Context, Outcome};

/// A param whose value is not of the type that the route takes.
struct Mismatch<'a> {
    method: &'a Method,
    pattern: &'a str,
    param: &'static str,
    /// The type's name without modules.
    kind: String,
    value: String,
}

impl fmt::Display for Mismatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch {
            method,
            pattern,
            param,
            kind,
            value,
        } = self;
        write!(
            f,
            "{method} {pattern} does not match: its param `{param}` is {value:?}, which is not a valid `{kind}`"
        )
    }
}

impl Table {
    /// Logs the params that kept routes from matching, if none matched.
    pub(super) fn log_mismatches(&self, head: &Parts, outcome: &Outcome) {
        if matches!(outcome, Outcome::NotFound | Outcome::NotAllowed(_)) {
            for mismatch in self.mismatches(head) {
                tracing::info!("{mismatch}");
            }
        }
    }

    /// Returns the params that keep routes for the method of a request from matching its path.
    fn mismatches<'a>(&'a self, head: &'a Parts) -> Vec<Mismatch<'a>> {
        let mut found = Vec::new();
        let Ok(path) = path::canonicalize(head.uri.path()) else {
            return found;
        };
        let mut ranges = Ranges::default();
        self.router.find_with(&path, &mut ranges, |leaf, ranges| {
            let endpoint = self.leaves[leaf as usize].endpoint(&head.method);
            let route = endpoint.and_then(|endpoint| {
                let pattern = endpoint.site.pattern.as_ref()?;
                Some((pattern.as_str(), endpoint.checks.unparsed(ranges, &path)))
            });
            if let Some((pattern, unparsed)) = route {
                found.extend(unparsed.map(|(param, value)| Mismatch {
                    method: &head.method,
                    pattern,
                    param: param.name,
                    kind: short(param.kind),
                    value,
                }));
            }
            false
        });
        found
    }
}

impl Engine {
    /// Returns the params that kept routes from matching a request: each with its type, its value and its route.
    pub(crate) fn mismatches(&self, cx: &Context) -> Vec<Value> {
        let mismatches = self.table().mismatches(cx.head()).into_iter();
        let as_json = mismatches.map(|mismatch| {
            let route = self.entry(mismatch.pattern, mismatch.method);
            json!({
                "route": route.map(RouteEntry::json),
                "param": mismatch.param,
                "type": mismatch.kind,
                "value": mismatch.value,
            })
        });
        as_json.collect()
    }
}
