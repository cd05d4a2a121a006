//! The client, which sends requests to an engine without a socket.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};

use crate::app::Group;
use crate::dispatch::Engine;
use crate::testing::jar::Jar;
use crate::testing::request::TestRequest;

/// A client that sends requests to an engine without a socket.
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/ping", async || "pong"));
/// client.get("/ping").await.is(200).has_text("pong");
/// client.request("GET", "/pong").await.is(404);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// It keeps cookies like a browser: those that a response sets go with the next request. A request with a `cookie` header of its own
/// goes without them. A clone has the same cookies; [`another`](Client::another) has none.
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let app = Group::new("")
///     .post("/sign-in", async || ([("set-cookie", "user=Ann; HttpOnly")], "welcome"))
///     .get("/", async |cookies: Cookies| cookies.get("user").unwrap_or_default());
/// let ann = Client::new(app);
/// let bob = ann.another();
/// ann.post("/sign-in").await.is(200);
/// ann.get("/").await.has_text("Ann");
/// bob.get("/").await.has_text("");
/// assert_eq!(ann.cookie("user").as_deref(), Some("Ann"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) engine: Engine,
    settings: Settings,
}

/// The settings of a client, which each of its requests has.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) jar: Jar,
    pub(super) remote: Option<SocketAddr>,
    pub(super) redirects: Redirects,
    headers: HeaderMap,
}

/// The treatment of redirects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Redirects {
    #[default]
    Return,
    Follow,
}

impl Client {
    /// Builds the engine of `group` and returns a client for it.
    ///
    /// # Panics
    ///
    /// Panics if the group is invalid, with everything that is wrong with it.
    #[track_caller]
    pub fn new(group: Group) -> Client {
        match Engine::new(group) {
            Ok(engine) => Client {
                engine,
                settings: Settings::default(),
            },
            Err(error) => panic!("{error}"),
        }
    }

    /// Returns a client whose requests come from `address`, an address and a port. Default: from nowhere, as over a Unix socket.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/ip", async |cx: &mut Context| format!("{:?}", cx.remote_ip()));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.from("203.0.113.9:4000").get("/ip").await.has_text("Some(203.0.113.9)");
    /// client.get("/ip").await.has_text("None");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if `address` is not an IP address with a port.
    #[doc(alias = "remote_addr")]
    #[track_caller]
    #[must_use]
    pub fn from(&self, address: &str) -> Client {
        let mut client = self.clone();
        let address = address.parse();
        client.settings.remote = Some(address.expect("an address is `203.0.113.9:4000`"));
        client
    }

    /// Returns a client that follows redirects within the app, ten at most, like a browser. Default: it returns them.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("")
    ///     .post("/sign-up", async || Redirect::to("/welcome"))
    ///     .get("/welcome", async || "welcome");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.post("/sign-up").await.is(303);
    /// client.follow_redirects().post("/sign-up").await.is(200).has_text("welcome");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn follow_redirects(&self) -> Client {
        let mut client = self.clone();
        client.settings.redirects = Redirects::Follow;
        client
    }

    /// Returns a client whose requests all have this header, such as the user's token.
    ///
    /// ```
    /// # use gin::{middleware::Csrf, prelude::*, testing::Client};
    /// let app = Group::new("").with(Csrf::new()).post("/notes", async || "saved");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.set_cookie("id", "7f3a");
    /// // With its cookie the client could be an old browser, until it shows like a current one that the page is the app's.
    /// client.post("/notes").await.is(403);
    /// let browser = client.with_header("sec-fetch-site", "same-origin");
    /// browser.post("/notes").await.is(200);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the name or the value is invalid.
    #[doc(alias("default_headers", "add_header"))]
    #[track_caller]
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Client {
        let mut client = self.clone();
        let name = HeaderName::try_from(name).expect("a header name is a token");
        let value = HeaderValue::try_from(value).expect("a header value is visible text");
        client.settings.headers.insert(name, value);
        client
    }

    /// Returns a request with any method. `target` is a path, with or without a query.
    ///
    /// # Panics
    ///
    /// Panics if `method` or `target` is invalid.
    #[track_caller]
    pub fn request(&self, method: &str, target: &str) -> TestRequest<'_> {
        let method = Method::from_bytes(method.as_bytes());
        let mut head = http::Request::new(());
        *head.method_mut() = method.expect("a method is a token");
        *head.uri_mut() = target.parse::<Uri>().expect("a target is a path");
        head.headers_mut()
            .insert(header::HOST, HeaderValue::from_static("localhost"));
        head.headers_mut().extend(self.settings.headers.clone());
        TestRequest::new(&self.engine, self.settings.clone(), head)
    }

    /// Returns a `GET` request.
    #[track_caller]
    pub fn get(&self, target: &str) -> TestRequest<'_> {
        self.request("GET", target)
    }

    /// Returns a `HEAD` request.
    #[track_caller]
    pub fn head(&self, target: &str) -> TestRequest<'_> {
        self.request("HEAD", target)
    }

    /// Returns a `POST` request.
    #[track_caller]
    pub fn post(&self, target: &str) -> TestRequest<'_> {
        self.request("POST", target)
    }

    /// Returns a `PUT` request.
    #[track_caller]
    pub fn put(&self, target: &str) -> TestRequest<'_> {
        self.request("PUT", target)
    }

    /// Returns a `PATCH` request.
    #[track_caller]
    pub fn patch(&self, target: &str) -> TestRequest<'_> {
        self.request("PATCH", target)
    }

    /// Returns a `DELETE` request.
    #[track_caller]
    pub fn delete(&self, target: &str) -> TestRequest<'_> {
        self.request("DELETE", target)
    }
}

/// The cookies that the client keeps.
impl Client {
    /// Returns a client of the same app without any cookies, like another browser.
    #[must_use]
    pub fn another(&self) -> Client {
        Client {
            engine: self.engine.clone(),
            settings: Settings {
                jar: Jar::default(),
                ..self.settings.clone()
            },
        }
    }

    /// Returns the names and values of the cookies, as they are sent.
    pub fn cookies(&self) -> Vec<(String, String)> {
        self.settings.jar.all()
    }

    /// Returns the value of a cookie, as it is sent.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.settings.jar.all().into_iter();
        let mut values = cookies.filter_map(|(own, value)| (own == name).then_some(value));
        values.next()
    }

    /// Sets a cookie for all paths, as if a response had set it.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.settings
            .jar
            .set("/", &format!("{name}={value}; Path=/"));
    }

    /// Forgets all cookies.
    pub fn clear_cookies(&self) {
        self.settings.jar.clear();
    }
}
