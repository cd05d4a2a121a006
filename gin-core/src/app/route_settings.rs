//! Settings of one route: its own middleware and limits.

use std::any::type_name;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use crate::app::route::Route;
use crate::middleware::{IntoMiddleware, Layer, Timeout};

/// The middleware and the limits of a route itself. Most routes have none.
#[derive(Clone, Default)]
pub(crate) struct RouteSettings {
    /// From the outside in.
    pub(crate) layers: Vec<Layer>,
    /// In bytes.
    pub(crate) body_limit: Option<usize>,
    pub(crate) timeout: Option<RouteTimeout>,
}

/// The timeout of a route, and the line that sets it.
#[derive(Clone, Copy)]
pub(crate) struct RouteTimeout {
    pub(crate) duration: Duration,
    at: &'static Location<'static>,
}

impl RouteTimeout {
    /// Returns the middleware that ends the handler.
    fn layer(self) -> Layer {
        Layer {
            middleware: Arc::new(Timeout::new(self.duration)),
            name: type_name::<Timeout>(),
            at: self.at,
        }
    }
}

impl RouteSettings {
    /// Returns the middleware of the route, that of its groups included. The timeout takes the place of those of the groups.
    pub(crate) fn within(&self, outer: &[Layer]) -> Vec<Layer> {
        let Some(timeout) = self.timeout else {
            return outer.iter().chain(&self.layers).cloned().collect();
        };
        let is_timeout = |layer: &&Layer| layer.name == type_name::<Timeout>();
        let place = outer.iter().take_while(|layer| !is_timeout(layer)).count();
        let (before, after) = outer.split_at(place);
        let after = after.iter().filter(|layer| !is_timeout(layer));
        let mut layers = before.to_vec();
        layers.push(timeout.layer());
        layers.extend(after.chain(&self.layers).cloned());
        layers
    }

    /// Returns the middleware of the route itself, the timeout included.
    pub(crate) fn own_layers(&self) -> Vec<Layer> {
        self.within(&[])
    }
}

/// Middleware and limits of the route alone.
impl Route {
    /// Adds a middleware around this route alone. It runs inside the middleware of the route's groups, and those that were added
    /// first are further out.
    ///
    /// In [`routes!`](crate::routes) it follows the name of the route. Elsewhere the route is the constant `ROUTE`. The attribute
    /// has it as `with = […]`.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn audit(cx: &mut Context, next: Next<'_>) -> Response {
    ///     let mut response = next.run(cx).await;
    ///     response.headers_mut().insert("x-audit", HeaderValue::from_static("done"));
    ///     response
    /// }
    ///
    /// #[get("/users")]
    /// async fn list() -> &'static str {
    ///     "all users"
    /// }
    ///
    /// #[post("/users")]
    /// async fn create() -> &'static str {
    ///     "created"
    /// }
    ///
    /// #[delete("/users", with = [audit])]
    /// async fn clear() -> &'static str {
    ///     "gone"
    /// }
    ///
    /// let app = Group::new("").mount(routes![list, create.with(audit), clear]);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.post("/users").await.has_header("x-audit", "done");
    /// client.delete("/users").await.has_header("x-audit", "done");
    /// assert!(client.get("/users").await.header("x-audit").is_none());
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("route_layer", "layer", "wrap", "middleware", "Use"))]
    #[must_use]
    #[track_caller]
    pub fn with<M: IntoMiddleware<K>, K>(self, middleware: M) -> Route {
        let middleware = middleware.into_middleware();
        self.layered(Layer::new(middleware, type_name::<M>(), Location::caller()))
    }

    /// Adds a middleware. It is apart from `with`, which is compiled again for each middleware.
    fn layered(mut self, layer: Layer) -> Route {
        self.settings_mut().layers.push(layer);
        self
    }

    /// Sets the limit of request bodies, in bytes, in the place of the groups' one. Default: that of
    /// [`Group::body_limit`](crate::Group::body_limit), else 2 MiB. A longer body is 413.
    ///
    /// The attribute has it as `limit = "50MB"`.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[post("/notes")]
    /// async fn note(text: String) -> String {
    ///     text
    /// }
    ///
    /// #[post("/upload", limit = "50MB")]
    /// async fn upload(file: Bytes) -> String {
    ///     format!("{} bytes", file.len())
    /// }
    ///
    /// let app = Group::new("").mount(routes![note.body_limit(4), upload]);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.post("/notes").body("a longer note").await.is(413);
    /// client.post("/upload").body("a longer note").await.is(200);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("DefaultBodyLimit", "RequestBodyLimitLayer", "MaxBytesReader", "limit"))]
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Route {
        self.settings_mut().body_limit = Some(bytes);
        self
    }

    /// Ends the handler that has no response after `duration`, and responds with 503. Default: no timeout.
    ///
    /// It is a [`Timeout`] in the place of those of the route's groups. If they have none, it is
    /// around all middleware of the route itself. A timeout of zero is an error of [`Engine::new`](crate::Engine::new).
    ///
    /// The attribute has it as `timeout = "30s"`.
    ///
    /// ```
    /// # use gin::{middleware::Timeout, prelude::*, testing::Client};
    /// # use std::time::Duration;
    /// #[get("/report", timeout = "30s")]
    /// async fn report() -> &'static str {
    ///     tokio::time::sleep(Duration::from_millis(20)).await;
    ///     "done"
    /// }
    ///
    /// #[get("/slow")]
    /// async fn slow() -> &'static str {
    ///     std::future::pending().await
    /// }
    ///
    /// let app = Group::new("")
    ///     .with(Timeout::new(Duration::from_millis(1)))
    ///     .mount(routes![report, slow.timeout(Duration::from_millis(2))]);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/report").await.has_text("done");
    /// client.get("/slow").await.is(503);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("TimeoutLayer", "TimeoutHandler"))]
    #[must_use]
    #[track_caller]
    pub fn timeout(mut self, duration: Duration) -> Route {
        let at = Location::caller();
        self.settings_mut().timeout = Some(RouteTimeout { duration, at });
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn prepared(self, prepare: fn(Route) -> Route) -> Route {
        // A constant function cannot drop the pattern of the old one, which `..self` would have to.
        let mut route = self;
        route.prepare = Some(prepare);
        route
    }

    /// Applies the settings of the attribute, on which later ones build.
    pub(crate) fn prepare(&mut self) {
        if let Some(prepare) = self.prepare.take() {
            *self = prepare(self.clone());
        }
    }

    fn settings_mut(&mut self) -> &mut RouteSettings {
        self.prepare();
        self.settings.get_or_insert_default()
    }
}
