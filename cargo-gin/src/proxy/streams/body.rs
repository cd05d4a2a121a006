//! The body of a response. Bodies are streamed, never collected.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};

/// A body on its way to the client or to the app.
pub(crate) type Body = UnsyncBoxBody<Bytes, Error>;

/// The error that cut a body off.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// Returns a body of the proxy's own. Without bytes it is an empty body.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    let never = |never: Infallible| match never {};
    Full::new(bytes.into()).map_err(never).boxed_unsync()
}
