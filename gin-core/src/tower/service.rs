//! Services of tower as handlers.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use bytes::Buf;
use gin_router::path;
use http::uri::PathAndQuery;
use http::{Request, Uri};
use http_body::Body as HttpBody;
use tower_service::Service;

use crate::app::{Group, Route};
use crate::content::Body;
use crate::failure::BoxError;
use crate::future::BoxFuture;
use crate::handlers::Handler;
use crate::request::Context;
use crate::response::{Response, respond};
use crate::server::{make_connect, mark_switched};
use crate::tower::call::{ready, response};
use crate::tower::passage::Absence;

impl Group {
    /// Leaves everything at and below `prefix` to a service of tower, such as a router of axum or tonic, whatever the method.
    ///
    /// The service gets the path without `prefix` and the prefixes of the groups around it, as with `nest_service` of axum. With
    /// [`KeepPrefix`] around it, it gets the whole path. More specific routes win. The service runs inside the group's middleware, and
    /// its 404 is the response.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use axum::{Router, routing::get};
    ///
    /// let old = Router::new().route("/users", get(async || "old users"));
    /// let app = Group::new("").service("/old", old).get("/users", async || "users");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/users").await.has_text("users");
    /// client.get("/old/users").await.has_text("old users");
    /// client.get("/old/x").await.is(404);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
    #[doc(alias("nest_service", "route_service", "fallback_service", "mount"))]
    #[track_caller]
    pub fn service<S, B>(self, prefix: impl Into<Cow<'static, str>>, service: S) -> Group
    where
        S: Service<
                Request<Body>,
                Response = http::Response<B>,
                Error: Into<BoxError>,
                Future: Send,
            > + Clone
            + Send
            + Sync
            + 'static,
        B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        let handler = ServiceHandler {
            service,
            part: Part::BelowPrefix,
            place: Location::caller(),
        };
        mount(self, &prefix.into(), (Arc::new(handler), type_name::<S>()))
    }
}

/// Adds the routes of a service at and below `prefix`.
#[track_caller]
fn mount(group: Group, prefix: &str, handler: (Arc<dyn Handler>, &'static str)) -> Group {
    let prefix = prefix.trim_end_matches('/').to_owned();
    let below = path::join(&prefix, "/*service");
    let below = Route::shared(&[], below.into(), handler.clone());
    // The prefix of an app is empty, which cannot be a path.
    if prefix.is_empty() && group.prefix.is_empty() {
        return group.mount([below]);
    }
    group.mount([Route::shared(&[], prefix.into(), handler), below])
}

/// Returns a handler of a service of tower, for one route. The service gets the path as it is.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::tower;
/// use tower_http::services::ServeFile;
///
/// let app = Group::new("").get("/manifest", tower::handler(ServeFile::new("Cargo.toml")));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/manifest").await.is(200).contains("[package]");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn handler<S, B>(service: S) -> ServiceHandler<S>
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
    B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    ServiceHandler {
        service,
        part: Part::Whole,
        place: Location::caller(),
    }
}

/// A service of tower as a handler, from [`handler`].
pub struct ServiceHandler<S> {
    service: S,
    part: Part,
    place: &'static Location<'static>,
}

/// The part of the path that a service gets.
#[derive(Clone, Copy)]
enum Part {
    Whole,
    BelowPrefix,
}

impl<S, B> Handler for ServiceHandler<S>
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
    B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let mut service = self.service.clone();
            if let Err(failure) = ready(&mut service).await {
                return respond(cx, failure.problem(self.place));
            }
            let (mut request, absence) = begin(cx, self.part);
            let is_tunnel = make_connect(&mut request);
            let mut response = response(service.call(request).await);
            if is_tunnel && let Ok(response) = &mut response {
                mark_switched(response);
            }
            absence.end(response, self.place)
        })
    }
}

fn begin(cx: &mut Context, part: Part) -> (Request<Body>, Absence<'_>) {
    let below = match part {
        Part::Whole => None,
        Part::BelowPrefix => below_prefix(cx),
    };
    let connection = cx.connection().clone();
    let (mut request, absence) = Absence::begin(cx, None);
    // For an engine inside the service.
    request.extensions_mut().insert(connection);
    if let Some(below) = below {
        let original = std::mem::replace(request.uri_mut(), below);
        request.extensions_mut().insert(OriginalUri(original));
    }
    (request, absence)
}

/// Returns the request's target with the part of the path below the prefix of the route.
fn below_prefix(cx: &Context) -> Option<Uri> {
    let segments = cx.pattern()?.split('/').skip(1);
    let depth = segments.filter(|segment| !segment.starts_with('*')).count();
    let path = cx.raw_path().strip_prefix('/')?;
    let below = path.splitn(depth + 1, '/').nth(depth).unwrap_or_default();
    let target = match cx.uri().query() {
        Some(query) => format!("/{below}?{query}"),
        None => format!("/{below}"),
    };
    let mut parts = cx.uri().clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(target).ok()?);
    Uri::from_parts(parts).ok()
}

/// The request's target with its prefix: an extension of requests that [`Group::service`] has removed the prefix from.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::tower::OriginalUri;
/// use http::{Request, Response};
///
/// let show = ::tower::service_fn(async |request: Request<Body>| {
///     let OriginalUri(uri) = request.extensions().get().cloned().unwrap_or_default();
///     Ok::<_, std::convert::Infallible>(Response::new(format!("{} of {}", request.uri(), uri)))
/// });
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").service("/old", show));
/// client.get("/old/users?page=2").await.has_text("/users?page=2 of /old/users?page=2");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OriginalUri(pub Uri);

/// A service that gets the whole path where [`Group::service`] removes the prefix.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use axum::{Router, routing::get};
/// use gin::tower::KeepPrefix;
///
/// let old = Router::new().route("/old/users", get(async || "old users"));
/// let app = Group::new("").service("/old", KeepPrefix(old));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/old/users").await.has_text("old users");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct KeepPrefix<S>(pub S);

impl<S: Service<Request<B>>, B> Service<Request<B>> for KeepPrefix<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut Task<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(task)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        if let Some(OriginalUri(original)) = request.extensions_mut().remove() {
            *request.uri_mut() = original;
        }
        self.0.call(request)
    }
}

impl<S> fmt::Debug for ServiceHandler<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceHandler({})", type_name::<S>())
    }
}
