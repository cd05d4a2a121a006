//! The type that an attribute gives a route: its constant, its path and its call.

#![expect(
    clippy::too_many_arguments,
    reason = "a pattern has as many params as it needs"
)]

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use crate::app::route::{At, Route};
use crate::app::url::{UrlParam, url};
use crate::handlers::{
    Adapter, Attribute, AttributeNeeds, Closure, Declare, Declares, RouteHandler,
};

/// The type beside the function of an attribute. It has the function's name.
///
/// - `show::ROUTE` is the [`Route`], which [`routes!`](crate::routes) collects.
/// - `show::url(…)` takes the params in the pattern's order, each as the type that the handler takes, and returns the path of the
///   route without the prefixes of its groups. [`url!`](crate::url) adds them.
/// - `show::with(…)` takes the params, and then what the handler takes of a request. It returns a [`Call`](crate::testing::Call) for
///   the client of a test.
///
/// `Params` are the types of the params, `Inputs` the extractors whose values a client sends, and `Output` is the return type.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// #[put("/users/:id/name")]
/// async fn rename(id: u64, Json(name): Json<String>) -> String {
///     format!("{id} is {name}")
/// }
///
/// assert_eq!(rename::ROUTE.pattern(), "/users/:id/name");
/// assert_eq!(rename::url(7), "/users/7/name");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![rename]));
/// client.call(rename::with(7, "Ann".to_owned())).await.has_text("7 is Ann");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
// An app reads the expansions of its attributes again in every build. Functions of its own for each route would be checked and
// translated each time, whether or not anything calls them.
pub struct AttributeRoute<Marker, Params, Inputs, Output>(
    PhantomData<(Marker, Params, Inputs, Output)>,
);

/// A type with a route, which an attribute implements for a type of its own.
#[doc(hidden)]
pub trait HasRoute {
    const ROUTE: Route;
}

/// Creates the route of a function whose type determines what it needs.
#[doc(hidden)]
#[track_caller]
pub const fn adapted<Function, Arguments, R>(
    methods: &'static [&'static str],
    pattern: &'static str,
    shape: u64,
    name: &'static str,
    handler: &'static Adapter<Function, Arguments, R>,
) -> Route
where
    Adapter<Function, Arguments, R>: Attribute + Declares,
{
    adapted_with_views(methods, pattern, shape, name, handler, &[])
}

/// Creates the route of a function that names templates.
#[doc(hidden)]
#[track_caller]
pub const fn adapted_with_views<Function, Arguments, R>(
    methods: &'static [&'static str],
    pattern: &'static str,
    shape: u64,
    name: &'static str,
    handler: &'static Adapter<Function, Arguments, R>,
    views: &'static [(&'static str, u32)],
) -> Route
where
    Adapter<Function, Arguments, R>: Attribute + Declares,
{
    let needs = AttributeNeeds {
        names: handler.names,
        declared: Adapter::<Function, Arguments, R>::NEEDS,
        views,
    };
    attribute(methods, pattern, shape, name, handler, needs)
}

/// Creates the route of a closure, with what its function needs.
#[doc(hidden)]
#[track_caller]
pub const fn closed(
    methods: &'static [&'static str],
    pattern: &'static str,
    shape: u64,
    name: &'static str,
    handler: &'static Closure,
    names: &'static [&'static str],
    declared: &'static [Declare],
    views: &'static [(&'static str, u32)],
) -> Route {
    let needs = AttributeNeeds {
        names,
        declared,
        views,
    };
    attribute(methods, pattern, shape, name, handler, needs)
}

#[track_caller]
const fn attribute(
    methods: &'static [&'static str],
    pattern: &'static str,
    shape: u64,
    name: &'static str,
    handler: &'static dyn Attribute,
    needs: AttributeNeeds,
) -> Route {
    Route {
        methods,
        pattern: Cow::Borrowed(pattern),
        handler: RouteHandler::Attribute {
            handler,
            needs,
            shape,
        },
        name,
        at: At::caller(),
        prepare: None,
        settings: None,
        #[cfg(feature = "openapi")]
        description: None,
    }
}

impl<Marker: HasRoute, Params, Inputs, Output> AttributeRoute<Marker, Params, Inputs, Output> {
    /// The route, as the attribute has it.
    pub const ROUTE: Route = Marker::ROUTE;

    /// The route at an address that does not change.
    pub(crate) const SHARED: &'static Route = &Marker::ROUTE;
}

impl<Marker, Params, Inputs, Output> fmt::Debug for AttributeRoute<Marker, Params, Inputs, Output> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttributeRoute")
    }
}

/// Implements `url` for the params of a pattern. The calls name them in the messages of the compiler.
macro_rules! url_of_params {
    ($($Param:ident $param:ident),*) => {
        #[doc(hidden)]
        impl<Marker: HasRoute, $($Param,)* Inputs, Output> AttributeRoute<Marker, ($($Param,)*), Inputs, Output> {
            pub fn url($($param: impl UrlParam<$Param>),*) -> String {
                url(Self::SHARED.pattern(), &[$(&$param),*])
            }
        }
    };
}

url_of_params!();
url_of_params!(A first);
url_of_params!(A first, B second);
url_of_params!(A first, B second, C third);
url_of_params!(A first, B second, C third, D fourth);
url_of_params!(A first, B second, C third, D fourth, E fifth);
url_of_params!(A first, B second, C third, D fourth, E fifth, F sixth);
url_of_params!(A first, B second, C third, D fourth, E fifth, F sixth, G seventh);
url_of_params!(A first, B second, C third, D fourth, E fifth, F sixth, G seventh, H eighth);
