//! Cross-origin resource sharing: which other sites may use the app from a browser.

use std::fmt::Write;
use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW,
    ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::future::BoxFuture;
use crate::middleware::origin::{Listed, parse_all};
use crate::middleware::preflight::Preflight;
use crate::middleware::{Middleware, Next, Provided, Role};
use crate::request::Context;
use crate::response::{IntoResponse, Response, put};

const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");

/// Lets pages of other origins use a group from a browser (the CORS protocol of the Fetch standard).
///
/// No origin is allowed until it is named. The response names the origin itself, and varies by it. An error has these headers as well,
/// so that the page can read it: a [`Problem`](crate::Problem), a panic, and the response of a middleware further out that has given
/// up on the handler.
///
/// A preflight request is responded to for every path that the group has routes for. It reaches neither the handlers, an `OPTIONS`
/// route included, nor the middleware further in: a browser sends it without credentials, so a guard would refuse it. So `Cors` comes
/// before guards; one after [`BasicAuth`](crate::middleware::BasicAuth) or [`bearer`](crate::middleware::bearer) is an error of
/// [`Engine::new`](crate::Engine::new).
///
/// CORS does not protect the app: it loosens a restriction of browsers. Requests from other origins still arrive, and only their
/// responses are withheld from the page. [`Csrf`](crate::middleware::Csrf) protects the app.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::Cors;
///
/// let cors = Cors::new(["https://app.example"]).credentials();
/// let api = Group::new("/api").with(cors).get("/users", async || "users");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(api);
/// let response = client.get("/api/users").header("origin", "https://app.example").await;
/// response.is(200).has_header("access-control-allow-origin", "https://app.example");
///
/// let preflight = client.request("OPTIONS", "/api/users").header("origin", "https://app.example");
/// let response = preflight.header("access-control-request-method", "GET").await;
/// response.is(204).has_header("access-control-allow-methods", "GET, HEAD, OPTIONS");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cors {
    origins: Origins,
    credentials: Credentials,
    private_network: PrivateNetwork,
    methods: Option<HeaderValue>,
    headers: Option<HeaderValue>,
    exposed: Option<HeaderValue>,
    max_age: HeaderValue,
    flaws: Vec<String>,
}

/// The origins that are allowed.
#[derive(Debug, Clone)]
enum Origins {
    Any,
    Listed(Vec<Listed>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Credentials {
    Included,
    Omitted,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum PrivateNetwork {
    Allowed,
    Refused,
}

impl Cors {
    /// Allows these origins: `https://app.example`, or `https://*.app.example` for all subdomains.
    ///
    /// The origin `null`, which sandboxed frames and local files have, is allowed only if it is listed. Any of them could be it. Text
    /// that is not an origin, such as a host without its scheme, is an error of [`Engine::new`](crate::Engine::new).
    #[doc(alias("AllowOrigin", "AllowOrigins"))]
    pub fn new<'a>(origins: impl IntoIterator<Item = &'a str>) -> Cors {
        let (listed, flaws) = parse_all(origins);
        Cors::of(Origins::Listed(listed), flaws)
    }

    /// Allows every origin, without credentials: for public data.
    #[doc(alias("permissive", "AllowAllOrigins"))]
    pub fn any_origin() -> Cors {
        Cors::of(Origins::Any, Vec::new())
    }

    fn of(origins: Origins, flaws: Vec<String>) -> Cors {
        Cors {
            origins,
            credentials: Credentials::Omitted,
            private_network: PrivateNetwork::Refused,
            methods: None,
            headers: None,
            exposed: None,
            max_age: HeaderValue::from_static("600"),
            flaws,
        }
    }

    /// Lets requests of listed origins carry cookies and HTTP authentication. Default: they may not.
    ///
    /// With [`Cors::any_origin`] or the origin `null`, every site could act as the user. That is an error of
    /// [`Engine::new`](crate::Engine::new).
    ///
    /// ```
    /// # use gin::{middleware::Cors, prelude::*};
    /// let app = Group::new("").with(Cors::any_origin().credentials());
    /// let error = app.build().unwrap_err().to_string();
    /// assert!(error.contains("list the origins: `Cors::new([\"https://app.example\"])"));
    /// ```
    #[must_use]
    #[doc(alias("AllowCredentials", "allow_credentials"))]
    pub fn credentials(mut self) -> Cors {
        self.credentials = Credentials::Included;
        self
    }

    /// Limits the methods. Default: those that the path has routes for.
    #[must_use]
    #[doc(alias("AllowMethods", "allow_methods"))]
    pub fn methods(mut self, methods: impl IntoIterator<Item = Method>) -> Cors {
        self.methods = list(methods.into_iter().map(|method| method.to_string()));
        self
    }

    /// Limits the request headers that need permission. Default: those that a preflight request names.
    #[must_use]
    #[doc(alias("AllowHeaders", "allow_headers"))]
    pub fn headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Cors {
        self.headers = list(headers.into_iter().map(|name| name.to_string()));
        self
    }

    /// Lets pages read these response headers. Default: the safelisted ones of the Fetch standard, such as `Content-Type`.
    #[must_use]
    #[doc(alias("ExposeHeaders", "expose_headers"))]
    pub fn expose(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Cors {
        self.exposed = list(headers.into_iter().map(|name| name.to_string()));
        self
    }

    /// Sets the time for which a browser keeps the response to a preflight request. Default: 10 minutes.
    ///
    /// Browsers shorten a longer time: Chromium to two hours, Firefox to a day.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Cors {
        self.max_age = HeaderValue::from(max_age.as_secs());
        self
    }

    /// Lets pages of the internet reach the app where it runs in a local network, for browsers that require it (Private Network
    /// Access). Default: they may not.
    #[must_use]
    #[doc(alias("AllowPrivateNetwork", "allow_private_network"))]
    pub fn private_network(mut self) -> Cors {
        self.private_network = PrivateNetwork::Allowed;
        self
    }

    fn allows(&self, origin: &HeaderValue) -> bool {
        match &self.origins {
            Origins::Any => true,
            Origins::Listed(listed) => origin
                .to_str()
                .is_ok_and(|origin| listed.iter().any(|listed| listed.allows(origin))),
        }
    }

    /// Returns the headers that every response to a request from `origin` has. Those for an origin that is not allowed only vary.
    fn common(&self, origin: Option<&HeaderValue>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Origins::Listed(_) = self.origins {
            headers.insert(VARY, HeaderValue::from_static("origin"));
        }
        let Some(origin) = origin.filter(|origin| self.allows(origin)) else {
            return headers;
        };
        let named = match self.origins {
            Origins::Any => HeaderValue::from_static("*"),
            Origins::Listed(_) => origin.clone(),
        };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, named);
        if self.credentials == Credentials::Included {
            let yes = HeaderValue::from_static("true");
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
        headers
    }

    /// Returns the headers of the response to a request that is not a preflight.
    fn actual(&self, origin: Option<&HeaderValue>) -> HeaderMap {
        let mut headers = self.common(origin);
        if headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN)
            && let Some(exposed) = &self.exposed
        {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
        }
        headers
    }

    /// Responds to a preflight request of an origin that is allowed, for a path that has `methods`.
    fn preflight(&self, request: &Preflight, methods: &HeaderValue) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(
            VARY,
            HeaderValue::from_static(
                "access-control-request-method, access-control-request-headers, access-control-request-private-network",
            ),
        );
        headers.insert(ALLOW, methods.clone());
        put(headers, &self.common(Some(&request.origin)));
        let methods = self.methods.as_ref().unwrap_or(methods).clone();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        if let Some(names) = self.headers.as_ref().or(request.headers.as_ref()) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
        }
        if request.is_for_private_network && self.private_network == PrivateNetwork::Allowed {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
        headers.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
        response
    }
}

impl Middleware for Cors {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        // A preflight of another origin is left to a `Cors` further in, which may allow it.
        if let Some(preflight) = Preflight::of(cx)
            && self.allows(&preflight.origin)
            && let Some(methods) = preflight.methods(cx)
        {
            let response = self.preflight(&preflight, methods);
            return Box::pin(async { response });
        }
        let headers = self.actual(cx.headers().get(ORIGIN));
        if headers.is_empty() {
            return next.run(cx);
        }
        Box::pin(async move {
            // Not all responses come back this way: a panic unwinds, and a timeout drops this future.
            cx.assure(headers.clone());
            let mut response = next.run(cx).await;
            put(response.headers_mut(), &headers);
            response
        })
    }

    fn provides(&self, _: &mut Provided) {}

    fn role(&self) -> Role {
        Role::Preflights
    }

    fn flaws(&self) -> Vec<String> {
        let remedy = "every site could act as the user; list the origins: `Cors::new([\"https://app.example\"]).credentials()`";
        let contradiction = match &self.origins {
            _ if self.credentials == Credentials::Omitted => None,
            Origins::Any => Some(format!("credentials with any origin: {remedy}")),
            Origins::Listed(listed) if listed.iter().any(Listed::is_null) => Some(format!(
                "credentials with the origin `null`, which any page can have: {remedy}"
            )),
            Origins::Listed(_) => None,
        };
        self.flaws.iter().cloned().chain(contradiction).collect()
    }
}

fn list(items: impl Iterator<Item = String>) -> Option<HeaderValue> {
    let mut text = String::new();
    for item in items {
        let separator = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{separator}{item}");
    }
    HeaderValue::try_from(text).ok()
}
