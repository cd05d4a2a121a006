//! The prefix, middleware and scope that a group passes on to its routes and children.

use std::cmp::Reverse;
use std::sync::Arc;

use gin_router::{Pattern, path};

#[cfg(feature = "openapi")]
use crate::app::Part;
use crate::app::{Group, Mounted, RouteSettings};
use crate::dispatch::branches::BranchId;
use crate::dispatch::checks::Checks;
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::miss::Miss;
use crate::handlers::{Handler, RouteHandler};
use crate::middleware::{Chain, Layer, Provided, with_stopwatches};
use crate::request::{Scope, Site};
#[cfg(all(feature = "sessions", feature = "templates"))]
use crate::templates::with_flashes;

/// The prefix, middleware and scope that a group passes on to its routes and children.
pub(super) struct Inherited {
    pub(super) prefix: String,
    pub(super) layers: Vec<Layer>,
    pub(super) provided: Provided,
    pub(super) scope: Arc<Scope>,
    /// Those with longer prefixes first.
    pub(super) mounts: Vec<Mounted>,
    pub(super) fallback: Option<Fallback>,
    pub(super) branch: BranchId,
    #[cfg(feature = "openapi")]
    pub(super) parts: Vec<Arc<dyn Part>>,
}

/// The handler of requests that no route matches, in the group that it belongs to.
#[derive(Clone)]
pub(super) struct Fallback {
    pub(super) handler: Arc<dyn Handler>,
    pub(super) layers: Vec<Layer>,
    pub(super) scope: Arc<Scope>,
}

impl Inherited {
    /// Returns what the routes and children of `group` inherit, if `group` itself inherits `self`.
    pub(super) fn within(&self, group: &Group, branch: BranchId) -> Inherited {
        let mut scope = Scope::clone(&self.scope);
        scope.states = group.states.within(&scope.states);
        scope.error_map = group.error_map.within(&scope.error_map);
        scope.on_error = group.on_error.clone().or(scope.on_error);
        scope.messages = group.messages.clone().or(scope.messages);
        scope.body_limit = group.body_limit.or(scope.body_limit);
        scope.max_fields = group.max_fields.unwrap_or(scope.max_fields);
        scope.routing = group.routing.unwrap_or(scope.routing);
        if let Some(proxies) = &group.proxies {
            scope.proxies = proxies.clone();
        }
        let mut provided = self.provided.clone();
        for layer in &group.middlewares {
            layer.middleware.provides(&mut provided);
        }
        let layers = self.layers.iter().chain(&group.middlewares);
        let layers: Vec<_> = layers.cloned().collect();
        let scope = Arc::new(scope);
        let own = group.fallback.clone().map(|handler| Fallback {
            handler,
            layers: layers.clone(),
            scope: scope.clone(),
        });
        let prefix = path::join(&self.prefix, &group.prefix);
        Inherited {
            mounts: self.mounts_within(group, &prefix),
            fallback: own.or_else(|| self.fallback.clone()),
            layers,
            provided,
            scope,
            prefix,
            branch,
            #[cfg(feature = "openapi")]
            parts: self.parts.iter().chain(&group.parts).cloned().collect(),
        }
    }

    /// Returns what a route with these settings inherits.
    pub(super) fn with(&self, settings: &RouteSettings, branch: BranchId) -> Inherited {
        let mut scope = Scope::clone(&self.scope);
        scope.body_limit = settings.body_limit.or(scope.body_limit);
        let mut provided = self.provided.clone();
        for layer in &settings.layers {
            layer.middleware.provides(&mut provided);
        }
        Inherited {
            prefix: self.prefix.clone(),
            layers: settings.within(&self.layers),
            provided,
            scope: Arc::new(scope),
            mounts: self.mounts.clone(),
            fallback: self.fallback.clone(),
            branch,
            #[cfg(feature = "openapi")]
            parts: self.parts.clone(),
        }
    }

    /// Returns the mounts of `group` and those around it. One whose prefix is malformed is left out; it is reported elsewhere.
    pub(super) fn mounts_within(&self, group: &Group, prefix: &str) -> Vec<Mounted> {
        let own = group.mounts.iter();
        let own = own.filter_map(|mount| Mounted::new(mount, prefix).ok());
        let outer = self.mounts.iter().map(|mounted| {
            if group.prefix.is_empty() {
                mounted.clone()
            } else {
                mounted.seen_from_inside()
            }
        });
        let mut mounts: Vec<_> = own.chain(outer).collect();
        mounts.sort_by_key(|mounted| Reverse(mounted.depth()));
        mounts
    }

    /// Returns the endpoint of a handler: that of a route, which has a pattern and the handler's name, or one in its place.
    pub(super) fn endpoint(
        &self,
        place: Option<(Pattern, &'static str)>,
        checks: Checks,
        handler: RouteHandler,
    ) -> Arc<Endpoint> {
        let (pattern, name) = place.unzip();
        #[cfg(all(feature = "sessions", feature = "templates"))]
        let handler = with_flashes(handler, &self.scope, &self.layers);
        Arc::new(Endpoint {
            checks,
            chain: Arc::new(Chain {
                middlewares: with_stopwatches(&self.layers),
                handler,
            }),
            site: Arc::new(Site {
                pattern,
                handler: name,
                scope: self.scope.clone(),
            }),
            branch: self.branch,
        })
    }

    /// Returns the endpoint of the responses that the engine gives in the place of a route.
    pub(super) fn instead(&self) -> Arc<Endpoint> {
        let miss = Miss {
            mounts: self.mounts.clone(),
            fallback: self.fallback.as_ref().map(|own| own.handler.clone()),
        };
        let handler = RouteHandler::Shared(Arc::new(miss));
        self.endpoint(None, Checks::default(), handler)
    }

    /// Returns the same in the group that the fallback belongs to, whose middleware runs around it.
    pub(super) fn of_fallback(&self) -> Arc<Endpoint> {
        match &self.fallback {
            None => self.instead(),
            Some(fallback) => Inherited {
                prefix: self.prefix.clone(),
                layers: fallback.layers.clone(),
                provided: Provided::default(),
                scope: fallback.scope.clone(),
                mounts: self.mounts.clone(),
                fallback: self.fallback.clone(),
                branch: self.branch,
                #[cfg(feature = "openapi")]
                parts: self.parts.clone(),
            }
            .instead(),
        }
    }
}
