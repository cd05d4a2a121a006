//! The guard: requests that change something come from the app's own pages.

use http::Method;

#[cfg(feature = "cookies")]
use crate::cookies::Key;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::future::BoxFuture;
#[cfg(feature = "cookies")]
use crate::middleware::CsrfToken;
#[cfg(feature = "cookies")]
use crate::middleware::csrf::tokens;
use crate::middleware::origin::{Listed, parse_all};
use crate::middleware::provenance::Provenance;
use crate::middleware::{Middleware, Next, Provided};
use crate::request::Context;
use crate::response::{Response, respond};

/// Refuses requests that the page of another site makes in the user's name (cross-site request forgery).
///
/// A browser sends the user's cookies and passwords along with a form of any site. It also reports where the form is from, and that is
/// what counts. `GET`, `HEAD`, `OPTIONS` and `TRACE` pass, as they must not change anything. Other requests are checked by the first of
/// these that they have:
///
/// | request | |
/// |---|---|
/// | `Origin` is one that [`Csrf::allow`] names | passes |
/// | `Sec-Fetch-Site` is `same-origin` or `none`, the user's own action | passes |
/// | `Sec-Fetch-Site` is another | 403 |
/// | `Origin`, or else `Referer`, is the host of the request, and not http where that is https | passes |
/// | it is another, or `null` | 403 |
/// | neither cookies nor HTTP authentication, except for a bearer token: not a browser, or nothing to abuse | passes |
/// | anything else | 403, unless it has a [token](Csrf::tokens) |
///
/// All current browsers send `Sec-Fetch-Site` to https and to this machine, and `Origin` everywhere, so most apps need no tokens. A
/// subdomain is another origin, and so is a page that [`Cors`](crate::middleware::Cors) lets in: [`Csrf::allow`] names both. Behind a proxy that changes the host, [`Group::proxies`](crate::Group::proxies) names the right one. A
/// test of an app, which sends cookies and is not a browser, adds the header `sec-fetch-site: same-origin`: see
/// [`Client::with_header`](crate::testing::Client::with_header).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::Csrf;
///
/// let app = Group::new("").with(Csrf::new()).post("/transfer", async || "done");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.post("/transfer").header("sec-fetch-site", "same-origin").await.is(200);
/// client.post("/transfer").header("sec-fetch-site", "cross-site").await.is(403);
/// client.post("/transfer").header("origin", "https://evil.example").await.is(403);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Csrf {
    allowed: Vec<Listed>,
    flaws: Vec<String>,
    #[cfg(feature = "cookies")]
    key: Option<Key>,
}

impl Csrf {
    /// Creates the middleware. It allows the app's own origin.
    #[expect(
        clippy::new_without_default,
        reason = "it is a decision to add it, not a default"
    )]
    pub fn new() -> Csrf {
        Csrf {
            allowed: Vec::new(),
            flaws: Vec::new(),
            #[cfg(feature = "cookies")]
            key: None,
        }
    }

    /// Also allows pages of these origins: `https://admin.example`, or `https://*.app.example` for all subdomains.
    ///
    /// Text that is not an origin is an error of [`Engine::new`](crate::Engine::new). So is `null`, which any page can have.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::middleware::Csrf;
    ///
    /// let csrf = Csrf::new().allow(["https://admin.example"]);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").with(csrf).post("/", async || "done"));
    /// client.post("/").header("origin", "https://admin.example").await.is(200);
    /// client.post("/").header("origin", "https://shop.example").await.is(403);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    #[doc(alias("AddTrustedOrigin", "trusted_origins"))]
    pub fn allow<'a>(mut self, origins: impl IntoIterator<Item = &'a str>) -> Csrf {
        let (listed, flaws) = parse_all(origins);
        if listed.iter().any(Listed::is_null) {
            let flaw = "the origin `null` is that of any page that hides its own; name the origin that is meant";
            self.flaws.push(flaw.to_owned());
        }
        self.allowed.extend(listed);
        self.flaws.extend(flaws);
        self
    }

    /// Lets requests of old browsers pass that have a token, in the form's field `csrf_token` or in the header `x-csrf-token`. Default:
    /// they are refused.
    ///
    /// `csrf()` in a template is the field, and [`Context::csrf_token`] returns the token. It belongs to a cookie that `key` signs
    /// (double submit), which a browser gets with the first page that has a token. The field is found in urlencoded forms; a form with
    /// files needs the header.
    ///
    /// The cookie belongs to the browser's [`Session`](crate::sessions::Session), wherever
    /// [`Sessions`](crate::sessions::Sessions) stands in the chain. So a token from before the user has signed in, or of another
    /// session, is refused. The response to any other method than `GET` begins a new token, which replaces those of pages in other
    /// tabs.
    ///
    /// A token is only looked at where nothing else shows the request's origin, so it never lets in a page of another site. The cookie's
    /// prefix `__Host-` over https keeps other hosts of the domain from setting it; a browser that knows neither the prefix nor `Origin`
    /// trusts those hosts.
    ///
    /// ```
    /// # use gin::{prelude::*, templates::Templates, testing::Client};
    /// use gin::{cookies::Key, middleware::Csrf};
    ///
    /// let templates = Templates::embedded([("form.html", "<form method=post>{{ csrf() }}</form>")]);
    /// let app = Group::new("")
    ///     .with(Csrf::new().tokens(Key::generate()))
    ///     .templates(templates)
    ///     .get("/", async || View::new("form.html", ()))
    ///     .post("/", async || "done");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let browser = Client::new(app);
    /// let page = browser.get("/").await;
    /// let token = page.text().split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    /// browser.post("/").form(format!("csrf_token={token}")).await.is(200);
    /// browser.post("/").form("").await.is(403);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    #[cfg(feature = "cookies")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cookies")))]
    pub fn tokens(mut self, key: Key) -> Csrf {
        self.key = Some(key);
        self
    }

    /// Returns the provenance of a request that changes something. Any other is harmless.
    fn provenance(&self, cx: &Context) -> Provenance {
        match *cx.method() {
            Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE => Provenance::Harmless,
            _ => Provenance::of(cx, &self.allowed),
        }
    }

    async fn guard(&self, cx: &mut Context, next: Next<'_>) -> Response {
        let provenance = self.provenance(cx);
        #[cfg(feature = "cookies")]
        let provenance = match provenance {
            Provenance::Unknown if self.key.is_some() => match tokens::provenance(cx).await {
                Ok(provenance) => provenance,
                Err(problem) => return respond(cx, problem),
            },
            known => known,
        };
        match provenance.check() {
            Ok(()) => next.run(cx).await,
            Err(problem) => respond(cx, problem),
        }
    }
}

impl Middleware for Csrf {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            #[cfg(feature = "cookies")]
            if let Some(key) = &self.key {
                let chain = next.chain();
                let browser = tokens::start(cx, key, &chain);
                let mut response = self.guard(cx, next).await;
                tokens::finish(cx, key, browser, chain, &mut response);
                return response;
            }
            self.guard(cx, next).await
        })
    }

    fn provides(&self, provided: &mut Provided) {
        #[cfg(feature = "cookies")]
        if self.key.is_some() {
            provided.extension::<CsrfToken>();
        }
        let _ = provided;
    }

    #[cfg(feature = "openapi")]
    fn describe(&self, operation: &mut Operation) {
        if !matches!(operation.method(), "GET" | "HEAD" | "OPTIONS" | "TRACE") {
            operation.problem(403);
        }
    }

    fn flaws(&self) -> Vec<String> {
        self.flaws.clone()
    }
}
