//! A group: what the app is, as plain data.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::app::route::{At, Route, Routes};
use crate::failure::Problem;
use crate::handlers::{Handler, IntoHandler};
use crate::middleware::{IntoMiddleware, Layer, Logger, Recovery};
use crate::request::{Context, ErrorHook, NotANetwork, Proxies, Routing, States};
use crate::response::{IntoResponse, default_shape};

/// What the app is, as plain data: a prefix, middleware, routes, children, state.
///
/// The order of calls does not matter: a middleware is around every route of its group, also those mounted before it. What is
/// wrong with a group is found when an [`Engine`](crate::Engine) is built of it, all of it at once.
///
/// ```
/// # use gin::prelude::*;
/// # async fn auth(cx: &mut Context, next: Next<'_>) -> Response { next.run(cx).await }
/// let admin = Group::new("/admin").with(auth).get("/", async || "admin");
/// let app = Group::new("").nest(admin).get("/ping", async || "pong");
/// let engine = Engine::new(app)?;
/// # Ok::<(), gin::routing::BuildError>(())
/// ```
#[must_use = "a group does nothing until an engine is built of it"]
pub struct Group {
    pub(crate) prefix: Cow<'static, str>,
    pub(crate) at: At,
    pub(crate) middlewares: Vec<Layer>,
    pub(crate) routes: Vec<Route>,
    pub(crate) children: Vec<Group>,
    pub(crate) states: States,
    pub(crate) on_error: Option<ErrorHook>,
    pub(crate) fallback: Option<Arc<dyn Handler>>,
    pub(crate) body_limit: Option<usize>,
    pub(crate) routing: Option<Routing>,
    pub(crate) proxies: Option<Result<Proxies, NotANetwork>>,
}

/// A root group with [`Logger`] and [`Recovery`], as gin's `gin.Default()`.
#[track_caller]
pub fn default() -> Group {
    Group::new("").with(Logger::new()).with(Recovery::new())
}

impl Group {
    /// A group whose routes all start with `prefix`, which may hold params, of other names than those of the routes. An empty one
    /// only groups.
    #[track_caller]
    pub fn new(prefix: impl Into<Cow<'static, str>>) -> Group {
        Group {
            prefix: prefix.into(),
            at: At::caller(),
            middlewares: Vec::new(),
            routes: Vec::new(),
            children: Vec::new(),
            states: States::default(),
            on_error: None,
            fallback: None,
            body_limit: None,
            routing: None,
            proxies: None,
        }
    }

    /// Puts `middleware` around everything in the group, inside the middlewares that are there already.
    pub fn with<M: IntoMiddleware<K>, K>(mut self, middleware: M) -> Group {
        self.middlewares.push(Layer {
            middleware: middleware.into_middleware(),
            name: type_name::<M>(),
        });
        self
    }

    /// Gives [`State<T>`](crate::State) to everything in the group, in place of what an outer group gives.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, state: T) -> Group {
        self.states.give(state);
        self
    }

    /// Adds routes: those of attributes through [`routes!`](crate::routes), or any others.
    pub fn mount(mut self, routes: impl Routes) -> Group {
        routes.add_to(&mut self.routes);
        self
    }

    /// Adds the route of one handler, with its name.
    #[track_caller]
    fn add(
        self,
        methods: &'static [&'static str],
        pattern: Cow<'static, str>,
        handler: (Arc<dyn Handler>, &'static str),
    ) -> Group {
        self.mount([Route::shared(methods, pattern, handler)])
    }

    /// Adds another group inside this one: under its prefix, its middleware and its state.
    pub fn nest(mut self, child: Group) -> Group {
        self.children.push(child);
        self
    }

    /// Answers what no route of the group takes, through the group's middleware. Default: 404 in the error shape.
    ///
    /// Several groups may share a prefix; at most one of them has a fallback.
    pub fn fallback<H: IntoHandler<K>, K>(mut self, handler: H) -> Group {
        self.fallback = Some(handler.into_handler());
        self
    }

    /// Puts the problems of this group into words: rejections, errors, 404, 405, limits and panics.
    ///
    /// ```
    /// # use gin::prelude::*;
    /// let app = Group::new("").on_error(|cx: &mut Context, problem: &Problem| {
    ///     (problem.status(), Json(json!({ "error": problem.detail_text() })))
    /// });
    /// ```
    pub fn on_error<F, R>(mut self, shape: F) -> Group
    where
        F: Fn(&mut Context, &Problem) -> R + Send + Sync + 'static,
        R: IntoResponse,
    {
        self.on_error = Some(Arc::new(move |cx, problem| {
            let mut response = shape(cx, problem).into_response();
            // A hook that fails itself must not call itself.
            match response.body_mut().take_problem() {
                Some(problem) => default_shape(cx, &problem),
                None => response,
            }
        }));
        self
    }

    /// Lets bodies that handlers of the group read have at most `octets`. Default: 2 MiB.
    pub fn body_limit(mut self, octets: usize) -> Group {
        self.body_limit = Some(octets);
        self
    }

    /// How paths and methods are matched that no route takes as they are. Default: [`Routing::new`].
    pub fn routing(mut self, routing: Routing) -> Group {
        self.routing = Some(routing);
        self
    }

    /// Believes what these proxies say in `X-Forwarded-For` and `X-Forwarded-Proto`: addresses, or networks like `10.0.0.0/8`.
    /// Default: none.
    pub fn trust_proxies<'a>(mut self, networks: impl IntoIterator<Item = &'a str>) -> Group {
        self.proxies = Some(Proxies::parse(networks));
        self
    }
}

/// Routes of closures and functions, by method.
impl Group {
    /// Answers `GET` requests for `pattern`, and `HEAD` unless [`Routing::without_head`] says otherwise.
    #[track_caller]
    pub fn get<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["GET"], pattern.into(), handler)
    }

    /// Answers `POST` requests for `pattern`.
    #[track_caller]
    pub fn post<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["POST"], pattern.into(), handler)
    }

    /// Answers `PUT` requests for `pattern`.
    #[track_caller]
    pub fn put<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["PUT"], pattern.into(), handler)
    }

    /// Answers `PATCH` requests for `pattern`.
    #[track_caller]
    pub fn patch<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["PATCH"], pattern.into(), handler)
    }

    /// Answers `DELETE` requests for `pattern`.
    #[track_caller]
    pub fn delete<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["DELETE"], pattern.into(), handler)
    }

    /// Answers `HEAD` requests for `pattern`.
    #[track_caller]
    pub fn head<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["HEAD"], pattern.into(), handler)
    }

    /// Answers `OPTIONS` requests for `pattern`.
    #[track_caller]
    pub fn options<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&["OPTIONS"], pattern.into(), handler)
    }

    /// Answers requests for `pattern` whatever the method.
    #[track_caller]
    pub fn any<H: IntoHandler<K>, K>(
        self,
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Group {
        let handler = (handler.into_handler(), type_name::<H>());
        self.add(&[], pattern.into(), handler)
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
