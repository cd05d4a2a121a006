//! The charset that a body claims to have.

use http::header::CONTENT_TYPE;

use crate::extract::{Rejection, Severity};
use crate::failure::Problem;
use crate::request::Context;

/// Rejects a body that claims to be text in another charset than UTF-8, with 415. It would be read as something else.
pub(crate) fn check(cx: &Context) -> Result<(), Rejection> {
    let sent = cx.headers().get(CONTENT_TYPE);
    let sent = sent.and_then(|value| value.to_str().ok()).unwrap_or("");
    if charset(sent).is_none_or(is_utf8) {
        return Ok(());
    }
    let detail = "the body must be in UTF-8";
    let problem = Problem::new(415).detail(detail);
    Err(Rejection::new(Severity::Invalid, problem))
}

fn charset(content_type: &str) -> Option<&str> {
    let mut params = content_type.split(';').skip(1);
    params.find_map(|param| {
        let (name, value) = param.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then_some(value.trim().trim_matches('"'))
    })
}

/// ASCII is a part of UTF-8.
fn is_utf8(charset: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(charset))
}
