//! The body, whole or as a stream, and parts of the head.

use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

use crate::content::Body;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::{FromContext, Rejection, Severity};
use crate::request::Context;

/// The whole body, up to the limit of [`Group::body_limit`](crate::Group::body_limit).
impl FromContext for Bytes {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        cx.bytes().await
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.optional(|operation| operation.body("*/*", serde_json::json!({})));
        operation.body_problems();
    }
}

/// The whole body as text. A body that is not UTF-8 is 400.
impl FromContext for String {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let bytes = cx.bytes().await?;
        String::from_utf8(bytes.into()).map_err(|_| Rejection::invalid("the body is not UTF-8"))
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        let text = serde_json::json!({ "type": "string" });
        // A request without a body has an empty one.
        operation.optional(|operation| operation.body("text/plain", text));
        operation.body_problems();
    }
}

/// The body as a stream, up to the limit of [`Group::body_limit`](crate::Group::body_limit). A body that is declared larger is 413 at
/// once. If one turns out to be larger, or is cut off, the stream ends with a [`BodyError`](crate::extract::BodyError).
impl FromContext for Body {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let opened = cx.open_body(cx.scope().body_limit());
        opened.map_err(|problem| Rejection::new(Severity::Fatal, problem))
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.optional(|operation| operation.body("*/*", serde_json::json!({})));
        operation.problem(413);
    }
}

impl FromContext for Method {
    type Rejection = Infallible;

    async fn from_context(cx: &mut Context) -> Result<Self, Infallible> {
        Ok(cx.method().clone())
    }
}

impl FromContext for Uri {
    type Rejection = Infallible;

    async fn from_context(cx: &mut Context) -> Result<Self, Infallible> {
        Ok(cx.uri().clone())
    }
}

/// The request's headers.
impl FromContext for HeaderMap {
    type Rejection = Infallible;

    async fn from_context(cx: &mut Context) -> Result<Self, Infallible> {
        Ok(cx.headers().clone())
    }
}

impl Context {
    /// Reads the whole body. The context keeps it, so that it can be read again.
    ///
    /// # Errors
    ///
    /// A rejection with 413 if the body is larger than [`Group::body_limit`](crate::Group::body_limit), 400 if it is cut off, and
    /// 408 if it is late.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn size(cx: &mut Context) -> Result<String> {
    ///     Ok(format!("{} bytes", cx.bytes().await?.len()))
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").post("/size", size));
    /// client.post("/size").body("hello").await.has_text("5 bytes");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias(
        "GetRawData",
        "Plain",
        "BindPlain",
        "ShouldBindPlain",
        "ShouldBindBodyWithPlain"
    ))]
    pub async fn bytes(&mut self) -> Result<Bytes, Rejection> {
        let read = self.read_body().await;
        read.map_err(|problem| Rejection::new(Severity::Fatal, problem))
    }
}
