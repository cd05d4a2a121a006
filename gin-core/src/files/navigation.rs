//! Navigations: requests for a page, which a single-page app handles in the browser.

use http::{HeaderValue, Method, header};

use crate::request::Context;

/// Returns `true` if a browser opens the path `below` as a page. A missing script or image is a request of another kind.
pub(super) fn is_navigation(cx: &Context, below: &str) -> bool {
    let is_read = matches!(*cx.method(), Method::GET | Method::HEAD);
    if !is_read || is_asset(below) {
        return false;
    }
    let is_document =
        |dest: &str| matches!(dest, "document" | "iframe" | "frame" | "embed" | "object");
    match (cx.header("sec-fetch-mode"), cx.header("sec-fetch-dest")) {
        (Some(mode), Some(dest)) => mode == "navigate" && is_document(dest),
        (Some(mode), None) => mode == "navigate",
        // Older browsers do not send these headers.
        (None, _) => accepts_html(cx),
    }
}

fn accepts_html(cx: &Context) -> bool {
    let values = cx.headers().get_all(header::ACCEPT).iter();
    let mut ranges = values
        .filter_map(|value: &HeaderValue| value.to_str().ok())
        .flat_map(|text| text.split(','));
    ranges.any(|range| {
        let (range, parameters) = range.split_once(';').unwrap_or((range, ""));
        let is_html = matches!(range.trim(), "text/html" | "application/xhtml+xml");
        let is_refused = |parameter: &str| {
            let parameter = parameter.replace(' ', "");
            matches!(&*parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        };
        is_html && !parameters.split(';').any(is_refused)
    })
}

/// The extensions of what pages load. A path of an app may have a dot as well: `/users/jane.doe`, `/versions/1.2`.
const ASSETS: &[&str] = &[
    "avif",
    "bmp",
    "br",
    "css",
    "csv",
    "gif",
    "gz",
    "ico",
    "jpeg",
    "jpg",
    "js",
    "json",
    "map",
    "mjs",
    "mp3",
    "mp4",
    "ogg",
    "otf",
    "pdf",
    "php",
    "png",
    "svg",
    "ttf",
    "txt",
    "wasm",
    "wav",
    "webm",
    "webmanifest",
    "webp",
    "woff",
    "woff2",
    "xml",
    "zip",
    "zst",
];

fn is_asset(below: &str) -> bool {
    let name = below.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let extension = extension.unwrap_or_default();
    ASSETS
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}
