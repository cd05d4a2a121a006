//! Where every request is answered.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ALLOW, CACHE_CONTROL, HOST, HeaderName, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Request, Response, Uri};
use hyper::body::Incoming;
use tokio::sync::Semaphore;

use crate::page::{self, Format, Page};
use crate::proxy::access::{Host, Refusal, Token};
use crate::proxy::client::ClientHandle;
use crate::proxy::records::Recorder;
use crate::proxy::reports::Told;
use crate::proxy::server::Proxy;
use crate::proxy::streams::{Body, full};
use crate::proxy::tasks::Tasks;
use crate::proxy::upstream::{Pool, headers};
use crate::state::Status;

/// The methods that an app may know.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE";

/// What the requests of a run share.
pub(super) struct Front {
    pub(super) proxy: Proxy,
    pub(super) tasks: Tasks,
    /// What our own pages prove themselves with.
    pub(super) token: Token,
    /// The run's name, by which a request that comes back is known.
    pub(super) run: HeaderValue,
    /// What was asked before.
    pub(super) recorder: Recorder,
    /// What is kept of what apps told.
    pub(super) told: Told,
    /// Places for requests that wait.
    pub(super) held: Semaphore,
    /// Places for event streams.
    pub(super) streams: Arc<Semaphore>,
}

/// Who reads an answer.
pub(super) struct Reader {
    /// What they want it in, if it is ours.
    pub(super) format: Format,
    /// What the app is asked with for a report, if they may read one.
    pub(super) report: Option<HeaderValue>,
}

/// A client's connection.
#[derive(Clone)]
pub(super) struct Visit {
    /// The client's address.
    pub(super) peer: IpAddr,
    /// The address it came to.
    pub(super) local: IpAddr,
    /// Its socket, besides HTTP.
    pub(super) handle: ClientHandle,
    /// Its connections to the app.
    pub(super) pool: Pool,
}

impl Front {
    /// How many event streams can be open.
    const MAX_STREAMS: usize = 64;

    /// A run of its own.
    pub(super) fn new(proxy: Proxy, tasks: Tasks) -> Front {
        let run = HeaderValue::try_from(Token::random().as_str());
        let held = Semaphore::new(proxy.rules.places);
        Front {
            recorder: Recorder::new(proxy.rules.bodies),
            told: Told::default(),
            proxy,
            tasks,
            token: Token::random(),
            run: run.expect("hexadecimal digits fit in a header"),
            held,
            streams: Arc::new(Semaphore::new(Self::MAX_STREAMS)),
        }
    }

    /// Answers a request.
    pub(super) async fn answer(&self, visit: &Visit, request: Request<Incoming>) -> Response<Body> {
        let (mut head, body) = request.into_parts();
        let format = Format::negotiate(&head.method, &head.headers);
        let host = match self.admit(&mut head, visit) {
            Ok(host) => host,
            Err(refusal) => return self.refuse(refusal, format),
        };
        if let Some(path) = own_path(&head.uri) {
            return self
                .serve_own(path, visit, &head, body, &host, format)
                .await;
        }
        let build = self.proxy.status.borrow().attempt;
        let open = self.recorder.begin(build, &head);
        let reader = Reader {
            report: self.report_wish(visit, &host, &head, format),
            format,
        };
        let request = Request::from_parts(head, body);
        let response = self.forward(visit, request, open.trace(), reader).await;
        open.record(response)
    }

    /// Whether the request may be asked here at all. Afterwards its target is a path, and `Host` says the rest.
    fn admit(&self, head: &mut Parts, visit: &Visit) -> Result<Host, Refusal> {
        let host = Host::of(head, visit.local).map_err(Refusal::BadHost)?;
        if !self.proxy.rules.hosts.allow(&host, visit.local) {
            return Err(Refusal::ForeignHost);
        }
        if head.headers.get(headers::RUN) == Some(&self.run) {
            return Err(Refusal::Loop);
        }
        if head.method == Method::CONNECT {
            // We are no forward proxy.
            return Err(Refusal::WrongMethod { allowed: METHODS });
        }
        let is_path = head.uri.path().starts_with('/')
            || (head.uri.path() == "*" && head.method == Method::OPTIONS);
        if !is_path {
            return Err(Refusal::BadTarget);
        }
        if head.uri.authority().is_some() || !head.headers.contains_key(HOST) {
            let path = head.uri.path_and_query().cloned();
            head.uri = Uri::from(path.unwrap_or(PathAndQuery::from_static("/")));
            let host = HeaderValue::try_from(host.to_string());
            head.headers
                .insert(HOST, host.expect("a parsed host is visible ASCII"));
        }
        Ok(host)
    }

    /// The page that tells why we don't do as asked.
    pub(super) fn refuse(&self, refusal: Refusal, format: Format) -> Response<Body> {
        let page = page::problem(refusal.status(), refusal.detail(), format);
        let mut response = signed(page, &self.proxy.status.borrow());
        match refusal {
            Refusal::Crowded | Refusal::Unsettled | Refusal::TooManyStreams => {
                let soon = HeaderValue::from(Duration::from_secs(1).as_secs());
                response.headers_mut().insert(RETRY_AFTER, soon);
            }
            Refusal::WrongMethod { allowed } => {
                let allowed = HeaderValue::from_static(allowed);
                response.headers_mut().insert(ALLOW, allowed);
            }
            _ => {}
        }
        response
    }
}

/// The phase's page.
pub(super) fn show(status: &Status, format: Format) -> Response<Body> {
    signed(page::render(status, format), status)
}

/// A page of ours, with what all of our answers bear.
pub(super) fn signed(page: Page, status: &Status) -> Response<Body> {
    let mut response = Response::new(full(page.body));
    *response.status_mut() = page.status;
    *response.headers_mut() = page.headers;
    sign(&mut response, status);
    response
}

/// Marks an answer as ours: of this phase, not to be kept, not for other sites.
pub(super) fn sign(response: &mut Response<Body>, status: &Status) {
    let headers = response.headers_mut();
    let phase = HeaderValue::from_static(status.phase.name());
    headers.insert(HeaderName::from_static("x-gin-phase"), phase);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
}

/// What follows `/__gin` in the path of an endpoint of ours.
fn own_path(target: &Uri) -> Option<&str> {
    let rest = target.path().strip_prefix("/__gin")?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}
