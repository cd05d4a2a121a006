//! The list of a directory's files, as a page.

use std::fmt::Write;

use http::{HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::response::{Html, IntoResponse, Response, escape};

/// RFC 3986 §2.3: the other characters are percent-encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// No more names are listed.
const MOST_NAMES: usize = 10_000;

/// Returns the page of the directory at `path`, a canonical path. The names of directories end with a slash.
pub(super) fn listing(path: &str, mut names: Vec<String>) -> Response {
    names.sort_by_key(|name| (!name.ends_with('/'), name.to_lowercase()));
    let title = escape(path);
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}}</style>\
         <h1>{title}</h1><ul>"
    );
    for name in names.iter().take(MOST_NAMES) {
        let (plain, slash) = match name.strip_suffix('/') {
            Some(plain) => (plain, "/"),
            None => (name.as_str(), ""),
        };
        // Behind `./` a colon does not make a scheme of the name.
        let link = utf8_percent_encode(plain, SEGMENT);
        let text = escape(plain);
        let _ = write!(page, "<li><a href=\"./{link}{slash}\">{text}{slash}</a>");
    }
    page += "</ul>";
    let mut response = Html(page).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-cache"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
