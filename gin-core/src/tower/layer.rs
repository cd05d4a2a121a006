//! Layers of tower as middleware.

use std::any::type_name;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use bytes::Buf;
use http::Request;
use http_body::Body as HttpBody;
use tower_layer::Layer;
use tower_service::Service;

use crate::app::Group;
use crate::content::Body;
use crate::failure::BoxError;
use crate::future::BoxFuture;
use crate::middleware::{self, Middleware, Next};
use crate::request::Context;
use crate::response::{Response, respond};
use crate::tower::call::{ready, response};
use crate::tower::next_service::NextService;
use crate::tower::passage::Absence;

impl Group {
    /// Runs a layer of tower around everything in the group, inside the middleware that was added before.
    ///
    /// The layer makes one service for the whole group, which each request clones. So a limit of the layer holds for the group and not
    /// for each route. See [`gin::tower`](crate::tower) for the ways of requests, bodies and errors through it.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// # use http::HeaderName;
    /// use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
    ///
    /// let name = HeaderName::from_static("x-request-id");
    /// let app = Group::new("")
    ///     .layer(SetRequestIdLayer::new(name.clone(), MakeRequestUuid))
    ///     .layer(PropagateRequestIdLayer::new(name))
    ///     .get("/", async || "home");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// assert!(client.get("/").await.header("x-request-id").is_some());
    /// client.get("/").header("x-request-id", "7f").await.has_header("x-request-id", "7f");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
    #[doc(alias("route_layer", "ServiceBuilder", "tower"))]
    #[track_caller]
    pub fn layer<L, B>(mut self, layer: L) -> Group
    where
        L: Layer<NextService>,
        L::Service: Service<
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
        self.middlewares.push(middleware::Layer {
            middleware: Arc::new(self::layer(layer)),
            name: type_name::<L>(),
            at: Location::caller(),
        });
        self
    }
}

/// Returns a middleware of a layer of tower, for everything that takes one. [`Group::layer`] is the short form for a group.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::tower;
/// use tower_http::set_header::SetResponseHeaderLayer;
///
/// let no_store = SetResponseHeaderLayer::overriding(http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
/// let app = Group::new("").with(tower::layer(no_store)).get("/", async || "home");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/").await.has_header("cache-control", "no-store");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn layer<L, B>(layer: L) -> Layered<L::Service>
where
    L: Layer<NextService>,
    L::Service: Service<Request<Body>, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
    B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    Layered {
        service: layer.layer(NextService::new()),
        place: Location::caller(),
    }
}

/// A service of tower around the rest of a chain, from [`layer`].
pub struct Layered<S> {
    service: S,
    place: &'static Location<'static>,
}

impl<S, B> Middleware for Layered<S>
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
    B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let mut service = self.service.clone();
            if let Err(failure) = ready(&mut service).await {
                return respond(cx, failure.problem(self.place));
            }
            let (request, absence) = Absence::begin(cx, Some(next));
            let called = service.call(request).await;
            absence.end(response(called), self.place)
        })
    }
}

impl<S> fmt::Debug for Layered<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Layered({})", type_name::<S>())
    }
}
