//! The middleware that sends headers which make browsers stricter.

use std::time::Duration;

use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::future::BoxFuture;
use crate::middleware::security_headers::csp::Policy;
use crate::middleware::{Csp, CspNonce, Middleware, Next, Provided};
use crate::request::Context;
use crate::response::Response;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Sends headers that make browsers stricter. A header that a handler sets itself stays as it is.
///
/// | header | default | |
/// |---|---|---|
/// | `Content-Security-Policy` | `base-uri 'self'; frame-ancestors 'self'; object-src 'none'` | limits only what attacks need; [`Csp`] for more |
/// | `Cross-Origin-Opener-Policy` | `same-origin` | pages of other sites get no handle of the window |
/// | `Cross-Origin-Resource-Policy` | `same-origin` | pages of other sites cannot embed images and the like, unless by CORS |
/// | `Referrer-Policy` | `strict-origin-when-cross-origin` | other sites learn the host, not the address |
/// | `Strict-Transport-Security` | `max-age=31536000`, over https only | browsers use only https for a year |
/// | `X-Content-Type-Options` | `nosniff` | browsers believe the content type |
/// | `X-Frame-Options` | `SAMEORIGIN` | for browsers that do not know `frame-ancestors` |
///
/// Every response has them, whichever code makes it: problems, panics, 404s. Of several in nested groups, the innermost counts. Behind
/// a proxy that ends TLS, https is known by [`Group::proxies`](crate::Group::proxies).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::SecurityHeaders;
///
/// let framed = async || ([("x-frame-options", "DENY")], "never in a frame");
/// let app = Group::new("").with(SecurityHeaders::new()).get("/", async || "hello").get("/framed", framed);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/").await.has_header("x-content-type-options", "nosniff").has_header("x-frame-options", "SAMEORIGIN");
/// client.get("/framed").await.has_header("x-frame-options", "DENY");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SecurityHeaders {
    headers: HeaderMap,
    hsts: Option<HeaderValue>,
    policies: Vec<(HeaderName, Csp, Policy)>,
    without: Vec<HeaderName>,
}

impl SecurityHeaders {
    /// Creates the middleware with its defaults.
    #[expect(
        clippy::new_without_default,
        reason = "it is a decision to add it, not a default"
    )]
    pub fn new() -> SecurityHeaders {
        let text = HeaderValue::from_static;
        let headers = [
            (OPENER_POLICY, text("same-origin")),
            (RESOURCE_POLICY, text("same-origin")),
            (REFERRER_POLICY, text("strict-origin-when-cross-origin")),
            (X_CONTENT_TYPE_OPTIONS, text("nosniff")),
        ];
        let headers = SecurityHeaders {
            headers: headers.into_iter().collect(),
            hsts: Some(text("max-age=31536000")),
            policies: Vec::new(),
            without: Vec::new(),
        };
        headers.csp(Csp::lenient())
    }

    /// Replaces the Content-Security-Policy.
    #[must_use]
    pub fn csp(self, policy: Csp) -> SecurityHeaders {
        self.policy(CONTENT_SECURITY_POLICY, policy)
    }

    /// Adds a policy that browsers only report on, to try it out. Default: none.
    #[must_use]
    pub fn csp_report_only(self, policy: Csp) -> SecurityHeaders {
        self.policy(CONTENT_SECURITY_POLICY_REPORT_ONLY, policy)
    }

    fn policy(mut self, name: HeaderName, csp: Csp) -> SecurityHeaders {
        self.policies.retain(|(own, ..)| *own != name);
        let policy = csp.policy();
        self.policies.push((name, csp, policy));
        self
    }

    /// Sets the time for which browsers use only https for this host (RFC 6797). It is sent over https only. Default: a year.
    ///
    /// A time of zero ends it, in browsers that come back.
    #[must_use]
    pub fn hsts(mut self, max_age: Duration) -> SecurityHeaders {
        self.hsts = HeaderValue::try_from(format!("max-age={}", max_age.as_secs())).ok();
        self
    }

    /// Sets the time for which browsers use only https for this host and all hosts below it, which must all have it.
    #[must_use]
    #[doc(alias = "includeSubDomains")]
    pub fn hsts_with_subdomains(mut self, max_age: Duration) -> SecurityHeaders {
        let text = format!("max-age={}; includeSubDomains", max_age.as_secs());
        self.hsts = HeaderValue::try_from(text).ok();
        self
    }

    /// Sets a header to another value, or adds one such as `Permissions-Policy`.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::middleware::SecurityHeaders;
    ///
    /// let policy = HeaderName::from_static("permissions-policy");
    /// let headers = SecurityHeaders::new().header(policy, HeaderValue::from_static("camera=()"));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").with(headers).get("/", async || "hello"));
    /// client.get("/").await.has_header("permissions-policy", "camera=()");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> SecurityHeaders {
        self.without.retain(|other| *other != name);
        self.headers.insert(name, value);
        self
    }

    /// Leaves out a header.
    #[must_use]
    pub fn without(mut self, name: HeaderName) -> SecurityHeaders {
        self.without.push(name);
        self
    }

    /// Returns the value of `X-Frame-Options` that agrees with the policy. The header cannot name origins, so that there is none then.
    fn frame_options(&self) -> Option<HeaderValue> {
        let mut policies = self.policies.iter();
        let own = policies.find(|(name, ..)| *name == CONTENT_SECURITY_POLICY);
        let ancestors = own.and_then(|(_, csp, _)| csp.sources("frame-ancestors"));
        let ancestors =
            ancestors.map(|sources| sources.iter().map(String::as_str).collect::<Vec<_>>());
        match ancestors.as_deref() {
            None | Some(["'self'"]) => Some(HeaderValue::from_static("SAMEORIGIN")),
            Some(["'none'"] | []) => Some(HeaderValue::from_static("DENY")),
            Some(_) => None,
        }
    }

    /// Returns the headers for a request.
    fn headers(&self, cx: &Context) -> HeaderMap {
        let mut headers = self.headers.clone();
        if let Some(options) = self.frame_options()
            && !headers.contains_key(X_FRAME_OPTIONS)
        {
            headers.insert(X_FRAME_OPTIONS, options);
        }
        // RFC 6797 §7.2: never over http, where anybody on the way could send it.
        if let Some(hsts) = self.hsts.as_ref().filter(|_| cx.scheme() == "https") {
            headers.insert(STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
        for (name, _, policy) in &self.policies {
            if let Some(value) = policy.value(cx.get()) {
                headers.insert(name.clone(), value);
            }
        }
        for name in &self.without {
            headers.remove(name);
        }
        headers
    }
}

/// The mark of a request whose response has no `Strict-Transport-Security`, not even that of the server.
pub(crate) struct WithoutHsts;

/// The headers of a middleware further out, which one further in replaces.
const OWN: [HeaderName; 8] = [
    CONTENT_SECURITY_POLICY,
    CONTENT_SECURITY_POLICY_REPORT_ONLY,
    OPENER_POLICY,
    RESOURCE_POLICY,
    REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
];

impl Middleware for SecurityHeaders {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        let needs_nonce = self.policies.iter().any(|(.., policy)| policy.has_nonce());
        if needs_nonce && cx.get::<CspNonce>().is_none() {
            cx.set(CspNonce::random());
        }
        let headers = self.headers(cx);
        if self.without.contains(&STRICT_TRANSPORT_SECURITY) {
            cx.set(WithoutHsts);
        }
        cx.retract(OWN);
        cx.assure(headers);
        next.run(cx)
    }

    fn provides(&self, provided: &mut Provided) {
        provided.extension::<CspNonce>();
    }

    fn flaws(&self) -> Vec<String> {
        self.policies
            .iter()
            .flat_map(|(_, csp, _)| csp.flaws())
            .collect()
    }
}
