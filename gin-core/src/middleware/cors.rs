//! Cross-origin resource sharing: which other sites may use the app from a browser.

use std::fmt::Write;
use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next};
use crate::request::Context;
use crate::response::{Body, Response};

/// Lets pages of other origins use a group from a browser (the CORS protocol of the Fetch standard).
///
/// No origin is allowed until it is named. A preflight request is responded to for every path that the group has routes for, also
/// without an `OPTIONS` route. The response names the origin itself, and varies by it.
///
/// CORS does not protect the app: it loosens a restriction of browsers. Requests from other origins still arrive, and only their
/// responses are withheld from the page.
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
#[doc(alias = "cross-origin")]
#[doc(alias = "CorsLayer")]
pub struct Cors {
    origins: Origins,
    methods: Option<HeaderValue>,
    headers: Option<HeaderValue>,
    exposed: Option<HeaderValue>,
    max_age: HeaderValue,
}

/// The origins that are allowed.
#[derive(Debug, Clone)]
enum Origins {
    Any,
    Listed {
        origins: Vec<Listed>,
        credentials: Credentials,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Credentials {
    Included,
    Omitted,
}

/// An origin, or all subdomains of a host: `https://*.app.example`.
#[derive(Debug, Clone)]
enum Listed {
    Exact(String),
    Subdomains { scheme: String, host: String },
}

impl Listed {
    fn parse(origin: &str) -> Listed {
        let origin = origin.trim_end_matches('/').to_ascii_lowercase();
        match origin.split_once("://*.") {
            Some((scheme, host)) => Listed::Subdomains {
                scheme: format!("{scheme}://"),
                host: format!(".{host}"),
            },
            None => Listed::Exact(origin),
        }
    }

    fn allows(&self, origin: &str) -> bool {
        match self {
            Listed::Exact(own) => own == origin,
            Listed::Subdomains { scheme, host } => origin
                .strip_prefix(scheme.as_str())
                .and_then(|rest| rest.strip_suffix(host.as_str()))
                .is_some_and(|labels| !labels.is_empty() && labels.bytes().all(is_of_host)),
        }
    }
}

/// Returns `true` for the characters of host names, which exclude those that begin a port or a path.
fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}

impl Cors {
    /// Allows these origins: `https://app.example`, or `https://*.app.example` for all subdomains.
    ///
    /// The origin `null`, which sandboxed frames and local files have, is allowed only if it is listed. Any of them could be it.
    pub fn new<'a>(origins: impl IntoIterator<Item = &'a str>) -> Cors {
        Cors::of(Origins::Listed {
            origins: origins.into_iter().map(Listed::parse).collect(),
            credentials: Credentials::Omitted,
        })
    }

    /// Allows every origin, without credentials: for public data.
    pub fn any_origin() -> Cors {
        Cors::of(Origins::Any)
    }

    fn of(origins: Origins) -> Cors {
        Cors {
            origins,
            methods: None,
            headers: None,
            exposed: None,
            max_age: HeaderValue::from_static("600"),
        }
    }

    /// Lets requests of listed origins carry cookies and HTTP authentication. Default: they may not.
    ///
    /// It does not change [`Cors::any_origin`]: every site could then act as the user.
    #[must_use]
    pub fn credentials(mut self) -> Cors {
        if let Origins::Listed { credentials, .. } = &mut self.origins {
            *credentials = Credentials::Included;
        }
        self
    }

    /// Limits the methods. Default: those that the path has routes for.
    #[must_use]
    pub fn methods(mut self, methods: impl IntoIterator<Item = Method>) -> Cors {
        self.methods = list(methods.into_iter().map(|method| method.to_string()));
        self
    }

    /// Limits the request headers that need permission. Default: those that a preflight request names.
    #[must_use]
    pub fn headers(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Cors {
        self.headers = list(headers.into_iter().map(|name| name.to_string()));
        self
    }

    /// Lets pages read these response headers. Default: the safelisted ones of the Fetch standard, such as `Content-Type`.
    #[must_use]
    pub fn expose(mut self, headers: impl IntoIterator<Item = HeaderName>) -> Cors {
        self.exposed = list(headers.into_iter().map(|name| name.to_string()));
        self
    }

    /// Sets the time for which a browser keeps the response to a preflight request. Default: 10 minutes.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Cors {
        self.max_age = HeaderValue::from(max_age.as_secs());
        self
    }

    /// Returns the headers that allow a request from `origin`. There are none for other origins.
    fn allowance(&self, origin: &HeaderValue) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        match &self.origins {
            Origins::Any => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            Origins::Listed {
                origins,
                credentials,
            } => {
                let text = origin.to_str().ok()?;
                origins.iter().find(|listed| listed.allows(text))?;
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
                if *credentials == Credentials::Included {
                    let yes = HeaderValue::from_static("true");
                    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
                }
            }
        }
        Some(headers)
    }

    /// Completes the response to a preflight request, which `OPTIONS` routes and the engine know nothing of.
    fn preflight(&self, request: &Preflight, response: &mut Response) {
        vary(
            response,
            "access-control-request-method, access-control-request-headers",
        );
        let Some(mut headers) = self.allowance(&request.origin) else {
            return;
        };
        let methods = self.methods.as_ref().or(response.headers().get(ALLOW));
        if let Some(methods) = methods.cloned() {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        }
        if let Some(names) = self.headers.as_ref().or(request.headers.as_ref()) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
        }
        headers.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
        response.headers_mut().extend(headers);
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            // Automatic OPTIONS is off. The path has routes, as `Allow` shows.
            *response.status_mut() = StatusCode::NO_CONTENT;
            *response.body_mut() = Body::empty();
        }
    }
}

/// A preflight request: a browser checks that the page may send another request.
struct Preflight {
    origin: HeaderValue,
    headers: Option<HeaderValue>,
}

impl Preflight {
    fn of(cx: &Context) -> Option<Preflight> {
        let headers = cx.headers();
        headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
        let origin = headers.get(ORIGIN)?.clone();
        let headers = headers.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
        (cx.method() == Method::OPTIONS).then_some(Preflight { origin, headers })
    }
}

impl Middleware for Cors {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let preflight = Preflight::of(cx);
            let origin = cx.headers().get(ORIGIN).cloned();
            let mut response = next.run(cx).await;
            if matches!(self.origins, Origins::Listed { .. }) {
                vary(&mut response, "origin");
            }
            if let Some(preflight) = preflight {
                self.preflight(&preflight, &mut response);
                return response;
            }
            if let Some(headers) = origin.and_then(|origin| self.allowance(&origin)) {
                response.headers_mut().extend(headers);
                if let Some(exposed) = &self.exposed {
                    let exposed = exposed.clone();
                    response
                        .headers_mut()
                        .insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
                }
            }
            response
        })
    }
}

fn vary(response: &mut Response, names: &'static str) {
    let names = HeaderValue::from_static(names);
    response.headers_mut().append(VARY, names);
}

fn list(items: impl Iterator<Item = String>) -> Option<HeaderValue> {
    let mut text = String::new();
    for item in items {
        let separator = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{separator}{item}");
    }
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_allowed_as_a_whole() {
        let listed = [
            "https://app.example",
            "https://*.cdn.example",
            "http://localhost:5173",
        ];
        let cors = Cors::new(listed);
        let cases = [
            ("https://app.example", true),
            ("https://app.example:8443", false),
            ("http://app.example", false),
            ("https://app.example.evil.test", false),
            ("https://evil-app.example", false),
            ("https://a.cdn.example", true),
            ("https://a.b.cdn.example", true),
            ("https://cdn.example", false),
            ("https://.cdn.example", false),
            ("https://evil.test/.cdn.example", false),
            ("https://evil.test:1.cdn.example", false),
            ("https://evil.test\\.cdn.example", false),
            ("http://localhost:5173", true),
            ("http://localhost:51730", false),
            ("null", false),
            ("", false),
        ];
        for (origin, expected) in cases {
            let value = HeaderValue::from_static(origin);
            assert_eq!(cors.allowance(&value).is_some(), expected, "{origin}");
        }
    }
}
