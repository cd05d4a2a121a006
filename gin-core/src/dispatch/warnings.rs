//! Warnings: parts of an app that have no effect.

use http::Method;

use crate::app::{Group, Label};
use crate::dispatch::refusal::is_known;
use crate::middleware::{Layer, Role};

/// Returns a warning for each middleware of a group that has nothing to run around.
pub(super) fn of_middleware(group: &Group) -> impl Iterator<Item = String> {
    let layers = if serves(group) {
        &[]
    } else {
        &group.middlewares[..]
    };
    layers.iter().map(|layer| dead(layer, group))
}

fn serves(group: &Group) -> bool {
    let is_used = !group.routes.is_empty() || !group.mounts.is_empty() || group.fallback.is_some();
    is_used || group.children.iter().any(serves)
}

fn dead(layer: &Layer, group: &Group) -> String {
    let (name, at) = (layer.short_name(), layer.at);
    format!(
        "{name} ({}:{}) is around no route: add one to the group at {}, or remove the middleware",
        at.file(),
        at.line(),
        group.at
    )
}

/// Returns a warning if one of the last `own` of these layers opens a span for each request that has one already.
pub(super) fn of_spans(layers: &[Layer], own: usize) -> Option<String> {
    let is = |layer: &Layer, role| layer.middleware.role() == role;
    let field = layers.iter().position(|layer| is(layer, Role::SpanField))?;
    let start = layers.len().saturating_sub(own).max(field);
    let mut late = layers.iter().skip(start);
    let span = late.find(|layer| is(layer, Role::Span))?;
    let field = layers.get(field)?;
    Some(format!(
        "{field} comes before {span}, so that each request has two spans; add it after"
    ))
}

/// Returns a warning for a route whose method is refused before any route is looked up.
pub(super) fn of_method(method: &Method, label: &Label) -> Option<String> {
    (!is_known(method)).then(|| {
        format!("{label} has no requests: the server refuses the method; remove the route")
    })
}
