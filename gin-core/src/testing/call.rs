//! A call of an attribute's route: a request whose method, path and inputs are those of the function.

use std::fmt::{self, Display};
use std::marker::PhantomData;

use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::app::{Route, link, url};
use crate::content::Body;
use crate::testing::{Client, SendAs, TestRequest, TypedRequest};

/// A call of an attribute's route, which its function `with` makes, and [`Client::call`] sends.
///
/// An attribute gives the route `create` a function `create::with`. It takes what the handler takes of the request: first the params,
/// in the order of the pattern, then the values of `Json`, `Form`, `Query`, `Header`, `String`, `Bytes`, `Body`, `Multipart` and the
/// formats, in the order of the arguments, and those in a `Valid`, an `Option` or a `Result` as well. It takes nothing for other
/// extractors, such as `State`. A test that calls the route so does not compile any more when these inputs change.
///
/// The values need [`Serialize`](serde::Serialize) in tests: `#[cfg_attr(test, derive(Serialize))]`.
///
/// ```
/// # use gin::{extract::Valid, prelude::*, testing::Client, validator::Validate};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Validate)]
/// # #[validate(crate = "gin::validator")]
/// struct User {
///     #[validate(length(min = 1))]
///     name: String,
/// }
///
/// #[derive(Serialize, Deserialize)]
/// struct Options { dry: bool }
///
/// #[put("/users/:id")]
/// async fn update(id: u32, Query(options): Query<Options>, Valid(Json(user)): Valid<Json<User>>) -> Result<Json<User>> {
///     let is_known = id == 7 || options.dry;
///     Ok(Json(is_known.then_some(user).or_404()?))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// // The path has the prefix of the group.
/// let client = Client::new(Group::new("/api").mount(routes![update]));
/// let ann = User { name: "Ann".to_owned() };
/// let updated = client.call(update::with(7, Options { dry: false }, &ann)).await.is(200);
/// // The body has the type that the function returns.
/// assert_eq!(updated.value().name, "Ann");
/// client.call(update::with(8, Options { dry: false }, &ann)).await.is(404);
/// client.call(update::with(7, Options { dry: true }, User { name: String::new() })).await.is(422);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "a call is sent by `client.call(…).await`"]
pub struct Call<R> {
    request: Request,
    returned: PhantomData<fn() -> R>,
}

/// A request to a route.
pub(super) struct Request {
    route: &'static Route,
    method: &'static str,
    /// The path without the prefixes of groups.
    path: String,
    /// The params in the prefixes of groups.
    prefixes: Vec<(String, String)>,
    sent: Sent,
}

/// The parts of a request that the inputs of a handler are read from.
#[derive(Default)]
pub struct Sent {
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Option<(HeaderValue, Body)>,
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sent")
            .field("query", &self.query)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

impl<R> Call<R> {
    pub(super) fn new(route: &'static Route, params: &[&dyn Display]) -> Call<R> {
        Call {
            request: Request::new(route, params),
            returned: PhantomData,
        }
    }

    /// Adds an input of the handler.
    pub(super) fn sending<E>(mut self, value: impl SendAs<E>) -> Call<R> {
        value.send_as(&mut self.request.sent);
        self
    }

    /// Sets the method of a route that has several. Default: the first one, and `GET` if the route has every method.
    pub fn method(mut self, method: &'static str) -> Call<R> {
        self.request.method = method;
        self
    }

    /// Sets a param that is in the prefix of a group.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[get("/users")]
    /// async fn users(Path(tenant): Path<String>) -> String {
    ///     tenant
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("/:tenant").mount(routes![users]));
    /// client.call(users::with().param("tenant", "acme")).await.has_text("acme");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn param(mut self, name: &str, value: impl Display) -> Call<R> {
        let value = (name.to_owned(), value.to_string());
        self.request.prefixes.push(value);
        self
    }
}

impl Request {
    fn new(route: &'static Route, params: &[&dyn Display]) -> Request {
        Request {
            method: route.methods().first().unwrap_or(&"GET"),
            route,
            path: url(route.pattern(), params),
            prefixes: Vec::new(),
            sent: Sent::default(),
        }
    }
}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { method, path, .. } = &self.request;
        write!(f, "Call({method} {path})")
    }
}

/// Calls of attribute routes.
impl Client {
    /// Returns the request that calls a route, with the prefixes of its groups. Of a route in several groups, it is the one in the
    /// first. See [`Call`].
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[get("/greetings/:name")]
    /// async fn greet(name: String) -> String {
    ///     format!("Hello, {name}!")
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("/api").mount(routes![greet]));
    /// let greeting = client.call(greet::with("Ann")).await.value();
    /// assert_eq!(greeting, "Hello, Ann!");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if no group has the route, or if a param in the prefix of a group has no [value](Call::param).
    #[doc(alias("dispatch", "oneshot"))]
    #[track_caller]
    pub fn call<R>(&self, call: Call<R>) -> TypedRequest<'_, R> {
        TypedRequest::new(self.request_of(call.request))
    }

    #[track_caller]
    fn request_of(&self, request: Request) -> TestRequest<'_> {
        let Request {
            route,
            method,
            path,
            prefixes,
            sent,
        } = request;
        let value = |name: &str| {
            let mut values = prefixes.iter().filter(|(own, _)| own == name);
            values.next_back().map(|(_, value)| value.as_str())
        };
        let site = self.engine.site();
        let mut target = match link(&site.scope.places, route, &path, value) {
            Ok(path) => path,
            Err(error) => panic!("{error}"),
        };
        for (index, (name, value)) in sent.query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.push_str(&encoded(name));
            target.push('=');
            target.push_str(&encoded(value));
        }
        let mut request = self.request(method, &target);
        for (name, value) in sent.headers {
            request = request.header_value(name, value);
        }
        if let Some((media_type, body)) = sent.body {
            request = request.header_value(CONTENT_TYPE, media_type);
            request = request.body(body);
        }
        request
    }
}

/// Returns a text as a query or a form has it.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
