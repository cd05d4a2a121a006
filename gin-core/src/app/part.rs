//! Parts of an app that are checked once all of its routes are known.

#[cfg(feature = "openapi")]
use std::sync::Arc;

use gin_router::Pattern;

use crate::app::route::At;
#[cfg(feature = "openapi")]
use crate::description::Description;
#[cfg(feature = "openapi")]
use crate::middleware::Layer;

/// A part of an app that is checked once all of its routes are known: the templates of a group.
pub(crate) trait Part: Send + Sync {
    /// Makes the part ready for requests. Returns its flaws, each as the text of a message.
    fn assemble(&self, routes: &[PlacedRoute]) -> Vec<String>;

    /// Takes the routes that attributes describe.
    #[cfg(feature = "openapi")]
    fn describe(&self, routes: &[DescribedRoute]) {
        let _ = routes;
    }
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

/// A route that its attribute describes, in its place in the app.
#[cfg(feature = "openapi")]
#[derive(Clone)]
pub(crate) struct DescribedRoute {
    /// Empty for every method.
    pub(crate) methods: &'static [&'static str],
    pub(crate) pattern: Pattern,
    /// The prefixes of its groups, joined.
    pub(crate) group: String,
    /// The handler's full name.
    pub(crate) name: &'static str,
    pub(crate) description: &'static Description,
    /// The middleware around it, from the outside in.
    pub(crate) layers: Vec<Layer>,
    /// The parts of the groups around it.
    pub(crate) parts: Vec<Arc<dyn Part>>,
    /// The limit of request bodies that the route or its groups set, in bytes.
    pub(crate) body_limit: Option<usize>,
    /// Its groups shape problems themselves.
    pub(crate) has_error_hook: bool,
}
