//! Routes: methods, a pattern and a handler. Plain data, so that attribute routes are constants.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use crate::app::route_settings::RouteSettings;
#[cfg(feature = "openapi")]
use crate::description::Description;
use crate::handlers::{Handler, IntoHandler, RouteHandler};

/// Methods, a pattern, and the handler of requests that match both.
///
/// An attribute such as `#[get("/hello/:name")]` generates a type with the function's name and with a constant `ROUTE`.
/// [`routes!`](crate::routes) collects these constants, and [`Group::mount`](crate::Group::mount) takes them.
///
/// ```
/// # use gin::prelude::*;
/// #[get("/hello/:name")]
/// async fn hello(name: &str) -> String {
///     format!("Hello, {name}!")
/// }
///
/// assert_eq!(hello::ROUTE.methods(), ["GET"]);
/// assert_eq!(hello::ROUTE.pattern(), "/hello/:name");
/// assert!(hello::ROUTE.name().ends_with("hello"));
/// ```
// The type and the function may share a name, because a braced struct lives in the type namespace only.
#[derive(Clone)]
pub struct Route {
    pub(crate) methods: &'static [&'static str],
    pub(crate) pattern: Cow<'static, str>,
    pub(crate) handler: RouteHandler,
    pub(crate) name: &'static str,
    pub(crate) at: At,
    /// The settings in the attribute, which a constant cannot hold.
    pub(crate) prepare: Option<fn(Route) -> Route>,
    pub(crate) settings: Option<Box<RouteSettings>>,
    #[cfg(feature = "openapi")]
    pub(crate) description: Option<&'static Description>,
}

impl Route {
    /// Creates a route of `pattern` for `methods`, or for every method if `methods` is empty.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let greet = Route::new(&["GET", "POST"], "/greet", async || "hello");
    /// let app = Group::new("").mount([greet]);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.post("/greet").await.has_text("hello");
    /// client.put("/greet").await.is(405);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("Handle", "Match"))]
    #[track_caller]
    pub fn new<H: IntoHandler<K>, K>(
        methods: &'static [&'static str],
        pattern: impl Into<Cow<'static, str>>,
        handler: H,
    ) -> Route {
        Route::shared(
            methods,
            pattern.into(),
            (handler.into_handler(), type_name::<H>()),
        )
    }

    /// Creates a route of a handler and its name. It is apart from `new`, which is compiled again for each handler.
    #[track_caller]
    pub(crate) fn shared(
        methods: &'static [&'static str],
        pattern: Cow<'static, str>,
        (handler, name): (Arc<dyn Handler>, &'static str),
    ) -> Route {
        Route {
            methods,
            pattern,
            handler: RouteHandler::Shared(handler),
            name,
            at: At::caller(),
            prepare: None,
            settings: None,
            #[cfg(feature = "openapi")]
            description: None,
        }
    }

    pub(crate) fn set_pattern(&mut self, pattern: Cow<'static, str>) {
        self.pattern = pattern;
    }

    /// Adds what an attribute knows about its function.
    #[cfg(feature = "openapi")]
    #[doc(hidden)]
    #[must_use]
    pub const fn described(self, description: &'static Description) -> Route {
        // A constant function cannot drop the pattern of the old one, which `..self` would have to.
        let mut route = self;
        route.description = Some(description);
        route
    }

    /// Returns the methods of the route. An empty slice stands for every method.
    pub const fn methods(&self) -> &'static [&'static str] {
        self.methods
    }

    /// Returns the pattern as it was written, without the prefixes of groups.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    #[doc(hidden)]
    pub const fn static_pattern(&self) -> &'static str {
        match self.pattern {
            Cow::Borrowed(pattern) => pattern,
            Cow::Owned(_) => panic!("an attribute's pattern is a literal"),
        }
    }

    /// Returns a hash of the pattern's shape, which attributes compute; 0 for other routes.
    pub(crate) const fn shape(&self) -> u64 {
        match self.handler {
            RouteHandler::Attribute { shape, .. } => shape,
            RouteHandler::Shared(_) => 0,
        }
    }

    /// Returns the handler's full name: the path of a function or the type of a closure.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} {} → {} ({})",
            self.methods,
            self.pattern,
            self.name(),
            self.at
        )
    }
}

/// A collection of routes, which [`Group::mount`](crate::Group::mount) takes: [`routes!`](crate::routes), or any iterator of
/// [`Route`]s.
///
/// ```
/// # use gin::{prelude::*, routing::{Route, Routes}, testing::Client};
/// /// A page under several paths.
/// struct Aliases(&'static [&'static str]);
///
/// impl Routes for Aliases {
///     fn add_to(self, routes: &mut Vec<Route>) {
///         routes.extend(self.0.iter().map(|path| Route::new(&["GET"], *path, async || "the page")));
///     }
/// }
///
/// let app = Group::new("").mount(Aliases(&["/page", "/old-page"]));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/old-page").await.has_text("the page");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a collection of routes",
    label = "not a collection of routes",
    note = "collect functions with an attribute by `routes![hello, users::list]`; add other handlers by `get(\"/hello\", hello)`, `post` and so on"
)]
pub trait Routes {
    /// Appends the routes to `routes`.
    fn add_to(self, routes: &mut Vec<Route>);
}

#[diagnostic::do_not_recommend]
impl<I: IntoIterator<Item = Route>> Routes for I {
    fn add_to(self, routes: &mut Vec<Route>) {
        routes.extend(self);
    }
}

/// Collects attribute routes for [`Group::mount`](crate::Group::mount). Two routes that match the same requests do not compile.
///
/// The settings of a route follow its name: `routes![list, create.with(audit).body_limit(1 << 20)]`, as in
/// [`Route::with`](crate::routing::Route::with).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// mod users {
///     use gin::prelude::*;
///
///     #[get("/users")]
///     pub async fn list() -> &'static str {
///         "all users"
///     }
/// }
///
/// #[get("/hello")]
/// async fn hello() -> &'static str {
///     "hello"
/// }
///
/// let app = Group::new("").mount(routes![hello, users::list]);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/users").await.has_text("all users");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[macro_export]
macro_rules! routes {
    ($($route:path),* $(,)?) => {{
        const ROUTES: &[$crate::routing::Route] = &$crate::__private::distinct([$(<$route>::ROUTE),*]);
        $crate::__private::collected(ROUTES)
    }};
    ($($($part:ident)::+ $(. $setting:ident ($($value:tt)*))*),* $(,)?) => {{
        const _: &[$crate::routing::Route] = &$crate::__private::distinct([$(<$($part)::+>::ROUTE),*]);
        [$(<$($part)::+>::ROUTE $(. $setting ($($value)*))*),*]
    }};
}

/// A place in the user's source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

impl At {
    #[track_caller]
    pub(crate) const fn caller() -> At {
        let caller = Location::caller();
        At {
            file: caller.file(),
            line: caller.line(),
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
