//! Groups: the app as plain data.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use crate::app::mount::Mount;
use crate::app::part::Part;
use crate::app::route::{At, Route, Routes};
use crate::handlers::{Handler, IntoHandler};
use crate::middleware::{IntoMiddleware, Layer, Logger, MethodOverride, Recovery};
use crate::request::{ErrorHook, ErrorMap, MessageHook, Proxies, Routing, States};
use crate::response::ResponseNeed;

/// An app, or a part of one, as plain data: a prefix, middleware, routes, children and state.
///
/// The order of calls does not matter: a middleware also runs around routes that were added before it. An
/// [`Engine`](crate::Engine) is built from the outermost group and reports all mistakes at once.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn auth(cx: &mut Context, next: Next<'_>) -> Result<Response, StatusCode> {
///     match cx.header("x-user") {
///         Some(_) => Ok(next.run(cx).await),
///         None => Err(StatusCode::UNAUTHORIZED),
///     }
/// }
///
/// let admin = Group::new("/admin").with(auth).get("/", async || "admin");
/// let app = Group::new("").nest(admin).get("/ping", async || "pong");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/ping").await.has_text("pong");
/// client.get("/admin/").await.is(401);
/// client.get("/admin/").header("x-user", "Ann").await.has_text("admin");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "a group does nothing until an engine is built from it"]
pub struct Group {
    pub(crate) prefix: Cow<'static, str>,
    pub(crate) at: At,
    pub(crate) middlewares: Vec<Layer>,
    pub(crate) routes: Vec<Route>,
    pub(crate) children: Vec<Group>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) states: States,
    pub(crate) on_error: Option<ErrorHook>,
    pub(crate) error_map: ErrorMap,
    /// The needs of the responses to errors, each with the method that has set the response.
    pub(crate) error_needs: Vec<(&'static str, ResponseNeed)>,
    pub(crate) messages: Option<MessageHook>,
    pub(crate) fallback: Option<Arc<dyn Handler>>,
    pub(crate) body_limit: Option<usize>,
    pub(crate) max_fields: Option<usize>,
    pub(crate) routing: Option<Routing>,
    pub(crate) proxies: Option<Proxies>,
    pub(crate) method_override: Option<MethodOverride>,
    pub(crate) parts: Vec<Arc<dyn Part>>,
}

/// Creates an outermost group with a [`Logger`] and [`Recovery`], like `gin.Default()` of Go's gin.
///
/// ```
/// # use gin::prelude::*;
/// let engine = gin::default().get("/ping", async || "pong").build()?;
/// let [ping] = engine.routes() else { panic!("one route") };
/// assert!(ping.to_string().ends_with("in Logger, Recovery"));
/// # Ok::<(), gin::routing::BuildError>(())
/// ```
#[track_caller]
pub fn default() -> Group {
    Group::new("").with(Logger::new()).with(Recovery::new())
}

impl Group {
    /// Creates a group whose routes all start with `prefix`.
    ///
    /// A prefix may contain params, with names that the routes do not use. An empty prefix adds nothing to paths.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("/shops/:shop").get("/items", async |cx: &mut Context| cx.param("shop").map(str::to_owned).unwrap_or_default());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/shops/7/items").await.has_text("7");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("Router", "New"))]
    #[track_caller]
    pub fn new(prefix: impl Into<Cow<'static, str>>) -> Group {
        Group {
            prefix: prefix.into(),
            at: At::caller(),
            middlewares: Vec::new(),
            routes: Vec::new(),
            children: Vec::new(),
            mounts: Vec::new(),
            states: States::default(),
            on_error: None,
            error_map: ErrorMap::default(),
            error_needs: Vec::new(),
            messages: None,
            fallback: None,
            body_limit: None,
            max_fields: None,
            routing: None,
            proxies: None,
            method_override: None,
            parts: Vec::new(),
        }
    }

    /// Returns the prefix that was given to [`Group::new`], without those of the groups around it.
    ///
    /// ```
    /// # use gin::prelude::*;
    /// assert_eq!(Group::new("/api").prefix(), "/api");
    /// ```
    #[doc(alias = "BasePath")]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Runs `middleware` around everything in the group, inside the middleware that was added before.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn no_store(cx: &mut Context, next: Next<'_>) -> Response {
    ///     let mut response = next.run(cx).await;
    ///     response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
    ///     response
    /// }
    ///
    /// let app = Group::new("").get("/", async || "hello").with(no_store);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").await.has_header("cache-control", "no-store");
    /// client.get("/nowhere").await.is(404).has_header("cache-control", "no-store");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias(
        "Use",
        "layer",
        "route_layer",
        "wrap",
        "middleware",
        "attach",
        "HandlersChain"
    ))]
    #[track_caller]
    pub fn with<M: IntoMiddleware<K>, K>(mut self, middleware: M) -> Group {
        let middleware = middleware.into_middleware();
        let layer = Layer::new(middleware, type_name::<M>(), Location::caller());
        self.middlewares.push(layer);
        self
    }

    /// Provides [`State<T>`](crate::State) to everything in the group, in place of a `T` that an outer group provides.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// # use std::sync::{Arc, atomic::{AtomicU32, Ordering}};
    /// let count = async |State(visits): State<Arc<AtomicU32>>| (visits.fetch_add(1, Ordering::Relaxed) + 1).to_string();
    /// let app = Group::new("").state(Arc::new(AtomicU32::new(0))).get("/", count);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").await.has_text("1");
    /// client.get("/").await.has_text("2");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("with_state", "app_data", "manage", "data"))]
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, state: T) -> Group {
        self.states.give(state);
        self
    }

    /// Adds routes: attribute routes that [`routes!`](crate::routes) collects, or any others.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[get("/")]
    /// async fn home() -> &'static str {
    ///     "home"
    /// }
    ///
    /// let about = Route::new(&["GET"], "/about", async || "about us");
    /// let app = Group::new("").mount(routes![home]).mount([about]);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").await.has_text("home");
    /// client.get("/about").await.has_text("about us");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("route", "service", "Handle", "Match"))]
    pub fn mount(mut self, routes: impl Routes) -> Group {
        routes.add_to(&mut self.routes);
        self
    }

    /// Adds a route without a pattern. `name` returns the name of the handler.
    // Its callers are compiled again for each handler. At each of their steps the group is all that a panic has to drop: the code for
    // that would be as long as the rest.
    #[track_caller]
    fn push(
        &mut self,
        methods: &'static [&'static str],
        name: fn() -> &'static str,
        handler: Arc<dyn Handler>,
    ) -> &mut Route {
        let route = Route::shared(methods, Cow::Borrowed(""), (handler, name()));
        let index = self.routes.len();
        self.routes.push(route);
        &mut self.routes[index]
    }

    /// Routes `GET` requests to a handler of the framework, which lists of routes show by `name`.
    #[track_caller]
    pub(crate) fn own_route(
        self,
        pattern: Cow<'static, str>,
        handler: Arc<dyn Handler>,
        name: &'static str,
    ) -> Group {
        self.mount([Route::shared(&["GET"], pattern, (handler, name))])
    }

    /// Adds a group inside this one: below its prefix, inside its middleware, with its state.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let users = Group::new("/users").get("/:id", async |Path(id): Path<u32>| format!("user {id}"));
    /// let app = Group::new("").nest(Group::new("/api").nest(users)).get("/", async || "home");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/api/users/7").await.has_text("user 7");
    /// client.get("/").await.has_text("home");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("merge", "Group", "scope", "route"))]
    pub fn nest(mut self, child: Group) -> Group {
        self.children.push(child);
        self
    }

    /// Responds to requests below the prefix that no route matches, inside the group's middleware. Default: the
    /// fallback of the group around it, inside that one's middleware, else a 404
    /// [`Problem`](crate::Problem).
    ///
    /// Several groups may share a prefix, but only one of them may have a fallback.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("/api").fallback(async || (StatusCode::NOT_FOUND, "see /api/help"));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/api/x").await.is(404).has_text("see /api/help");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("NoRoute", "default_service", "catch"))]
    pub fn fallback<H: IntoHandler<K>, K>(mut self, handler: H) -> Group {
        self.fallback = Some(handler.into_handler());
        self
    }
}

// Here, and not in a file of their own: rustc names a method by the module of its `impl`, unless that is the module of its type.
impl Group {
    /// Routes `GET` requests for `pattern` to `handler`, and `HEAD` requests unless [`Routing::without_head`](crate::routing::Routing::without_head) is set.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("")
    ///     .get("/users/:id", async |Path(id): Path<u32>| format!("user {id}"))
    ///     .post("/users", async |Json(name): Json<String>| (201, name))
    ///     .delete("/users/:id", async || 204);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/users/7").await.has_text("user 7");
    /// client.head("/users/7").await.is(200).has_text("");
    /// client.post("/users").json(&"Ann").await.is(201).has_text("Ann");
    /// client.delete("/users/7").await.is(204);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn get<H: IntoHandler<K>, K>(
        mut self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        self.push(&["GET"], type_name::<H>, handler.into_handler())
            .set_pattern(pattern.into());
        self
    }

    /// Routes `POST` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn post<H: IntoHandler<K>, K>(
        mut self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        self.push(&["POST"], type_name::<H>, handler.into_handler())
            .set_pattern(pattern.into());
        self
    }

    /// Routes `PUT` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn put<H: IntoHandler<K>, K>(
        mut self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        self.push(&["PUT"], type_name::<H>, handler.into_handler())
            .set_pattern(pattern.into());
        self
    }

    /// Routes `PATCH` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn patch<H: IntoHandler<K>, K>(
        mut self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        self.push(&["PATCH"], type_name::<H>, handler.into_handler())
            .set_pattern(pattern.into());
        self
    }

    /// Routes `DELETE` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn delete<H: IntoHandler<K>, K>(
        mut self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        self.push(&["DELETE"], type_name::<H>, handler.into_handler())
            .set_pattern(pattern.into());
        self
    }

    /// Routes `HEAD` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn head<H: IntoHandler<K>, K>(
        mut self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        self.push(&["HEAD"], type_name::<H>, handler.into_handler())
            .set_pattern(pattern.into());
        self
    }

    /// Routes `OPTIONS` requests for `pattern` to `handler`.
    #[track_caller]
    pub fn options<H: IntoHandler<K>, K>(
        mut self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        self.push(&["OPTIONS"], type_name::<H>, handler.into_handler())
            .set_pattern(pattern.into());
        self
    }

    /// Routes requests of every method for `pattern` to `handler`. A route for one method wins over it.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").any("/echo", async |method: Method| method.to_string()).post("/echo", async || "posted");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.request("PURGE", "/echo").await.has_text("PURGE");
    /// client.post("/echo").await.has_text("posted");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn any<H: IntoHandler<K>, K>(
        mut self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        self.push(&[], type_name::<H>, handler.into_handler())
            .set_pattern(pattern.into());
        self
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("prefix", &self.prefix)
            .field("routes", &self.routes)
            .field("children", &self.children)
            .finish_non_exhaustive()
    }
}
