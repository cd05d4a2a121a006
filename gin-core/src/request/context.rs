//! The context of a request, lent to each middleware and handler in turn.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use gin_router::Pattern;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, Method, Uri, Version, header};

use crate::connection::{Connection, Limits, Shutdown};
use crate::content::Body;
use crate::failure::{Error, Problem};
use crate::request::body::RequestBody;
use crate::request::cookie_pairs::cookie_pairs;
use crate::request::extensions::Extensions;
use crate::request::outcome::Outcome;
use crate::request::pairs::pairs;
use crate::request::params::{NotUtf8, Params};
use crate::request::rest::relative;
use crate::request::scope::{Scope, Site};
use crate::request::target::encoded;

/// One request: the client's message, the path params, and the values that middleware leaves for handlers.
///
/// It is lent down the chain as `&mut Context`, so a middleware still has it after [`Next::run`](crate::Next::run).
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// struct User(String);
///
/// async fn login(cx: &mut Context, next: Next<'_>) -> Response {
///     if let Some(name) = cx.cookie("user").map(str::to_owned) {
///         cx.set(User(name));
///     }
///     next.run(cx).await
/// }
///
/// async fn greet(cx: &mut Context) -> Response {
///     let name = cx.get::<User>().map_or("stranger", |user| user.0.as_str());
///     let greeting = cx.query("greeting").unwrap_or("Hello".into());
///     cx.json(200, json!({ "text": format!("{greeting}, {name}!"), "place": cx.param("place") }))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").with(login).get("/greet/:place", greet));
/// let response = client.get("/greet/here?greeting=Hi").header("cookie", "user=Ann").await;
/// response.is(200).has_json(json!({ "text": "Hi, Ann!", "place": "here" }));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias("Request", "HttpRequest", "gin.Context"))]
pub struct Context {
    head: Parts,
    body: RequestBody,
    params: Params,
    site: Arc<Site>,
    outcome: Outcome,
    connection: Arc<Connection>,
    extensions: Extensions,
    errors: Vec<Error>,
}

/// The client's message.
impl Context {
    /// Returns the method.
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// Returns the path that the router looked up: percent-decoded, as far as its meaning stays the same.
    ///
    /// A middleware that guards a prefix sees what the routes see: `/%61dmin` is `/admin`. Still encoded are `%2F`, which separates
    /// no segments, `%25`, and bytes that are not UTF-8. A path that is not encoded correctly, whose response is 400, stays as it
    /// was sent.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn guard(cx: &mut Context, next: Next<'_>) -> Response {
    ///     if cx.path().starts_with("/admin/") {
    ///         return StatusCode::FORBIDDEN.into_response();
    ///     }
    ///     next.run(cx).await
    /// }
    ///
    /// let app = Group::new("").with(guard).get("/admin/users", async || "users");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/%61dmin/users").await.is(403);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "URL.Path")]
    pub fn path(&self) -> &str {
        self.params.path(self.raw_path())
    }

    /// Returns the path as it was sent, still percent-encoded, for logs and signatures. Routes and guards go by
    /// [`path`](Context::path).
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let show = async |cx: &mut Context| format!("{} was sent as {}", cx.path(), cx.raw_path());
    /// let app = Group::new("").get("/a b", show);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/%61%20b").await.has_text("/a b was sent as /%61%20b");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("RawPath", "EscapedPath"))]
    pub fn raw_path(&self) -> &str {
        self.head.uri.path()
    }

    /// Returns the request target as it was sent.
    pub fn uri(&self) -> &Uri {
        &self.head.uri
    }

    /// Returns the host that the request is for, with the port if there is one (RFC 9110 §7.2): the one that a trusted proxy
    /// reports, else the authority of the target, else the `Host` header.
    ///
    /// It is `None` for an HTTP/1.0 client that sends neither. Do not trust it: a client can send any host.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/", async |cx: &mut Context| cx.host().unwrap_or("none").to_owned());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("http://app.example/").await.has_text("app.example");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn host(&self) -> Option<&str> {
        let proxies = &self.site.scope.proxies;
        let reported = proxies.host(self.remote_ip(), &self.head.headers);
        let authority = || self.head.uri.authority().map(Authority::as_str);
        reported.or_else(authority).or_else(|| self.header("host"))
    }

    /// Returns the version of HTTP.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// Returns the request's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Returns the request's headers, which a middleware may change for what comes after it.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn default_language(cx: &mut Context, next: Next<'_>) -> Response {
    ///     let language = HeaderValue::from_static("en");
    ///     cx.headers_mut().entry("accept-language").or_insert(language);
    ///     next.run(cx).await
    /// }
    ///
    /// let show = async |cx: &mut Context| cx.header("accept-language").map(str::to_owned).unwrap_or_default();
    /// let app = Group::new("").with(default_language).get("/", show);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("en");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.head.headers
    }

    /// Returns a request header, if it is there and is text.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/", async |cx: &mut Context| cx.header("user-agent").unwrap_or("unknown").to_owned());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").header("user-agent", "curl").await.has_text("curl");
    /// client.get("/").await.has_text("unknown");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// Returns the media type of the body without its parameters: `application/json`.
    ///
    /// It is `None` if the client sends no `Content-Type`, and empty if the header has no media type, as `;;`.
    pub fn content_type(&self) -> Option<&str> {
        let value = self.head.headers.get(header::CONTENT_TYPE)?;
        let text = value.to_str().unwrap_or_default();
        text.split(';').next().map(str::trim)
    }

    /// Returns the first value of `name` in the query, decoded.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/", async |cx: &mut Context| cx.query("page").unwrap_or("1".into()).into_owned());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/?page=a%20b").await.has_text("a b");
    /// client.get("/").await.has_text("1");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("DefaultQuery", "GetQuery"))]
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        pairs(self.query_string()).find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Returns all values of `name` in the query, decoded, in order.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/", async |cx: &mut Context| cx.query_all("tag").collect::<Vec<_>>().join(", "));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/?tag=rust&tag=web").await.has_text("rust, web");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "QueryArray")]
    pub fn query_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
        pairs(self.query_string()).filter_map(move |(key, value)| (key == name).then_some(value))
    }

    /// Returns the query as it was sent, without the `?`. It is empty if there is none.
    pub fn query_string(&self) -> &str {
        self.head.uri.query().unwrap_or("")
    }

    /// Returns a cookie's value as it was sent. [`Context::cookies`] has the decoded values, and sets cookies.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/", async |cx: &mut Context| cx.cookie("theme").unwrap_or("light").to_owned());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").header("cookie", "theme=dark").await.has_text("dark");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn cookie(&self, name: &str) -> Option<&str> {
        cookie_pairs(self.head.headers.get_all(header::COOKIE))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Returns the address of the connection's other end, which may be a proxy. It is `None` on a Unix socket.
    #[doc(alias("ConnectInfo", "RemoteIP", "peer_addr"))]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.connection.remote
    }

    /// Returns the IP address of the connection's other end, which may be a proxy. It is `None` on a Unix socket.
    pub fn remote_ip(&self) -> Option<IpAddr> {
        self.connection.remote.map(|remote| remote.ip())
    }

    /// Returns the IP address of the client: that of the connection's other end or, if that is a proxy which
    /// [`Group::proxies`](crate::Group::proxies) trusts, the one that the proxy reports.
    ///
    /// It is `None` on a Unix socket without a trusted proxy.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// # use gin::routing::Proxies;
    /// let show = async |cx: &mut Context| cx.client_ip().map(|ip| ip.to_string()).unwrap_or_default();
    /// let app = Group::new("").proxies(Proxies::trusted(["10.0.0.0/8"])).get("/", show);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let proxy = Client::new(app).from("10.0.0.1:4711");
    /// proxy.get("/").header("x-forwarded-for", "203.0.113.7").await.has_text("203.0.113.7");
    /// let other = proxy.from("192.0.2.1:4711");
    /// other.get("/").header("x-forwarded-for", "203.0.113.7").await.has_text("192.0.2.1");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn client_ip(&self) -> Option<IpAddr> {
        let proxies = &self.site.scope.proxies;
        proxies.client(self.remote_ip(), &self.head.headers)
    }

    /// Returns the certificate by which the client was verified, if it has sent one over TLS.
    ///
    /// [`Certificates::require_clients`](crate::tls::Certificates::require_clients) requires one of every client.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    #[doc(alias("mtls", "peer_certificates"))]
    pub fn client_certificate(&self) -> Option<&crate::tls::ClientCertificate> {
        self.connection.client_certificate.as_ref()
    }

    /// Returns the scheme of the client's request: the one that a trusted proxy reports, else `https` if the server itself speaks
    /// TLS with the client, else `http`.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// # use gin::routing::Proxies;
    /// let app = Group::new("").proxies(Proxies::hops(1)).get("/", async |cx: &mut Context| cx.scheme());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").header("x-forwarded-proto", "https").await.has_text("https");
    /// client.get("/").await.has_text("http");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn scheme(&self) -> &'static str {
        let proxies = &self.site.scope.proxies;
        let reported = proxies.scheme(self.remote_ip(), &self.head.headers);
        let of_connection = if self.connection.is_encrypted {
            "https"
        } else {
            "http"
        };
        reported.unwrap_or(of_connection)
    }

    /// Returns `path` as the client must send it: below the prefix that a trusted proxy reports in `X-Forwarded-Prefix`.
    ///
    /// Redirects to another spelling of a path have that prefix. Paths in a page, and those that a handler redirects to, do not
    /// unless they are passed through this method.
    ///
    /// ```
    /// # use gin::{prelude::*, routing::Proxies, testing::Client};
    /// let app = Group::new("").proxies(Proxies::hops(1));
    /// let app = app.get("/old", async |cx: &mut Context| Redirect::to(cx.external_path("/new")));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/old").header("x-forwarded-prefix", "/blog").await.has_header("location", "/blog/new");
    /// client.get("/old").await.has_header("location", "/new");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn external_path(&self, path: &str) -> String {
        let proxies = &self.site.scope.proxies;
        let prefix = proxies.prefix(self.remote_ip(), &self.head.headers);
        format!("{}{path}", prefix.unwrap_or_default())
    }

    /// Returns the signal that the server shuts down, for responses that would never end by themselves.
    pub fn shutdown(&self) -> Shutdown {
        self.connection.shutdown.clone()
    }

    /// Takes the body as a stream. After that the context has no body: extractors that read it are rejected.
    ///
    /// The stream ends with an error where the body has more bytes than [`Group::body_limit`](crate::Group::body_limit) allows.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn count(cx: &mut Context) -> gin::Result<String> {
    ///     let mut body = cx.take_body();
    ///     let mut length = 0;
    ///     while let Some(chunk) = body.chunk().await? {
    ///         length += chunk.len();
    ///     }
    ///     Ok(format!("{length} bytes"))
    /// }
    ///
    /// let app = Group::new("").post("/", count);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).post("/").body("hello").await.has_text("5 bytes");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn take_body(&mut self) -> Body {
        self.body.take(self.site.scope.body_limit())
    }
}

/// The route, its params and its state.
impl Context {
    /// Returns the pattern that matched, prefixes included. It is `None` if none did.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("/api").get("/users/:id", async |cx: &mut Context| cx.pattern().unwrap_or_default().to_owned());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/api/users/7").await.has_text("/api/users/:id");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("FullPath", "MatchedPath"))]
    pub fn pattern(&self) -> Option<&str> {
        self.site.pattern.as_ref().map(Pattern::as_str)
    }

    /// Returns a path param's value, decoded, if it is UTF-8.
    ///
    /// That of a catch-all is relative: it never starts with a slash, and has no `.` and `..` between slashes. So a path that is
    /// joined with it stays below its root.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/files/*path", async |cx: &mut Context| cx.param("path").unwrap_or_default().to_owned());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/files/a/b%20c").await.has_text("a/b c");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn param(&self, name: &str) -> Option<&str> {
        let index = self.param_index(name)?;
        self.text(index)?.ok()
    }

    /// Returns a path param's value, decoded, as bytes. They need not be UTF-8: a path may contain `%ff`. Those of a catch-all start
    /// with a slash.
    pub fn param_bytes(&self, name: &str) -> Option<&[u8]> {
        let index = self.param_index(name)?;
        self.params.bytes(self.raw_path(), index)
    }

    /// Returns a path param's value as the canonical spelling of the path has it.
    pub(crate) fn param_encoded(&self, name: &str) -> Option<&str> {
        let index = self.param_index(name)?;
        self.params.encoded(self.raw_path(), index)
    }

    /// Returns the name of the pattern's catch-all.
    pub(crate) fn catch_all(&self) -> Option<&str> {
        let pattern = self.site.pattern.as_ref()?;
        pattern.names().nth(pattern.catch_all()?)
    }

    fn text(&self, index: usize) -> Option<Result<&str, NotUtf8>> {
        let value = self.params.value(self.raw_path(), index)?;
        let pattern = self.site.pattern.as_ref();
        let is_rest = pattern.and_then(Pattern::catch_all) == Some(index);
        Some(if is_rest { value.map(relative) } else { value })
    }

    fn param_index(&self, name: &str) -> Option<usize> {
        let mut names = self.site.pattern.as_ref()?.names();
        names.position(|own| own == name)
    }

    /// Returns the path params in the order of the pattern, decoded. Those that are not UTF-8 are left out.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let show = async |cx: &mut Context| cx.params().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
    /// let app = Group::new("").get("/:year/:month", show);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/2026/11").await.has_text("year=2026 month=11");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all_params()
            .filter_map(|(name, value)| Some((name, value.ok()?)))
    }

    /// Returns all path params, also those that are not UTF-8.
    pub(crate) fn all_params(&self) -> impl Iterator<Item = (&str, Result<&str, NotUtf8>)> {
        let names = self.site.pattern.iter().flat_map(Pattern::names);
        let values = (0..).map_while(|index| self.text(index));
        names.zip(values)
    }

    /// Returns the state of type `T` that the nearest group has.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[derive(Clone)]
    /// struct Motd(&'static str);
    ///
    /// async fn motd(cx: &mut Context, next: Next<'_>) -> Response {
    ///     let motd = cx.state::<Motd>().map_or("", |motd| motd.0);
    ///     ([("x-motd", motd)], next.run(cx).await).into_response()
    /// }
    ///
    /// let app = Group::new("").state(Motd("hello")).with(motd).get("/", async || "home");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_header("x-motd", "hello").has_text("home");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn state<T: 'static>(&self) -> Option<&T> {
        self.site.scope.states.get()
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.site.scope
    }

    pub(crate) fn body_problem(&self) -> Option<Problem> {
        self.body.problem()
    }

    pub(crate) fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

/// Values and errors that middleware and handlers leave for each other.
impl Context {
    /// Keeps a value for the rest of the request. It replaces a value of the same type. A handler takes it as an argument of type
    /// [`Extension<T>`](crate::extract::Extension).
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// struct Plan(&'static str);
    ///
    /// async fn plan(cx: &mut Context, next: Next<'_>) -> Response {
    ///     cx.set(Plan("free"));
    ///     next.run(cx).await
    /// }
    ///
    /// let app = Group::new("").with(plan).get("/", async |cx: &mut Context| cx.get::<Plan>().map_or("none", |plan| plan.0));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("free");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "Set")]
    pub fn set<T: Send + Sync + 'static>(&mut self, value: T) {
        self.extensions.set(value);
    }

    /// Returns the value of type `T` that [`set`](Context::set) has kept, else that of [`extensions`](Context::extensions).
    #[doc(alias("MustGet", "extensions"))]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        let own = self.extensions.get();
        own.or_else(|| self.head.extensions.get())
    }

    /// Returns the value of type `T` that was kept, mutably.
    pub fn get_mut<T: Send + Sync + 'static>(&mut self) -> Option<&mut T> {
        let own = self.extensions.get_mut();
        own.or_else(|| self.head.extensions.get_mut())
    }

    /// Removes the value of type `T` that was kept, and returns it.
    #[doc(alias = "Delete")]
    pub fn take<T: Send + Sync + 'static>(&mut self) -> Option<T> {
        let own = self.extensions.take();
        own.or_else(|| self.head.extensions.remove())
    }

    /// Returns the values that come with the request itself: those of the server, and of layers and services of tower.
    ///
    /// [`get`](Context::get) and [`Extension`](crate::extract::Extension) find them as well.
    pub fn extensions(&self) -> &http::Extensions {
        &self.head.extensions
    }

    /// Returns the values that come with the request itself. A value that is inserted here is one that layers and services of tower
    /// see, unlike that of [`set`](Context::set), and can be cloned.
    ///
    /// ```
    /// # use gin::{extract::Extension, prelude::*, testing::Client};
    /// #[derive(Clone)]
    /// struct Tenant(&'static str);
    ///
    /// async fn tenant(cx: &mut Context, next: Next<'_>) -> Response {
    ///     cx.extensions_mut().insert(Tenant("acme"));
    ///     next.run(cx).await
    /// }
    ///
    /// let app = Group::new("").with(tenant).get("/", async |Extension(tenant): Extension<Tenant>| tenant.0);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("acme");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn extensions_mut(&mut self) -> &mut http::Extensions {
        &mut self.head.extensions
    }

    /// Returns a clone of the value that `make` makes of this request, once: the first call makes it, and the others return it.
    ///
    /// There is one value of each type, so a value of a common type gets a type of its own. A value that is expensive to clone gets
    /// an `Arc` around it. A `Result` is a value as well: a failure is not tried again.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[derive(Clone)]
    /// struct User(String);
    ///
    /// async fn user(cx: &mut Context) -> Option<User> {
    ///     cx.cached(async |cx| {
    ///         println!("looked up once");
    ///         cx.header("x-user").map(|name| User(name.to_owned()))
    ///     })
    ///     .await
    /// }
    ///
    /// async fn auth(cx: &mut Context, next: Next<'_>) -> Response {
    ///     match user(cx).await {
    ///         Some(_) => next.run(cx).await,
    ///         None => StatusCode::UNAUTHORIZED.into_response(),
    ///     }
    /// }
    ///
    /// let me = async |cx: &mut Context| user(cx).await.map_or_else(String::new, |User(name)| name);
    /// let app = Group::new("").with(auth).get("/me", me);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/me").header("x-user", "Ann").await.has_text("Ann");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("local_cache", "once", "memoize"))]
    pub async fn cached<T, F>(&mut self, make: F) -> T
    where
        T: Clone + Send + Sync + 'static,
        F: AsyncFnOnce(&mut Context) -> T,
    {
        if let Some(Cached(value)) = self.get::<Cached<T>>() {
            return value.clone();
        }
        let value = make(self).await;
        self.set(Cached(value.clone()));
        value
    }

    /// Records an error that the handler recovered from, for the log.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn prices(cx: &mut Context) -> String {
    ///     match std::fs::read_to_string("/no/such/prices") {
    ///         Ok(prices) => prices,
    ///         Err(error) => {
    ///             cx.error(error);
    ///             "the prices of yesterday".to_owned()
    ///         }
    ///     }
    /// }
    ///
    /// let app = Group::new("").get("/prices", prices);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/prices").await.is(200).has_text("the prices of yesterday");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn error(&mut self, error: impl Into<Error>) {
        self.errors.push(error.into());
    }

    /// Returns the errors that were recorded.
    pub fn errors(&self) -> &[Error] {
        &self.errors
    }
}

/// A value that [`Context::cached`] has made.
struct Cached<T>(T);

/// Access for the server, the router and the extractors.
impl Context {
    #[inline]
    pub(crate) fn new(
        head: Parts,
        body: RequestBody,
        connection: Arc<Connection>,
        site: Arc<Site>,
    ) -> Context {
        Context {
            head,
            body,
            params: Params::default(),
            site,
            outcome: Outcome::NotFound,
            connection,
            extensions: Extensions::default(),
            errors: Vec::new(),
        }
    }

    /// Reads the whole body, unless it was read before.
    pub(crate) async fn read_body(&mut self) -> Result<Bytes, Problem> {
        let limit = self.site.scope.body_limit();
        self.body.read(&self.head.headers, limit).await
    }

    /// Returns `true` if the body is known to have no more bytes than the limit.
    pub(crate) fn has_small_body(&self) -> bool {
        let limit = self.site.scope.body_limit() as u64;
        self.body.length().is_some_and(|length| length <= limit)
    }

    /// Takes the body as a stream of at most `limit` bytes, unless it is known to have more.
    pub(crate) fn open_body(&mut self, limit: usize) -> Result<Body, Problem> {
        self.body.open(limit)
    }

    /// Replaces a body that was not read yet.
    #[cfg(feature = "compression")]
    pub(crate) fn map_body(&mut self, map: impl FnOnce(Body) -> Body) {
        self.body.map(map);
    }

    /// Returns the whole body, if it was read.
    #[cfg(feature = "validation")]
    pub(crate) fn whole_body(&self) -> Option<&Bytes> {
        self.body.whole()
    }

    /// Returns the client's message, which a service of tower may change.
    #[cfg(feature = "tower")]
    pub(crate) fn message_mut(&mut self) -> (&mut Parts, &mut RequestBody) {
        (&mut self.head, &mut self.body)
    }

    /// Returns the head and the connection, which an upgrade to another protocol needs.
    pub(crate) fn upgrade_parts(&mut self) -> (&mut Parts, &Arc<Connection>) {
        (&mut self.head, &self.connection)
    }

    /// Sets the method that the route is looked up by.
    pub(crate) fn set_method(&mut self, method: Method) {
        self.head.method = method;
    }

    /// Percent-encodes a target in UTF-8, as browsers do before they send it.
    pub(crate) fn encode_target(&mut self) {
        if let Some(target) = encoded(&self.head.uri) {
            self.head.uri = target;
        }
    }

    #[cfg(feature = "metrics")]
    pub(crate) fn known_body_size(&self) -> Option<u64> {
        self.body.length()
    }

    #[cfg(any(feature = "metrics", feature = "tower"))]
    pub(crate) fn site(&self) -> &Arc<Site> {
        &self.site
    }

    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    pub(crate) fn head(&self) -> &Parts {
        &self.head
    }

    pub(crate) fn has_body(&self) -> bool {
        self.body.is_unread()
    }

    pub(crate) fn body_mut(&mut self) -> &mut RequestBody {
        &mut self.body
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.connection.limits
    }

    /// Returns the router's input, and the place for the params that it finds.
    pub(crate) fn route(&mut self) -> (&Parts, &mut Params) {
        (&self.head, &mut self.params)
    }

    /// Sets the endpoint that handles the request.
    pub(crate) fn arrive(&mut self, site: Arc<Site>, outcome: Outcome) {
        self.site = site;
        self.outcome = outcome;
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {:?} → {}",
            self.method(),
            self.path(),
            type_name::<Self>()
        )
    }
}
