//! The middleware that decompresses requests.

use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue};

use crate::content::Body;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Problem;
use crate::future::BoxFuture;
use crate::middleware::decompression::decoded::Decoded;
use crate::middleware::decompression::decoder::Format;
use crate::middleware::{Middleware, Next, Provided};
use crate::request::Context;
use crate::response::{IntoResponse, Response, settle};

/// Decompresses the bodies of requests with `Content-Encoding: gzip`, `br`, `zstd` or `deflate`, so that handlers and extractors read
/// the content.
///
/// [`Group::body_limit`](crate::Group::body_limit) counts the content. It is decompressed only as far as it is read, at most 16 KiB at
/// a time, so that a small body with a huge content is a 413 [`Problem`] that costs little. Content that is broken or
/// cut off is 400. Another coding, or several, is 415 with the supported codings in `Accept-Encoding`.
///
/// Without this middleware, JSON and forms that are compressed are 415, and other extractors get the compressed bytes.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::Decompression;
///
/// let app = Group::new("").with(Decompression::new()).post("/", async |text: String| text);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// let hello: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcbH\xcd\xc9\xc9\x07\0\x86\xa6\x106\x05\0\0\0";
/// client.post("/").header("content-encoding", "gzip").body(hello).await.has_text("hello");
/// client.post("/").header("content-encoding", "compress").body(hello).await.is(415);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Decompression {}

impl Decompression {
    /// Creates the middleware.
    #[expect(clippy::new_without_default, reason = "middleware are made by `new`")]
    pub fn new() -> Decompression {
        Decompression {}
    }
}

/// Returns the coding of a body. `None` stands for plain content.
fn coding(headers: &HeaderMap) -> Result<Option<Format>, Problem> {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let codings = values.flat_map(|value| value.to_str().unwrap_or("?").split(','));
    let is_plain = |coding: &str| coding.is_empty() || coding.eq_ignore_ascii_case("identity");
    let mut codings = codings.map(str::trim).filter(|coding| !is_plain(coding));
    let Some(first) = codings.next() else {
        return Ok(None);
    };
    match (Format::named(first), codings.next()) {
        (Some(format), None) => Ok(Some(format)),
        (None, None) => Err(unsupported("the body has an unknown Content-Encoding")),
        // Each coding multiplies the content that a byte can stand for.
        (_, Some(_)) => Err(unsupported(
            "the body must not be compressed more than once",
        )),
    }
}

fn unsupported(detail: &'static str) -> Problem {
    const CODINGS: HeaderValue = HeaderValue::from_static("gzip, br, zstd, deflate");
    Problem::new(415)
        .detail(detail)
        .header(ACCEPT_ENCODING, CODINGS)
}

impl Middleware for Decompression {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        match coding(cx.headers()) {
            Ok(None) => next.run(cx),
            Ok(Some(format)) => {
                cx.headers_mut().remove(CONTENT_ENCODING);
                cx.headers_mut().remove(CONTENT_LENGTH);
                cx.map_body(|body| Body::new(Decoded::new(format, body)));
                next.run(cx)
            }
            Err(problem) => Box::pin(async move {
                let mut response = problem.into_response();
                settle(cx, &mut response);
                response
            }),
        }
    }

    fn provides(&self, _: &mut Provided) {}

    #[cfg(feature = "openapi")]
    fn describe(&self, operation: &mut Operation) {
        // A body in another coding is refused, read or not.
        operation.problem(415);
        operation.header_of(
            415,
            "Accept-Encoding",
            serde_json::json!({ "type": "string" }),
        );
    }
}
