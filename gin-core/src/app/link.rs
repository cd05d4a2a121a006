//! Links: the URLs of routes with the prefixes of their groups.

use std::fmt::{self, Display};

use gin_router::Pattern;

use crate::app::route::Route;
use crate::app::url::path_of;
use crate::request::{Context, Places};

/// The error of [`url!`](crate::url): the route has no URL here.
///
/// ```
/// # use gin::prelude::*;
/// #[get("/users/:id")]
/// async fn show(id: u64) -> String {
///     id.to_string()
/// }
///
/// let engine = Group::new("").build()?;
/// let error = gin::url!(engine, show(7)).unwrap_err();
/// assert!(error.to_string().contains("is in no group of this app"));
/// # Ok::<(), gin::routing::BuildError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// No group of the app has the route.
    NotMounted {
        /// The handler's full name.
        handler: &'static str,
    },
    /// The prefix of a group has a param, and the request has no value for it.
    NoValue {
        /// The handler's full name.
        handler: &'static str,
        /// The prefix.
        prefix: String,
        /// The name of the param.
        param: String,
    },
}

impl Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UrlError::NotMounted { handler } => write!(
                f,
                "`{handler}` is in no group of this app; add it by `.mount(routes![…])`"
            ),
            UrlError::NoValue {
                handler,
                prefix,
                param,
            } => write!(
                f,
                "`{handler}` is below `{prefix}`, and the request has no param `{param}`; link to it from a request below the same prefix"
            ),
        }
    }
}

impl std::error::Error for UrlError {}

/// Returns `path`, the own path of the route, below the prefixes of its groups. `value` returns the params in them.
pub(crate) fn link<'a>(
    places: &Places,
    route: &Route,
    path: &str,
    value: impl Fn(&str) -> Option<&'a str>,
) -> Result<String, UrlError> {
    let handler = route.name();
    let place = places.find(handler, (route.at.file, route.at.line));
    let place = place.ok_or(UrlError::NotMounted { handler })?;
    let Some(prefix) = &place.prefix else {
        return Ok(rooted(path.to_owned()));
    };
    let values = prefix.names().map(|name| {
        value(name).ok_or_else(|| UrlError::NoValue {
            handler,
            prefix: prefix.as_str().to_owned(),
            param: name.to_owned(),
        })
    });
    let values = values.collect::<Result<Vec<_>, _>>()?;
    Ok(rooted(below(prefix, &values, path)))
}

fn below(prefix: &Pattern, values: &[&str], path: &str) -> String {
    let values: Vec<&dyn Display> = values.iter().map(|value| value as &dyn Display).collect();
    let prefix = path_of(prefix, &values);
    gin_router::path::join(&prefix, path)
}

/// Returns the path, which is `/` if it is empty.
fn rooted(path: String) -> String {
    if path.is_empty() {
        "/".to_owned()
    } else {
        path
    }
}

impl Context {
    #[doc(hidden)]
    pub fn url_of(&self, route: &Route, path: &str) -> Result<String, UrlError> {
        let places = &self.scope().places;
        let path = link(places, route, path, |name| self.param(name))?;
        Ok(self.external_path(&path))
    }
}

/// Returns the URL of an attribute route from the values of its params, with the prefixes of its groups.
///
/// The first argument is the context of a request or an engine. From a context the URL starts with the prefix of a trusted proxy, and
/// params in the prefixes of groups have the values that they have in the request. Of a route in several groups, it is the URL in
/// the first.
///
/// The function `url` of the route alone, as in `show::url(7)`, returns the path without prefixes.
///
/// # Errors
///
/// Returns a [`UrlError`] if the app does not have the route, or if the prefix of a group has a param
/// without a value. Values of the wrong type do not compile.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// #[get("/users/:id")]
/// async fn show(id: u64) -> String {
///     id.to_string()
/// }
///
/// #[post("/users")]
/// async fn create(cx: &mut Context) -> Result<Redirect> {
///     Ok(Redirect::to(gin::url!(cx, show(7))?))
/// }
///
/// let app = || Group::new("/api").mount(routes![show, create]);
/// let engine = app().build()?;
/// assert_eq!(gin::url!(engine, show(7))?, "/api/users/7");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app());
/// client.post("/api/users").await.has_header("location", "/api/users/7");
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! url {
    ($from:expr, $($part:ident)::+ ($($value:expr),* $(,)?)) => {
        $from.url_of(&<$($part)::+>::ROUTE, &<$($part)::+>::url($($value),*))
    };
}
