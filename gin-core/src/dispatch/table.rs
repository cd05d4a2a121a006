//! The table of an engine: which endpoint responds to a method and a path.

use std::borrow::Cow;
use std::sync::Arc;

use gin_router::{Params as Ranges, Router, path};
use http::{HeaderValue, Method, StatusCode, header};

#[cfg(feature = "openapi")]
use crate::app::DescribedRoute;
use crate::app::Label;
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::listing::RouteEntry;
use crate::failure::Problem;
use crate::request::{Context, Outcome, Params, Routing, TrailingSlash};

/// The data of an engine. It never changes.
pub(crate) struct Table {
    pub(crate) router: Router,
    /// By the indices that `router` returns.
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) listing: Vec<RouteEntry>,
    /// The prefixes of groups, for requests that no route matches.
    pub(crate) prefixes: Router,
    /// By the indices that `prefixes` returns.
    pub(crate) misses: Vec<Arc<Endpoint>>,
    /// The methods of all routes, as the value of `Allow`.
    pub(crate) methods: HeaderValue,
    /// The endpoint of misses outside all prefixes.
    pub(crate) root: Arc<Endpoint>,
    #[cfg(feature = "openapi")]
    pub(crate) described: Vec<DescribedRoute>,
}

/// The routes whose patterns have one shape, by method.
#[derive(Default)]
pub(crate) struct Leaf {
    pub(super) routes: Vec<(Method, Arc<Endpoint>)>,
    pub(super) any: Option<Arc<Endpoint>>,
    /// A mount serves the paths of this shape. Its prefixes lead to it when no route is found.
    pub(super) is_mount: bool,
    pub(super) labels: Vec<Label>,
}

/// A leaf's part in the search for a route.
enum Step<'a> {
    Found(&'a Arc<Endpoint>),
    /// A mount serves the path: less specific routes do not match.
    Mount,
    Next,
}

impl Leaf {
    /// Returns the endpoint for `method`: its own route's, for `HEAD` also that of `GET`, else that of the route for every method.
    pub(crate) fn endpoint(&self, method: &Method) -> Option<&Arc<Endpoint>> {
        let own = self.own(method);
        let instead = || match *method {
            Method::HEAD => self.head(),
            _ => None,
        };
        own.or_else(instead).or(self.any.as_ref())
    }

    fn step(&self, method: &Method) -> Step<'_> {
        match self.endpoint(method) {
            Some(endpoint) => Step::Found(endpoint),
            None if self.is_mount && matches!(*method, Method::GET | Method::HEAD) => Step::Mount,
            None => Step::Next,
        }
    }

    /// Returns the endpoint that responds to `HEAD` if no route does.
    fn head(&self) -> Option<&Arc<Endpoint>> {
        // RFC 9110 §9.3.2: a HEAD response carries the headers of the GET it stands for.
        let get = self.own(&Method::GET);
        get.filter(|get| get.site.scope.routing.answers_head)
    }

    fn own(&self, method: &Method) -> Option<&Arc<Endpoint>> {
        let (_, endpoint) = self.routes.iter().find(|(own, _)| own == method)?;
        Some(endpoint)
    }

    /// Returns the methods for `Allow`, those of the endpoints that `allows` allows.
    pub(crate) fn methods(&self, allows: impl Fn(&Endpoint) -> bool) -> Vec<&str> {
        let routes = self.routes.iter();
        let allowed: Vec<_> = routes.filter(|(_, endpoint)| allows(endpoint)).collect();
        let any = self.any.as_ref().filter(|any| allows(any));
        let mut methods: Vec<_> = allowed.iter().map(|(method, _)| method.as_str()).collect();
        methods.extend(self.head().filter(|get| allows(get)).map(|_| "HEAD"));
        let mut endpoints = allowed.iter().map(|(_, endpoint)| endpoint).chain(any);
        if endpoints.any(|endpoint| endpoint.site.scope.routing.answers_options) {
            methods.push("OPTIONS");
        }
        methods
    }
}

impl Table {
    /// Returns the endpoint and the outcome of a request that is refused, whatever its path.
    pub(super) fn refuse(&self, problem: Problem) -> (&Arc<Endpoint>, Outcome) {
        let outcome = Outcome::Refused(match problem.status() {
            StatusCode::NOT_IMPLEMENTED => problem.header(header::ALLOW, self.methods.clone()),
            _ => problem,
        });
        (&self.root, outcome)
    }

    /// Returns the endpoint and the outcome of a request by its method and path.
    pub(super) fn route(&self, cx: &mut Context) -> (&Arc<Endpoint>, Outcome) {
        let (head, params) = cx.route();
        let method = &head.method;
        let Ok(canonical) = path::canonicalize(head.uri.path()) else {
            return self.miss(head.uri.path(), |_| Outcome::Malformed);
        };
        if let Some(endpoint) = self.find(method, &canonical, params.ranges()) {
            return matched(endpoint, params, canonical);
        }
        let other = path::toggle_trailing_slash(&canonical);
        if let Some(other) = other
            && let Some(endpoint) = self.find(method, &other, params.ranges())
            && endpoint.site.scope.routing.trailing_slash == TrailingSlash::Ignore
        {
            return matched(endpoint, params, Cow::Owned(other));
        }
        self.miss(&canonical, |routing| {
            self.reason(method, &canonical, routing)
        })
    }

    fn leaf(&self, leaf: u32) -> &Leaf {
        &self.leaves[leaf as usize]
    }

    fn find(&self, method: &Method, path: &str, ranges: &mut Ranges) -> Option<&Arc<Endpoint>> {
        let mut found = None;
        self.router.find_with(path, ranges, |leaf, ranges| {
            match self.leaf(leaf).step(method) {
                Step::Found(endpoint) if endpoint.checks.pass(ranges, path) => {
                    found = Some(endpoint);
                }
                Step::Mount => {}
                Step::Found(_) | Step::Next => return false,
            }
            true
        });
        found
    }

    /// Returns the endpoint for a `path` that no route matches, which is the nearest group's, and the outcome by its rules.
    fn miss(
        &self,
        path: &str,
        reason: impl FnOnce(Routing) -> Outcome,
    ) -> (&Arc<Endpoint>, Outcome) {
        let prefix = self.prefixes.find(path, &mut Ranges::default());
        let endpoint = prefix.map_or(&self.root, |index| &self.misses[index as usize]);
        (endpoint, reason(endpoint.site.scope.routing))
    }

    /// Returns the reason why no route matches, as the outcome of the request.
    fn reason(&self, method: &Method, path: &str, routing: Routing) -> Outcome {
        if path == "*" {
            return Outcome::Options(self.methods.clone());
        }
        if let Some(allow) = self.allowed(path) {
            if *method == Method::OPTIONS && routing.answers_options {
                return Outcome::Options(allow);
            }
            if routing.knows_methods {
                return Outcome::NotAllowed(allow);
            }
        }
        match self.respelled(method, path, routing) {
            Some(location) => Outcome::Redirect(redirect_status(method), location),
            None => Outcome::NotFound,
        }
    }

    /// Returns the methods of all routes that match `path`, if any.
    fn allowed(&self, path: &str) -> Option<HeaderValue> {
        let mut methods: Vec<&str> = Vec::new();
        // A mount hides what less specific routes would send in its place.
        let mut is_hidden = false;
        self.router
            .find_with(path, &mut Ranges::default(), |leaf, ranges| {
                let leaf = self.leaf(leaf);
                let passes = |endpoint: &Endpoint| endpoint.checks.pass(ranges, path);
                let is_shown = |method: &&str| !is_hidden || !matches!(*method, "GET" | "HEAD");
                methods.extend(leaf.methods(passes).into_iter().filter(is_shown));
                is_hidden |= leaf.is_mount;
                false
            });
        let is_nothing = |method: &&str| is_hidden && *method == "OPTIONS";
        if methods.iter().all(is_nothing) {
            return None;
        }
        Some(allow(methods))
    }

    /// Returns the spelling of `path` that a route matches, if there is one.
    fn respelled(&self, method: &Method, path: &str, routing: Routing) -> Option<String> {
        let matches = |path: &str| self.find(method, path, &mut Ranges::default()).is_some();
        let redirects = routing.trailing_slash == TrailingSlash::Redirect;
        if let Some(other) = path::toggle_trailing_slash(path).filter(|_| redirects)
            && matches(&other)
        {
            return Some(on_this_host(&path::encode(&other)));
        }
        if !routing.fixes_paths {
            return None;
        }
        let accepts = |leaf| self.leaf(leaf).endpoint(method).is_some();
        let clean = path::clean(path);
        let fixed = self.router.fix_case(&clean, accepts);
        let other = || {
            self.router
                .fix_case(&path::toggle_trailing_slash(&clean)?, accepts)
        };
        let fixed = fixed.or_else(other).filter(|fixed| matches(fixed))?;
        Some(on_this_host(&path::encode(&fixed)))
    }
}

/// A route matches. Decodes the params that were found in `path`.
fn matched<'a>(
    endpoint: &'a Arc<Endpoint>,
    params: &mut Params,
    path: Cow<'_, str>,
) -> (&'a Arc<Endpoint>, Outcome) {
    params.decode(path);
    (endpoint, Outcome::Matched)
}

/// Returns the value of `Allow` for `methods`.
pub(crate) fn allow(mut methods: Vec<&str>) -> HeaderValue {
    methods.sort_unstable();
    methods.dedup();
    HeaderValue::try_from(methods.join(", ")).expect("a method is a token")
}

/// Returns `path` as a reference that stays on this host. `//host` and `/\host` would leave it (RFC 3986 §4.2, WHATWG URL §4.4).
fn on_this_host(path: &str) -> String {
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

/// Returns the status of a redirect that keeps the method. For GET it is 301, which old clients know.
fn redirect_status(method: &Method) -> StatusCode {
    match *method {
        Method::GET | Method::HEAD => StatusCode::MOVED_PERMANENTLY,
        _ => StatusCode::PERMANENT_REDIRECT,
    }
}
