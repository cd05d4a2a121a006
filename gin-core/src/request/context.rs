//! The context of a request, lent to each middleware and handler in turn.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, Method, Uri, Version, header};

use crate::connection::{Connection, Shutdown};
use crate::content::Body;
use crate::failure::Error;
use crate::request::body::RequestBody;
use crate::request::cookie_pairs::cookie_pairs;
use crate::request::extensions::Extensions;
use crate::request::outcome::Outcome;
use crate::request::pairs::pairs;
use crate::request::params::Params;
use crate::request::scope::Site;

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
pub struct Context {
    pub(super) head: Parts,
    pub(super) body: RequestBody,
    pub(super) params: Params,
    pub(super) site: Arc<Site>,
    pub(super) outcome: Outcome,
    pub(super) connection: Arc<Connection>,
    pub(super) extensions: Extensions,
    pub(super) errors: Vec<Error>,
    /// The caller of the handler prepares deferred responses.
    pub(crate) prepares: bool,
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
    #[doc(alias(
        "RawPath",
        "EscapedPath",
        "UseRawPath",
        "UseEscapedPath",
        "UnescapePathValues"
    ))]
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
    #[doc(alias("Accepted", "SetAccepted"))]
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
    #[doc(alias = "GetHeader")]
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
    #[doc(alias("QueryArray", "GetQueryArray"))]
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

    /// Returns `true` if the request is that of a test's client.
    pub(crate) fn is_in_test(&self) -> bool {
        self.connection.is_in_test
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
