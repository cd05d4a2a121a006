//! Routes that match a path except for the type of a param, for developers: the client gets a plain 404 or 405.

use gin_router::{Params as Ranges, path};
use http::request::Parts;

use crate::dispatch::table::Table;
use crate::extract::type_name::short;
use crate::request::{Context, Outcome};

/// The reasons why routes do not match a path that has their shape. The dev server shows them.
pub(crate) struct NearMisses(pub(crate) Vec<String>);

/// Logs the near misses of a request that no route matches, and keeps them.
pub(super) fn explain(table: &Table, cx: &mut Context, outcome: &Outcome) {
    if !matches!(outcome, Outcome::NotFound | Outcome::NotAllowed(_)) {
        return;
    }
    let found = of(table, cx.head());
    if found.is_empty() {
        return;
    }
    for near_miss in &found {
        tracing::info!("{near_miss}");
    }
    cx.set(NearMisses(found));
}

/// Returns a sentence for each: "GET /users/:id does not match `/users/x`, as `id` is not a valid `u64`".
fn of(table: &Table, head: &Parts) -> Vec<String> {
    let mut found = Vec::new();
    let Ok(path) = path::canonicalize(head.uri.path()) else {
        return found;
    };
    let mut ranges = Ranges::default();
    table.router.find_with(&path, &mut ranges, |leaf, ranges| {
        let leaf = &table.leaves[leaf as usize];
        let mistyped = leaf.endpoint(&head.method).and_then(|endpoint| {
            let (param, value) = endpoint.checks.mistyped(ranges, &path)?;
            Some((endpoint.site.pattern.as_ref()?, param, value))
        });
        if let Some((pattern, param, value)) = mistyped {
            let (method, name, kind) = (&head.method, param.name, short(param.type_name));
            let pattern = pattern.as_str();
            found.push(format!(
                "{method} {pattern} does not match: its param `{name}` is {value:?}, which is not a valid `{kind}`"
            ));
        }
        false
    });
    found
}
