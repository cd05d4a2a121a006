//! The nonce of a request, which lets the page's own scripts run.

use std::sync::Arc;

use crate::middleware::random;
use crate::request::Context;

/// The nonce of a Content-Security-Policy: `nonce()` in a template returns it, and [`Context::nonce`] does in Rust.
///
/// [`SecurityHeaders`](crate::middleware::SecurityHeaders) makes it for policies that have
/// [`Csp::NONCE`](crate::middleware::Csp::NONCE). A middleware that sends its own policy keeps the nonce with [`Context::set`]:
///
/// ```
/// # use gin::{prelude::*, templates::{CspNonce, Templates}, testing::Client};
/// async fn policy(cx: &mut Context, next: Next<'_>) -> Response {
///     cx.set(CspNonce::new("r4nd0m"));
///     let mut response = next.run(cx).await;
///     let policy = HeaderValue::from_static("script-src 'nonce-r4nd0m'");
///     response.headers_mut().insert("content-security-policy", policy);
///     response
/// }
///
/// let templates = Templates::embedded([("a.html", r#"<script nonce="{{ nonce() }}">"#)]);
/// let app = Group::new("").with(policy).templates(templates).get("/", async || View::new("a.html", ()));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/").await.has_text(r#"<script nonce="r4nd0m">"#);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CspNonce(Arc<str>);

impl CspNonce {
    /// Takes the text of the nonce.
    pub fn new(nonce: impl Into<Arc<str>>) -> CspNonce {
        CspNonce(nonce.into())
    }

    /// Makes a nonce of 128 random bits.
    pub(super) fn random() -> CspNonce {
        CspNonce::new(random::text(&random::bytes::<16>()))
    }

    /// Returns the text of the nonce.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Context {
    /// Returns the nonce that scripts and styles of this response need, as `<script nonce="…">`. It is `None` without a policy that has
    /// [`Csp::NONCE`](crate::middleware::Csp::NONCE).
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::middleware::{Csp, SecurityHeaders};
    ///
    /// async fn page(cx: &mut Context) -> Html<String> {
    ///     let nonce = cx.nonce().unwrap_or_default();
    ///     Html(format!("<script nonce=\"{nonce}\">alert(1)</script>"))
    /// }
    ///
    /// let headers = SecurityHeaders::new().csp(Csp::new().script_src([Csp::NONCE]));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let response = Client::new(Group::new("").with(headers).get("/", page)).get("/").await;
    /// assert!(response.header("content-security-policy").unwrap().contains("script-src 'nonce-"));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn nonce(&self) -> Option<&str> {
        self.get::<CspNonce>().map(CspNonce::as_str)
    }
}
