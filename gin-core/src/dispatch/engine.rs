//! Engines: apps that are checked and ready to respond.

use std::fmt;
use std::sync::Arc;

#[cfg(debug_assertions)]
use http::Method;

#[cfg(feature = "openapi")]
use crate::app::DescribedRoute;
use crate::app::{BuildError, Group, Route, UrlError, link};
use crate::dispatch::assembly::Assembly;
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::listing::RouteEntry;
use crate::dispatch::refusal::refusal;
use crate::dispatch::table::Table;
use crate::request::{Context, Site};

/// An app that is checked and ready to respond: a [`Group`] that no longer changes. Cloning it is cheap.
///
/// [`Server`](crate::Server) serves it, and [`testing::Client`](crate::testing::Client) sends it requests without a socket.
///
/// ```
/// # use gin::prelude::*;
/// let engine = Engine::new(Group::new("/api").get("/ping", async || "pong"))?;
/// let patterns: Vec<_> = engine.routes().iter().map(|route| &*route.pattern).collect();
/// assert_eq!(patterns, ["/api/ping"]);
///
/// let twice = Group::new("").get("/", async || "a").get("/", async || "b");
/// assert!(Engine::new(twice).is_err());
/// # Ok::<(), gin::routing::BuildError>(())
/// ```
#[derive(Clone)]
pub struct Engine(Arc<Table>);

impl Engine {
    /// Builds an engine from `group` and checks all of it.
    ///
    /// # Errors
    ///
    /// Returns all mistakes at once, each with its `file:line`: patterns that do not parse, routes of equal shape, missing state,
    /// and so on.
    pub fn new(group: Group) -> Result<Engine, BuildError> {
        let table = Assembly::of(group)?;
        Ok(Engine(Arc::new(table)))
    }

    /// Returns all routes in the order in which they were mounted.
    #[doc(alias(
        "RouteInfo",
        "HandlerName",
        "RoutesInfo",
        "HandlerNames",
        "DebugPrintRouteFunc"
    ))]
    pub fn routes(&self) -> &[RouteEntry] {
        &self.0.listing
    }

    /// Returns the parts of the app that have no effect, each with its `file:line` and a remedy: middleware around no route, and
    /// routes that no request reaches. [`Server`](crate::Server) logs them when it starts.
    ///
    /// ```
    /// # use gin::prelude::*;
    /// let forgotten = Group::new("/admin").with(Recovery::new());
    /// let engine = Group::new("").nest(forgotten).get("/", async || "home").build()?;
    /// let [warning] = engine.warnings() else { panic!("one warning") };
    /// assert!(warning.starts_with("Recovery ("));
    /// assert!(warning.contains("is around no route"));
    /// # Ok::<(), gin::routing::BuildError>(())
    /// ```
    pub fn warnings(&self) -> &[String] {
        &self.0.warnings
    }

    #[doc(hidden)]
    pub fn url_of(&self, route: &Route, path: &str) -> Result<String, UrlError> {
        link(&self.0.root.site.scope.places, route, path, |_| None)
    }

    /// Returns the routes that attributes describe.
    #[cfg(feature = "openapi")]
    pub(crate) fn described(&self) -> &[DescribedRoute] {
        &self.0.described
    }

    #[cfg(debug_assertions)]
    pub(super) fn table(&self) -> &Table {
        &self.0
    }

    /// Returns the route of a pattern that takes a method.
    #[cfg(debug_assertions)]
    pub(crate) fn entry(&self, pattern: &str, method: &Method) -> Option<&RouteEntry> {
        let of = |method: &str| {
            let mut routes = self.routes().iter();
            routes.find(|route| route.pattern == pattern && route.method == method)
        };
        let instead = match *method {
            Method::HEAD => of("GET"),
            _ => None,
        };
        of(method.as_str()).or(instead).or_else(|| of("ANY"))
    }

    /// Returns the site of requests whose endpoint is not known yet.
    pub(crate) fn site(&self) -> Arc<Site> {
        self.0.root.site.clone()
    }

    /// Finds the endpoint of a request by the method that it stands for. Records the result in `cx`.
    pub(crate) async fn receive(&self, cx: &mut Context) -> &Endpoint {
        if let Some(method_override) = &self.0.method_override
            && refusal(cx).is_none()
            // Boxed, so that the future of a request has no place for it in an app without the setting.
            && let Err(problem) = Box::pin(method_override.apply(cx)).await
        {
            let (endpoint, outcome) = self.0.refuse(problem);
            cx.arrive(endpoint.site.clone(), outcome);
            return endpoint;
        }
        self.admit(cx)
    }

    /// Finds the endpoint of a request. Records the result in `cx`.
    pub(crate) fn admit(&self, cx: &mut Context) -> &Endpoint {
        let (endpoint, outcome) = match refusal(cx) {
            Some(problem) => self.0.refuse(problem),
            None => self.0.route(cx),
        };
        #[cfg(debug_assertions)]
        self.0.log_mismatches(cx.head(), &outcome);
        cx.arrive(endpoint.site.clone(), outcome);
        endpoint
    }
}

impl Group {
    /// Builds an engine from this group.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::new`].
    pub fn build(self) -> Result<Engine, BuildError> {
        Engine::new(self)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine({} leaves)", self.0.leaves.len())
    }
}
