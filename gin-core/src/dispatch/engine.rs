//! An engine: a group, checked and frozen, that answers requests.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use gin_router::{Params as Ranges, Pattern, Router, path};
use http::header::{self, Entry};
use http::{HeaderValue, Method, StatusCode};

use crate::app::{BuildError, Group};
use crate::content::Body;
use crate::dispatch::assembly::{Assembly, Leaf};
use crate::dispatch::listing::RouteEntry;
use crate::dispatch::refusal::refusal;
use crate::failure::{Error, Problem};
use crate::future::BoxFuture;
use crate::middleware::caught;
use crate::middleware::{Chain, watched};
use crate::request::{Context, Outcome, Params, Routing, Site, TrailingSlash};
use crate::response::{Response, respond, settle};
use crate::server::Server;

/// An app that answers requests: a [`Group`], checked and frozen. Cloning it is cheap.
#[derive(Clone)]
pub struct Engine(Arc<Table>);

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

/// What answers a request: a chain, and what its requests share.
pub(crate) struct Endpoint {
    pub(crate) chain: Chain,
    pub(crate) site: Arc<Site>,
}

impl Engine {
    /// Checks everything that `group` says, once.
    ///
    /// # Errors
    ///
    /// All that is wrong with it: bad patterns, routes of equal shape, state that no one gave, each with its `file:line`.
    pub fn new(group: Group) -> Result<Engine, BuildError> {
        let table = Assembly::of(group)?;
        Ok(Engine(Arc::new(table)))
    }

    /// All routes, in the order they were mounted.
    pub fn routes(&self) -> &[RouteEntry] {
        &self.0.listing
    }

    /// Serves until SIGINT or SIGTERM: on the inherited socket, else on `$HOST:$PORT`, else on 127.0.0.1:8080.
    pub fn run(self) -> BoxFuture<'static, Result<(), Error>> {
        Server::new(self).run()
    }

    /// Where a request is until it is known where it goes.
    pub(crate) fn site(&self) -> Arc<Site> {
        self.0.root.site.clone()
    }

    /// Looks up what answers a request, and leaves in `cx` what was found out.
    pub(crate) fn admit(&self, cx: &mut Context) -> &Endpoint {
        let (endpoint, outcome) = match refusal(cx) {
            Some(problem) => self.0.refuse(problem),
            None => self.0.land(cx),
        };
        cx.arrive(endpoint.site.clone(), outcome);
        endpoint
    }
}

impl Endpoint {
    /// Runs the chain and gives the response as it may go on the wire.
    pub(crate) async fn answer(&self, cx: &mut Context) -> Response {
        let route = self.site.pattern.as_ref().map(Pattern::as_str);
        let run = watched(route, self.chain.start().run(cx));
        let mut response = caught(run).await;
        settle(cx, &mut response);
        frame(cx, &mut response);
        response
    }
}

/// Takes the body away where the protocol has none.
fn frame(cx: &mut Context, response: &mut Response) {
    if response.status().is_success()
        && let Some(problem) = cx.body_fault()
    {
        // Whoever ignores that the body was cut off must not make the client believe that all was well.
        *response = respond(cx, problem);
    }
    let status = response.status();
    let is_bodiless = status.is_informational()
        || status == StatusCode::NO_CONTENT
        || status == StatusCode::NOT_MODIFIED;
    if is_bodiless {
        *response.body_mut() = Body::empty();
    } else if *cx.method() == Method::HEAD {
        without_body(response);
    }
}

/// RFC 9110 §9.3.2: the length that the body would have had is said all the same.
fn without_body(response: &mut Response) {
    let body = std::mem::take(response.body_mut());
    if let (Some(length), Entry::Vacant(entry)) = (
        body.len(),
        response.headers_mut().entry(header::CONTENT_LENGTH),
    ) {
        entry.insert(length.into());
    }
}

impl Table {
    /// Where a request goes that will not do, whatever its path.
    fn refuse(&self, problem: Problem) -> (&Arc<Endpoint>, Outcome) {
        let outcome = Outcome::Refused(match problem.status() {
            StatusCode::NOT_IMPLEMENTED => problem.header(header::ALLOW, self.methods.clone()),
            _ => problem,
        });
        (&self.root, outcome)
    }

    /// Where a request goes by its path.
    fn land(&self, cx: &mut Context) -> (&Arc<Endpoint>, Outcome) {
        let (head, params) = cx.route();
        let method = &head.method;
        let Ok(canonical) = path::canonical(head.uri.path()) else {
            return self.miss(head.uri.path(), |_| Outcome::Malformed);
        };
        if let Some(endpoint) = self.find(method, &canonical, params.ranges()) {
            return hit(endpoint, params, canonical);
        }
        let other = path::other_slash(&canonical);
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
        if let Some(other) = path::other_slash(path).filter(|_| redirects)
            && takes(&other)
        {
            return Some(local(&path::encode(&other)));
        }
        if !routing.fixes_paths {
            return None;
        }
        let accepts = |leaf| self.leaf(leaf).endpoint(method).is_some();
        let clean = path::clean(path);
        let fixed = self.router.fix(&clean, accepts);
        let other = || self.router.fix(&path::other_slash(&clean)?, accepts);
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

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine({} leaves)", self.0.leaves.len())
    }
}
