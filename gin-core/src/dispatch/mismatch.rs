//! Params whose values keep a route from matching, for the dev server.

use gin_router::{Params as Ranges, path};
use serde_json::{Value, json};

use crate::dispatch::Engine;
use crate::extract::type_name::short;
use crate::request::Context;

impl Engine {
    /// Returns the params that kept routes for the method of the request from matching its path: each with its type, its value and
    /// its route.
    pub(crate) fn mismatches(&self, cx: &Context) -> Vec<Value> {
        let (table, method) = (self.table(), cx.method());
        let mut found = Vec::new();
        let Ok(path) = path::canonicalize(cx.uri().path()) else {
            return found;
        };
        let mut ranges = Ranges::default();
        table.router.find_with(&path, &mut ranges, |leaf, ranges| {
            let Some(endpoint) = table.leaves[leaf as usize].endpoint(method) else {
                return false;
            };
            let pattern = endpoint.site.pattern.as_ref();
            let route = pattern.and_then(|pattern| self.entry(pattern.as_str(), method));
            let unparsed = endpoint.checks.unparsed(ranges, &path);
            found.extend(unparsed.map(|(param, value)| {
                json!({
                    "route": route.map(|route| route.json()),
                    "param": param.name,
                    "type": short(param.kind),
                    "value": value,
                })
            }));
            false
        });
        found
    }
}
