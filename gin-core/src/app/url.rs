//! The paths of attribute routes, with values in the place of params.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use gin_router::{Pattern, Piece, path};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::extract::ParamBytes;

/// All characters except the `pchar`s of RFC 3986 §3.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');
const REST: &AsciiSet = &SEGMENT.remove(b'/');

/// A value that `url(…)` takes for a param of type `T`: a `T`, or any text for a text param.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for a param of type `{T}`",
    label = "the param is a `{T}`"
)]
pub trait UrlParam<T>: Display {}

impl<T: Display> UrlParam<T> for T {}
impl<T: Display> UrlParam<T> for &T {}
impl UrlParam<String> for &str {}
impl UrlParam<String> for Cow<'_, str> {}
#[diagnostic::do_not_recommend]
impl UrlParam<ParamBytes> for &str {}

/// Returns the path of `pattern` with `values` in the place of its params, in order.
#[doc(hidden)]
pub(crate) fn url(pattern: &str, values: &[&dyn Display]) -> String {
    // The empty pattern does not parse. It adds nothing to its group's path.
    match Pattern::parse(pattern) {
        Ok(pattern) => path_of(&pattern, values),
        Err(_) => String::new(),
    }
}

/// Returns the path of `pattern` with `values` in the place of its params, in order.
pub(crate) fn path_of(pattern: &Pattern, values: &[&dyn Display]) -> String {
    let mut url = String::new();
    let mut values = values.iter();
    for piece in pattern.pieces() {
        match piece {
            Piece::Static(text) => url += &path::encode(&text.replace('%', "%25")),
            Piece::Param(_) => values
                .next()
                .into_iter()
                .for_each(|value| push(&mut url, value, SEGMENT)),
            Piece::CatchAll(_) => values
                .next()
                .into_iter()
                .for_each(|value| push_rest(&mut url, value)),
        }
    }
    url
}

/// Appends the value of a `*rest`, with or without the slash that it starts with.
fn push_rest(url: &mut String, value: &dyn Display) {
    let start = url.len();
    push(url, value, REST);
    if url[start..].starts_with('/') {
        url.remove(start);
    }
}

fn push(url: &mut String, value: &dyn Display, encoded: &'static AsciiSet) {
    write!(Encoder { url, encoded }, "{value}").expect("`Display` of a param does not fail");
}

struct Encoder<'a> {
    url: &'a mut String,
    encoded: &'static AsciiSet,
}

impl Write for Encoder<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.url.extend(utf8_percent_encode(text, self.encoded));
        Ok(())
    }
}
