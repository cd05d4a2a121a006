//! The compression of a body.

use http::HeaderValue;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};

use crate::extract::{Rejection, Severity};
use crate::failure::Problem;
use crate::request::Context;

/// Rejects a compressed body, with 415 (RFC 9110 §15.5.16). It would be read as something else, or as a form with odd fields.
///
/// A middleware that decompresses bodies removes the header.
pub(crate) fn check(cx: &Context) -> Result<(), Rejection> {
    let codings = cx.headers().get_all(CONTENT_ENCODING).iter();
    let is_none = |coding: &str| coding.is_empty() || coding.eq_ignore_ascii_case("identity");
    let mut codings = codings.flat_map(|value| value.to_str().unwrap_or("?").split(','));
    if codings.all(|coding| is_none(coding.trim())) {
        return Ok(());
    }
    let problem = Problem::new(415)
        .detail("the body must not be compressed")
        .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Err(Rejection::new(Severity::Invalid, problem))
}
