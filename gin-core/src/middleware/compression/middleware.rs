//! The middleware that compresses responses.

use http::{Method, StatusCode};

use crate::content::Body;
use crate::future::BoxFuture;
use crate::middleware::compression::coding::{Coding, Effort};
use crate::middleware::compression::encoded::Encoded;
use crate::middleware::compression::encoder::Encoder;
use crate::middleware::compression::representation;
use crate::middleware::provenance::Provenance;
use crate::middleware::{Middleware, Next, Provided};
use crate::request::Context;
use crate::response::{Response, settle};

/// The largest body that is compressed at once, in bytes. Larger ones are compressed while they are sent.
const AT_ONCE: usize = 64 << 10;

/// Compresses the responses that get smaller by it, with the coding that the client prefers: brotli, Zstandard or gzip.
///
/// | left alone | because |
/// |---|---|
/// | media types that are compressed already, such as images and archives; content without a type | it gains nothing |
/// | fewer than 1,024 bytes, see [`min_size`](Compression::min_size) | it gains nothing |
/// | streams of events, `Content-Encoding`, `Cache-Control: no-transform`, digests | it would break them |
/// | parts of a content (206), 204, 304 | they are not a whole content |
/// | requests with cookies, or with a password, from pages of other sites | BREACH, see below |
///
/// A body that is streamed is compressed while it is sent, and all of it up to now is sent whenever it pauses. A strong `ETag` becomes
/// a weak one, `Content-Length` is that of the compressed content or left out, and `Vary` names `Accept-Encoding`. A
/// precompressed file keeps its coding.
///
/// # BREACH
///
/// The length of a compressed page reveals whether a part of the request, which the page repeats, equals a secret in it, such as a
/// token against forged requests. A page of another site that makes a user's browser send many requests, together with somebody who
/// sees the lengths on the network, can guess a secret that way, also through TLS.
///
/// So the response to a request with cookies or HTTP authentication is compressed only if the browser reports by `Sec-Fetch-Site`,
/// `Origin` or `Referer` that a page of the app itself or the user has made it. A bearer token does not count, as browsers do not add
/// it by themselves. An app whose pages hold no secrets can turn this off by [`any_site`](Compression::any_site); a
/// page is left alone by `Cache-Control: no-transform`.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::Compression;
///
/// let app = Group::new("").with(Compression::new()).get("/", async || "hello ".repeat(1_000));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// let response = client.get("/").header("accept-encoding", "gzip, br").await;
/// let response = response.has_header("content-encoding", "br").has_header("vary", "accept-encoding");
/// assert!(response.bytes().len() < 100);
/// assert_eq!(client.get("/").await.bytes().len(), 6_000);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Compression {
    codings: Vec<Coding>,
    effort: Effort,
    min_size: u64,
    sites: Sites,
}

/// The pages whose requests with credentials are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sites {
    Own,
    Any,
}

impl Compression {
    /// Creates the middleware.
    #[expect(clippy::new_without_default, reason = "middleware are made by `new`")]
    pub fn new() -> Compression {
        Compression {
            codings: Coding::ALL.into(),
            effort: Effort::default(),
            min_size: 1_024,
            sites: Sites::Own,
        }
    }

    /// Sets the codings. Of those that the client likes equally, it gets the first. Default: brotli, Zstandard, gzip. No coding at
    /// all is an error of [`Engine::new`](crate::Engine::new).
    #[must_use]
    pub fn only(mut self, codings: impl IntoIterator<Item = Coding>) -> Compression {
        self.codings = codings.into_iter().collect();
        self
    }

    /// Sets the effort. Default: [`Effort::Balanced`].
    #[must_use]
    pub fn effort(mut self, effort: Effort) -> Compression {
        self.effort = effort;
        self
    }

    /// Leaves content alone that is known to have fewer bytes. Default: 1,024.
    #[must_use]
    pub fn min_size(mut self, bytes: u64) -> Compression {
        self.min_size = bytes;
        self
    }

    /// Compresses the responses to requests with cookies from pages of all sites. Default: from the app's own pages.
    ///
    /// It is for apps whose responses hold no secrets that a request could be compared with.
    #[must_use]
    #[doc(alias = "BREACH")]
    pub fn any_site(mut self) -> Compression {
        self.sites = Sites::Any;
        self
    }

    /// Returns the coding for the response, if it is to be compressed.
    fn coding(&self, cx: &Context) -> Option<Coding> {
        let coding = Coding::preferred(&self.codings, cx.headers())?;
        let is_safe = self.sites == Sites::Any || !Provenance::may_be_forged(cx);
        is_safe.then_some(coding)
    }

    fn compress(&self, cx: &Context, response: &mut Response) {
        if response.status() == StatusCode::NOT_MODIFIED {
            representation::confirm_weak_tag(cx.headers(), response.headers_mut());
            return;
        }
        let size = representation::size(response);
        if !representation::is_open(response) || size.is_some_and(|size| size < self.min_size) {
            return;
        }
        representation::vary(response.headers_mut());
        let Some(coding) = self.coding(cx) else {
            return;
        };
        if self.encode(cx, coding, response) {
            representation::mark(response.headers_mut(), coding);
        }
    }

    /// Compresses the body. Returns `false` if it is left as it is.
    fn encode(&self, cx: &Context, coding: Coding, response: &mut Response) -> bool {
        if response.body().is_empty() {
            // A HEAD response has the headers of the content that it does not send.
            return cx.method() == Method::HEAD;
        }
        let whole = response.body().whole();
        if let Some(bytes) = whole.filter(|bytes| bytes.len() <= AT_ONCE) {
            let content = Encoder::whole(coding, self.effort, bytes.clone()).ok();
            let smaller = content.filter(|content| content.len() < bytes.len());
            let Some(content) = smaller else {
                return false;
            };
            *response.body_mut() = Body::from(content);
            return true;
        }
        let body = std::mem::take(response.body_mut());
        let encoder = Encoder::new(coding, self.effort);
        *response.body_mut() = Body::new(Encoded::new(body, encoder));
        true
    }
}

impl Middleware for Compression {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let mut response = next.run(cx).await;
            settle(cx, &mut response);
            self.compress(cx, &mut response);
            response
        })
    }

    fn provides(&self, _: &mut Provided) {}

    fn flaws(&self) -> Vec<String> {
        let is_empty = self.codings.is_empty();
        let flaw = is_empty.then(|| "no coding is left to compress with; name one".to_owned());
        flaw.into_iter().collect()
    }
}
