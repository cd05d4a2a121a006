//! A route: which methods and paths, and what answers them. Plain data, so that attribute routes are constants.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use crate::handlers::{Attribute, Handler, IntoHandler, RouteHandler};

/// Which methods and paths, and what answers them.
///
/// `#[get("/hello/:name")]` adds a constant of this type to the type it makes; [`routes!`](crate::routes) collects them;
/// [`Group::mount`](crate::Group::mount) takes them.
///
/// The type that the attribute makes and the function share a name, because a braced struct lives in the type namespace only.
#[derive(Clone)]
pub struct Route {
    pub(crate) methods: &'static [&'static str],
    pub(crate) pattern: Cow<'static, str>,
    pub(crate) handler: RouteHandler,
    pub(crate) name: &'static str,
    pub(crate) at: At,
}

impl Route {
    /// A route of `pattern` for `methods`; no methods at all means every method.
    ///
    /// ```
    /// # use gin::{Group, routing::Route};
    /// let greet = Route::new(&["GET", "POST"], "/greet", async || "hello");
    /// let app = Group::new("").mount([greet]);
    /// ```
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

    /// A route of a handler with its name. What is generic in `new` is compiled again for each handler.
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
        }
    }

    #[doc(hidden)]
    #[track_caller]
    pub const fn attribute<H: Attribute>(
        methods: &'static [&'static str],
        pattern: &'static str,
        shape: u64,
        name: &'static str,
        handler: &'static H,
    ) -> Route {
        Route {
            methods,
            pattern: Cow::Borrowed(pattern),
            handler: RouteHandler::Attribute { handler, shape },
            name,
            at: At::caller(),
        }
    }

    /// The methods that this route takes; none at all means every method.
    pub const fn methods(&self) -> &'static [&'static str] {
        self.methods
    }

    /// The pattern as it was written, without the prefixes of groups.
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

    /// A hash of the pattern's shape, which an attribute gives.
    pub(crate) const fn shape(&self) -> u64 {
        match self.handler {
            RouteHandler::Attribute { shape, .. } => shape,
            RouteHandler::Shared(_) => 0,
        }
    }

    /// The full name of the handler's function.
    pub fn name(&self) -> &'static str {
        match self.handler {
            RouteHandler::Attribute { handler, .. } => handler.name(),
            RouteHandler::Shared(_) => self.name,
        }
    }

    /// The name of the handler's function, without its module where an attribute gives it.
    pub(crate) const fn short_name(&self) -> &'static str {
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

/// What [`Group::mount`](crate::Group::mount) takes: [`routes!`](crate::routes), or anything else that gives [`Route`]s.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a collection of routes",
    label = "gives no routes",
    note = "functions with an attribute are collected by `routes![hello, users::list]`, others are handlers of `get(\"/hello\", hello)` and the like"
)]
pub trait Routes {
    /// Adds them to `routes`.
    fn add_to(self, routes: &mut Vec<Route>);
}

#[diagnostic::do_not_recommend]
impl<I: IntoIterator<Item = Route>> Routes for I {
    fn add_to(self, routes: &mut Vec<Route>) {
        routes.extend(self);
    }
}

/// Collects attribute routes: `routes![hello, users::list]`. Two that answer the same requests do not compile.
#[macro_export]
macro_rules! routes {
    ($($route:path),* $(,)?) => {{
        const _: () = $crate::__private::distinct([$(<$route>::ROUTE),*]);
        [$(<$route>::ROUTE),*]
    }};
}

/// Where in the user's source something was said.
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
