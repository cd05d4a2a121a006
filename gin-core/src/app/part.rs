//! Parts of an app that are checked once all of its routes are known.

use gin_router::Pattern;

use crate::app::route::At;

/// A part of an app that is checked once all of its routes are known: the templates of a group.
pub(crate) trait Part: Send + Sync {
    /// Makes the part ready for requests. Returns its flaws, each as the text of a message.
    fn assemble(&self, routes: &[PlacedRoute]) -> Vec<String>;
}

/// A route in its place in the app, prefixes included.
#[derive(Debug, Clone)]
#[cfg_attr(
    not(feature = "templates"),
    expect(dead_code, reason = "only templates refer to routes")
)]
pub(crate) struct PlacedRoute {
    /// The handler's full name.
    pub(crate) name: &'static str,
    pub(crate) pattern: Pattern,
    pub(crate) at: At,
}
