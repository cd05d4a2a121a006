//! The table of an engine: which endpoint responds to a method and a path.

use std::borrow::Cow;
use std::sync::Arc;

use gin_router::{Params as Ranges, Router, path};
use http::{HeaderValue, Method, StatusCode, header};

use crate::app::Label;
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::listing::RouteEntry;
use crate::failure::Problem;
use crate::request::{Context, Outcome, Params, Routing, TrailingSlash};

/// Everything an engine knows; it never changes.
pub(crate) struct Table {
    pub(crate) router: Router,
    /// What the router's numbers stand for.
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) listing: Vec<RouteEntry>,
    /// Prefixes of groups, for what no route takes.
    pub(crate) prefixes: Router,
    /// What the numbers of `prefixes` stand for.
    pub(crate) misses: Vec<Arc<Endpoint>>,
    /// The methods of all routes, as `Allow` has them.
    pub(crate) methods: HeaderValue,
    /// What answers outside all prefixes.
    pub(crate) root: Arc<Endpoint>,
}

/// The routes whose patterns have one shape, by method.
#[derive(Default)]
pub(crate) struct Leaf {
    pub(super) routes: Vec<(Method, Arc<Endpoint>)>,
    pub(super) any: Option<Arc<Endpoint>>,
    pub(super) labels: Vec<Label>,
}

impl Leaf {
    /// What takes `method`: its own route, for `HEAD` also that of `GET`, or the route of every method.
    pub(crate) fn endpoint(&self, method: &Method) -> Option<&Arc<Endpoint>> {
        let own = self.own(method);
        let instead = || match *method {
            Method::HEAD => self.head(),
            _ => None,
        };
        own.or_else(instead).or(self.any.as_ref())
    }

    /// What answers `HEAD` without a route for it.
    fn head(&self) -> Option<&Arc<Endpoint>> {
        // RFC 9110 §9.3.2: a HEAD response carries the headers of the GET it stands for.
        let get = self.own(&Method::GET);
        get.filter(|get| get.site.scope.routing.answers_head)
    }

    fn answers_options(&self) -> bool {
        let mut endpoints = self
            .routes
            .iter()
            .map(|(_, endpoint)| endpoint)
            .chain(&self.any);
        endpoints.any(|endpoint| endpoint.site.scope.routing.answers_options)
    }

    fn own(&self, method: &Method) -> Option<&Arc<Endpoint>> {
        let (_, endpoint) = self.routes.iter().find(|(own, _)| own == method)?;
        Some(endpoint)
    }

    /// The methods that `Allow` names.
    pub(crate) fn methods(&self) -> impl Iterator<Item = &str> {
        let own = self.routes.iter().map(|(method, _)| method.as_str());
        let head = self.head().map(|_| "HEAD");
        let options = self.answers_options().then_some("OPTIONS");
        own.chain(head).chain(options)
    }
}

impl Table {
    /// Where a request goes that will not do, whatever its path.
    pub(super) fn refuse(&self, problem: Problem) -> (&Arc<Endpoint>, Outcome) {
        let outcome = Outcome::Refused(match problem.status() {
            StatusCode::NOT_IMPLEMENTED => problem.header(header::ALLOW, self.methods.clone()),
            _ => problem,
        });
        (&self.root, outcome)
    }

    /// Where a request goes by its path.
    pub(super) fn land(&self, cx: &mut Context) -> (&Arc<Endpoint>, Outcome) {
        let (head, params) = cx.route();
        let method = &head.method;
        let Ok(canonical) = path::canonicalize(head.uri.path()) else {
            return self.miss(head.uri.path(), |_| Outcome::Malformed);
        };
        if let Some(endpoint) = self.find(method, &canonical, params.ranges()) {
            return hit(endpoint, params, canonical);
        }
        let other = path::toggle_trailing_slash(&canonical);
        if let Some(other) = other
            && let Some(endpoint) = self.find(method, &other, params.ranges())
            && endpoint.site.scope.routing.trailing_slash == TrailingSlash::Ignore
        {
            return hit(endpoint, params, Cow::Owned(other));
        }
        self.miss(&canonical, |routing| {
            self.missed(method, &canonical, routing)
        })
    }

    fn leaf(&self, leaf: u32) -> &Leaf {
        &self.leaves[leaf as usize]
    }

    fn find(&self, method: &Method, path: &str, ranges: &mut Ranges) -> Option<&Arc<Endpoint>> {
        let mut found = None;
        self.router.find_with(path, ranges, |leaf| {
            found = self.leaf(leaf).endpoint(method);
            found.is_some()
        });
        found
    }

    /// What answers for `path` where no route does: the nearest group's fallback, through its middleware.
    fn miss(&self, path: &str, why: impl FnOnce(Routing) -> Outcome) -> (&Arc<Endpoint>, Outcome) {
        let prefix = self.prefixes.find(path, &mut Ranges::default());
        let endpoint = prefix.map_or(&self.root, |index| &self.misses[index as usize]);
        (endpoint, why(endpoint.site.scope.routing))
    }

    /// Why no route takes the request.
    fn missed(&self, method: &Method, path: &str, routing: Routing) -> Outcome {
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
        match self.elsewhere(method, path, routing) {
            Some(location) => Outcome::Elsewhere(moved(method), location),
            None => Outcome::NotFound,
        }
    }

    /// The methods of all routes that match `path`, if any do.
    fn allowed(&self, path: &str) -> Option<HeaderValue> {
        let mut methods: Vec<&str> = Vec::new();
        self.router.find_with(path, &mut Ranges::default(), |leaf| {
            methods.extend(self.leaf(leaf).methods());
            false
        });
        if methods.is_empty() {
            return None;
        }
        Some(allow(methods))
    }

    /// The spelling of `path` that a route takes, if there is one.
    fn elsewhere(&self, method: &Method, path: &str, routing: Routing) -> Option<String> {
        let takes = |path: &str| self.find(method, path, &mut Ranges::default()).is_some();
        let redirects = routing.trailing_slash == TrailingSlash::Redirect;
        if let Some(other) = path::toggle_trailing_slash(path).filter(|_| redirects)
            && takes(&other)
        {
            return Some(local(&path::encode(&other)));
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
        let fixed = fixed.or_else(other)?;
        Some(local(&path::encode(&fixed)))
    }
}

/// A route takes the request, with the params that `params` has found in `path`.
fn hit<'a>(
    endpoint: &'a Arc<Endpoint>,
    params: &mut Params,
    path: Cow<'_, str>,
) -> (&'a Arc<Endpoint>, Outcome) {
    params.decode(path);
    (endpoint, Outcome::Matched)
}

/// `methods` as `Allow` has them.
pub(crate) fn allow(mut methods: Vec<&str>) -> HeaderValue {
    methods.sort_unstable();
    methods.dedup();
    HeaderValue::try_from(methods.join(", ")).expect("a method is a token")
}

/// `path` as a reference that stays on this host: `//host` and `/\host` would not (RFC 3986 §4.2, WHATWG URL §4.4).
fn local(path: &str) -> String {
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

/// The redirect that keeps the method: old clients know 301 for GET.
fn moved(method: &Method) -> StatusCode {
    match *method {
        Method::GET | Method::HEAD => StatusCode::MOVED_PERMANENTLY,
        _ => StatusCode::PERMANENT_REDIRECT,
    }
}
