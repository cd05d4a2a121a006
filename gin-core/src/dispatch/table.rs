//! The table of an engine: which endpoint responds to a method and a path.

use std::borrow::Cow;
use std::sync::Arc;

use gin_router::{Params as Ranges, Router, path};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};

#[cfg(feature = "openapi")]
use crate::app::DescribedRoute;
use crate::app::{Label, Mounted};
use crate::dispatch::branches::{BranchId, Branches};
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::listing::RouteEntry;
use crate::failure::Problem;
use crate::middleware::MethodOverride;
use crate::request::{Context, Outcome, Params, TrailingSlash};

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
    pub(crate) branches: Branches,
    pub(crate) mounts: Vec<Mounted>,
    /// The methods of all routes, as the value of `Allow`.
    pub(crate) methods: HeaderValue,
    pub(crate) method_override: Option<MethodOverride>,
    /// Some route is found under other spellings of its path.
    pub(crate) fixes_paths: bool,
    /// Some route takes several slashes for one.
    pub(crate) merges_slashes: bool,
    pub(crate) warnings: Vec<String>,
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
    #[inline]
    pub(crate) fn endpoint(&self, method: &Method) -> Option<&Arc<Endpoint>> {
        let own = self.own(method);
        let instead = || match *method {
            Method::HEAD => self.head(),
            _ => None,
        };
        own.or_else(instead).or(self.any.as_ref())
    }

    #[inline]
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

    #[inline]
    fn own(&self, method: &Method) -> Option<&Arc<Endpoint>> {
        let (_, endpoint) = self.routes.iter().find(|(own, _)| own == method)?;
        Some(endpoint)
    }

    /// Returns the routes by the methods for `Allow`. The route for every method has none of its own.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &Endpoint)> {
        let routes = self.routes.iter();
        let routes = routes.map(|(method, endpoint)| (method.as_str(), &**endpoint));
        let head = self.head().map(|get| ("HEAD", &**get));
        let any = self.any.iter().map(|any| ("", &**any));
        routes.chain(head).chain(any)
    }
}

/// The routes of other methods that match a path.
struct Others<'a> {
    methods: Vec<&'a str>,
    /// The innermost branch around all of them.
    branch: Option<BranchId>,
    /// A mount serves the path. It hides what less specific routes would send in its place.
    is_mounted: bool,
}

impl<'a> Others<'a> {
    fn add(&mut self, (method, endpoint): (&'a str, &Endpoint), branches: &Branches) {
        if self.is_mounted && matches!(method, "GET" | "HEAD") {
            return;
        }
        self.methods
            .extend(Some(method).filter(|method| !method.is_empty()));
        if endpoint.site.scope.routing.answers_options {
            self.methods.push("OPTIONS");
        }
        let outer = |branch| branches.common(branch, endpoint.branch);
        self.branch = Some(self.branch.map_or(endpoint.branch, outer));
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
            return (self.nearest(head.uri.path()), Outcome::Malformed);
        };
        if let Some((endpoint, other)) = self.look_up(method, &canonical, params.ranges()) {
            return matched(endpoint, params, other.map_or(canonical, Cow::Owned));
        }
        if let Some(merged) = merged(&canonical).filter(|_| self.merges_slashes) {
            let merges = |endpoint: &Endpoint| endpoint.site.scope.routing.merges_slashes;
            if let Some((endpoint, other)) = self.look_up(method, &merged, params.ranges())
                && merges(endpoint)
            {
                return matched(endpoint, params, Cow::Owned(other.unwrap_or(merged)));
            }
            let (endpoint, outcome) = self.instead(head, &merged);
            if merges(endpoint) && !matches!(outcome, Outcome::NotFound) {
                params.keep(Cow::Owned(merged));
                return (endpoint, outcome);
            }
        }
        let missed = self.instead(head, &canonical);
        params.keep(canonical);
        missed
    }

    /// Returns the endpoint for `path`, or that for the path with or without its trailing slash, and this path, if the route ignores
    /// the difference.
    #[inline]
    fn look_up(
        &self,
        method: &Method,
        path: &str,
        ranges: &mut Ranges,
    ) -> Option<(&Arc<Endpoint>, Option<String>)> {
        if let Some(endpoint) = self.find(method, path, ranges) {
            return Some((endpoint, None));
        }
        let other = path::toggle_trailing_slash(path)?;
        let endpoint = self.find(method, &other, ranges)?;
        let rule = endpoint.site.scope.routing.trailing_slash;
        (rule == TrailingSlash::Ignore).then_some((endpoint, Some(other)))
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

    /// Returns the endpoint of the nearest group or mount around `path`.
    fn nearest(&self, path: &str) -> &Arc<Endpoint> {
        let prefix = self.prefixes.find(path, &mut Ranges::default());
        prefix.map_or(&self.root, |index| &self.misses[index as usize])
    }

    /// Returns the endpoint for a `path` that no route matches, and the reason as the outcome of the request.
    ///
    /// Routes of other methods, or of another spelling of the path, determine the middleware and the rules: those that all of them
    /// have in common. Without such routes, it is the nearest group that responds.
    fn instead(&self, head: &Parts, path: &str) -> (&Arc<Endpoint>, Outcome) {
        let method = &head.method;
        if path == "*" {
            return (&self.root, Outcome::Options(self.methods.clone()));
        }
        if let Some(others) = self.others(path)
            && let Some(branch) = others.branch
        {
            let endpoint = self.spokesman(head, path, branch);
            let routing = endpoint.site.scope.routing;
            if *method == Method::OPTIONS && routing.answers_options {
                return (endpoint, Outcome::Options(allow(others.methods)));
            }
            if routing.knows_methods {
                return (endpoint, Outcome::NotAllowed(allow(others.methods)));
            }
        }
        match self.respelled(method, path) {
            Some((endpoint, path)) => {
                let outcome = Outcome::Redirect(redirect_status(method), path);
                (self.branches.endpoint(endpoint.branch), outcome)
            }
            None => (self.nearest(path), Outcome::NotFound),
        }
    }

    /// Returns the endpoint that responds in the place of the routes in `branch`, which match the path.
    fn spokesman(&self, head: &Parts, path: &str, branch: BranchId) -> &Arc<Endpoint> {
        let is_page = matches!(head.method, Method::GET | Method::HEAD);
        let is_mounted = |mounted: &Mounted| mounted.visit(path).is_some();
        if is_page && self.mounts.iter().any(is_mounted) {
            return self.nearest(path);
        }
        let preflight = requested_method(head)
            .and_then(|method| self.find(&method, path, &mut Ranges::default()));
        let branch = preflight.map_or(branch, |endpoint| endpoint.branch);
        self.branches.endpoint(branch)
    }

    /// Returns the routes that match `path`, if any.
    fn others(&self, path: &str) -> Option<Others<'_>> {
        let mut others = Others {
            methods: Vec::new(),
            branch: None,
            is_mounted: false,
        };
        self.router
            .find_with(path, &mut Ranges::default(), |leaf, ranges| {
                let leaf = self.leaf(leaf);
                let entries = leaf.entries();
                entries
                    .filter(|(_, endpoint)| endpoint.checks.pass(ranges, path))
                    .for_each(|entry| others.add(entry, &self.branches));
                others.is_mounted |= leaf.is_mount;
                false
            });
        (!others.methods.is_empty()).then_some(others)
    }

    /// Returns the route that matches another spelling of `path`, and that spelling, if the rules of the route allow it.
    fn respelled(&self, method: &Method, path: &str) -> Option<(&Arc<Endpoint>, String)> {
        let find = |path: &str| self.find(method, path, &mut Ranges::default());
        if let Some(other) = path::toggle_trailing_slash(path)
            && let Some(endpoint) = find(&other)
            && endpoint.site.scope.routing.trailing_slash == TrailingSlash::Redirect
        {
            return Some((endpoint, on_this_host(&path::encode(&other))));
        }
        if !self.fixes_paths {
            return None;
        }
        let accepts = |leaf| {
            let endpoint = self.leaf(leaf).endpoint(method);
            endpoint.is_some_and(|endpoint| endpoint.site.scope.routing.fixes_paths)
        };
        let clean = path::clean(path);
        let fixed = self.router.fix_case(&clean, accepts);
        let other = || {
            self.router
                .fix_case(&path::toggle_trailing_slash(&clean)?, accepts)
        };
        let fixed = fixed.or_else(other)?;
        let endpoint = find(&fixed)?;
        Some((endpoint, on_this_host(&path::encode(&fixed))))
    }
}

/// Returns the method that a CORS preflight is for.
fn requested_method(head: &Parts) -> Option<Method> {
    let name = header::ACCESS_CONTROL_REQUEST_METHOD;
    let value = head
        .headers
        .get(name)
        .filter(|_| head.method == Method::OPTIONS)?;
    Method::from_bytes(value.as_bytes()).ok()
}

/// Returns `path` with one slash in the place of several, if it has any.
fn merged(path: &str) -> Option<String> {
    if !path.contains("//") {
        return None;
    }
    let mut merged = String::with_capacity(path.len());
    for part in path.split_inclusive('/') {
        if part != "/" || merged.is_empty() {
            merged += part;
        }
    }
    Some(merged)
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
