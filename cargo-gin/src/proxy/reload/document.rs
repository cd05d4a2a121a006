//! Appends the reload script to pages that a user looks at.
//!
//! The end of the body is the one place that can be found without reading it, and browsers treat what follows `</html>` as a part
//! of the page. A body that was cut off gets no script, so that it does not look complete.

use std::sync::LazyLock;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING,
    CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, RANGE, UPGRADE, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use tokio::sync::watch;

use crate::assets::Assets;
use crate::page;
use crate::proxy::access::{Host, Token};
use crate::proxy::reload::appended::Appended;
use crate::proxy::reload::policy::{self, Needs};
use crate::proxy::settings::Overlay;
use crate::proxy::streams::Body;
use crate::proxy::upstream::Upstream;
use crate::proxy::upstream::headers::tokens;

/// The script. It is inline, so that it also runs where a policy allows no script files.
static SCRIPT: LazyLock<String> = LazyLock::new(|| page::script(include_str!("reload.js")));

/// Fields that describe the body without the script.
const BODY_HEADERS: [HeaderName; 5] = [
    ACCEPT_RANGES,
    HeaderName::from_static("content-md5"),
    HeaderName::from_static("digest"),
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
];

/// A request for a page.
pub(crate) struct Document {
    method: Method,
    /// The URL that the script connects to, as a source of a policy.
    endpoints: String,
}

/// The versions of the code and the assets that a page shows. The script compares it with the newest one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edition {
    attempt: u64,
    revision: u64,
}

/// Live reload.
pub(crate) struct Reload {
    /// The files that browsers reload without a build. `None` with `--no-reload`.
    assets: Option<watch::Receiver<Assets>>,
    /// The id of this run.
    run: HeaderValue,
    overlay: Overlay,
}

impl Reload {
    /// Returns the live reload of a run. Without `assets` it leaves all pages as they are.
    pub(crate) fn new(
        assets: Option<watch::Receiver<Assets>>,
        run: HeaderValue,
        overlay: Overlay,
    ) -> Reload {
        Reload {
            assets,
            run,
            overlay,
        }
    }

    /// Returns the document that a user requests, if it is one, and changes the request so that a script can be appended.
    ///
    /// `host` is the host of the page, as the browser names it.
    pub(crate) fn document<B>(&self, request: &mut Request<B>, host: &Host) -> Option<Document> {
        self.assets.as_ref()?;
        if !is_visit(request.method(), request.headers()) {
            return None;
        }
        let endpoints = endpoints(host);
        let headers = request.headers_mut();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        // "Not modified" would be about the app's page, but the browser's copy has a script.
        headers.remove(IF_NONE_MATCH);
        headers.remove(IF_MODIFIED_SINCE);
        let method = request.method().clone();
        Some(Document { method, endpoints })
    }

    /// Returns the edition that a page of `upstream` shows if it is requested now.
    pub(crate) fn edition(&self, upstream: Upstream) -> Edition {
        let assets = self.assets.as_ref();
        Edition {
            attempt: upstream.attempt,
            revision: assets.map_or(0, |assets| assets.borrow().revision()),
        }
    }

    /// Appends the script to the app's response, if it is a page.
    pub(crate) fn append_script(
        &self,
        document: &Document,
        edition: Edition,
        response: Response<Body>,
    ) -> Response<Body> {
        let (mut head, body) = response.into_parts();
        if !is_extensible(head.status, &head.headers) {
            return Response::from_parts(head, body);
        }
        let nonce = Token::random();
        let needs = Needs {
            nonce: nonce.as_str(),
            endpoints: &document.endpoints,
        };
        if !policy::allow_script(&mut head.headers, needs) {
            return Response::from_parts(head, body);
        }
        let script = self.script(document, edition, &nonce);
        adjust(&mut head.headers, script.len());
        if document.method == Method::HEAD {
            return Response::from_parts(head, body);
        }
        Response::from_parts(head, Appended::new(body, script).boxed_unsync())
    }

    fn script(&self, document: &Document, edition: Edition, nonce: &Token) -> Bytes {
        let Edition { attempt, revision } = edition;
        let run = self.run.to_str().unwrap_or_default();
        let nonce = nonce.as_str();
        let revisit = if matches!(document.method, Method::GET | Method::HEAD) {
            "freely"
        } else {
            "asks"
        };
        let script = format!(
            "<script nonce=\"{nonce}\" data-run=\"{run}\" data-build=\"{attempt}\" data-revision=\"{revision}\" \
             data-revisit=\"{revisit}\" data-overlay=\"{}\">{}</script>",
            self.overlay.name(),
            *SCRIPT
        );
        Bytes::from(script)
    }
}

/// Returns `true` if a user visits a page, rather than a script requesting a fragment of one.
fn is_visit(method: &Method, headers: &HeaderMap) -> bool {
    if headers.contains_key(RANGE) || headers.contains_key(UPGRADE) {
        return false;
    }
    if let Some(destination) = headers.get("sec-fetch-dest") {
        let mode = headers.get("sec-fetch-mode").map(HeaderValue::as_bytes);
        return match destination.as_bytes() {
            b"document" | b"iframe" | b"frame" => true,
            // A service worker fetches the page of a visit without a destination.
            b"empty" => mode == Some(b"navigate"),
            _ => false,
        };
    }
    page::is_navigation(method, headers) && !page::has_fragment_header(headers)
}

/// Returns `true` if the response is a complete page in plain HTML.
fn is_extensible(status: StatusCode, headers: &HeaderMap) -> bool {
    let has_page = match status {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::PARTIAL_CONTENT => false,
        status => status.is_success() || status.is_client_error() || status.is_server_error(),
    };
    let mut codings = tokens(headers, &CONTENT_ENCODING);
    let mut directives = tokens(headers, &CACHE_CONTROL);
    let disposition = headers.get(CONTENT_DISPOSITION).map(HeaderValue::as_bytes);
    has_page
        && is_html(headers)
        && codings.all(|coding| coding.eq_ignore_ascii_case("identity"))
        // RFC 9110 §7.7: a proxy must not transform such a response.
        && !directives.any(|directive| directive.eq_ignore_ascii_case("no-transform"))
        && !headers.contains_key(CONTENT_RANGE)
        && disposition.is_none_or(|disposition| disposition.to_ascii_lowercase().starts_with(b"inline"))
}

/// Returns `true` for HTML in a charset that contains ASCII.
fn is_html(headers: &HeaderMap) -> bool {
    let Some(Ok(media)) = headers.get(CONTENT_TYPE).map(HeaderValue::to_str) else {
        return false;
    };
    let media = media.to_ascii_lowercase();
    let mut parts = media.split(';').map(str::trim);
    let is_wide = |charset: &str| charset.starts_with("utf-16") || charset.starts_with("utf-32");
    parts.next() == Some("text/html")
        && !parts
            .filter_map(|part| part.strip_prefix("charset="))
            .any(|charset| is_wide(charset.trim_matches('"')))
}

/// Adjusts the fields to a body that is longer by `added` bytes.
fn adjust(headers: &mut HeaderMap, added: usize) {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    if let Some(length) = length.and_then(|length: u64| length.checked_add(added as u64)) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    for name in BODY_HEADERS {
        headers.remove(name);
    }
    if let Some(etag) = headers.get(ETAG)
        && !etag.as_bytes().starts_with(b"W/")
    {
        // RFC 9110 §8.8.1: the same page, but not byte for byte.
        let weak = HeaderValue::from_bytes(&[b"W/", etag.as_bytes()].concat());
        headers.insert(ETAG, weak.expect("the tag was one before"));
    }
    headers.append(VARY, HeaderValue::from_static("Sec-Fetch-Dest"));
}

/// Returns the URL of the proxy's endpoints as a source of a policy, or `'self'` if the host cannot be written in one.
fn endpoints(host: &Host) -> String {
    let host = host.to_string();
    let is_valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    if host.chars().all(is_valid) {
        format!("{host}/__gin/")
    } else {
        "'self'".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn the_script_is_small_and_ends_where_its_element_does() {
        assert!(SCRIPT.len() < 9 * 1024, "{}", SCRIPT.len());
        assert!(!SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
    }

    #[test]
    fn only_a_user_s_visit_is_a_visit() {
        let html = ("accept", "text/html,*/*;q=0.8");
        for (method, fields, expected) in [
            (Method::GET, &[("sec-fetch-dest", "document")][..], true),
            (Method::GET, &[("sec-fetch-dest", "iframe")], true),
            (Method::GET, &[("sec-fetch-dest", "frame")], true),
            (Method::POST, &[("sec-fetch-dest", "document")], true),
            (Method::GET, &[("sec-fetch-dest", "empty"), html], false),
            (
                Method::GET,
                &[("sec-fetch-dest", "empty"), ("sec-fetch-mode", "navigate")],
                true,
            ),
            (
                Method::GET,
                &[
                    ("sec-fetch-dest", "empty"),
                    ("sec-fetch-mode", "cors"),
                    html,
                ],
                false,
            ),
            (
                Method::GET,
                &[("sec-fetch-dest", "object"), ("sec-fetch-mode", "navigate")],
                false,
            ),
            (Method::GET, &[("sec-fetch-dest", "image"), html], false),
            (Method::GET, &[("sec-fetch-dest", "object"), html], false),
            (Method::GET, &[html], true),
            (Method::HEAD, &[html], true),
            (Method::POST, &[html], false),
            (Method::GET, &[html, ("hx-request", "true")], false),
            (
                Method::GET,
                &[html, ("x-requested-with", "XMLHttpRequest")],
                false,
            ),
            (Method::GET, &[html, ("turbo-frame", "list")], false),
            (Method::GET, &[html, ("range", "bytes=0-9")], false),
            (Method::GET, &[html, ("upgrade", "websocket")], false),
            (Method::GET, &[("accept", "*/*")], false),
            (Method::GET, &[("accept", "application/json")], false),
            (Method::GET, &[("accept", "text/event-stream")], false),
            (Method::GET, &[], false),
        ] {
            let found = is_visit(&method, &headers(fields));
            assert_eq!(found, expected, "{method} {fields:?}");
        }
    }

    #[test]
    fn only_a_complete_page_in_plain_html_is_extensible() {
        let html = ("content-type", "text/html");
        for (status, fields, expected) in [
            (200, &[html][..], true),
            (201, &[html], true),
            (404, &[html], true),
            (500, &[html], true),
            (204, &[html], false),
            (205, &[html], false),
            (206, &[html], false),
            (301, &[html], false),
            (304, &[html], false),
            (200, &[("content-type", "TEXT/HTML; charset=utf-8")], true),
            (
                200,
                &[("content-type", "text/html;charset=\"ISO-8859-1\"")],
                true,
            ),
            (
                200,
                &[("content-type", "text/html; charset=UTF-16LE")],
                false,
            ),
            (200, &[("content-type", "text/html-sandboxed")], false),
            (200, &[("content-type", "application/xhtml+xml")], false),
            (200, &[("content-type", "text/plain")], false),
            (200, &[("content-type", "application/json")], false),
            (200, &[("content-type", "text/event-stream")], false),
            (200, &[], false),
            (200, &[html, ("content-encoding", "identity")], true),
            (200, &[html, ("content-encoding", "gzip")], false),
            (200, &[html, ("content-encoding", "br, identity")], false),
            (200, &[html, ("content-range", "bytes 0-9/10")], false),
            (200, &[html, ("content-disposition", "attachment")], false),
            (
                200,
                &[html, ("content-disposition", "Attachment; filename=a.html")],
                false,
            ),
            (
                200,
                &[html, ("content-disposition", "inline; filename=a.html")],
                true,
            ),
            (
                200,
                &[html, ("cache-control", "private, No-Transform")],
                false,
            ),
            (200, &[html, ("cache-control", "max-age=60")], true),
        ] {
            let found = is_extensible(StatusCode::from_u16(status).unwrap(), &headers(fields));
            assert_eq!(found, expected, "{status} {fields:?}");
        }
    }

    #[test]
    fn the_fields_describe_the_longer_body() {
        let mut fields = headers(&[
            ("content-length", "100"),
            ("etag", "\"abc\""),
            ("vary", "Cookie"),
            ("content-md5", "x"),
            ("digest", "x"),
            ("content-digest", "x"),
            ("repr-digest", "x"),
            ("accept-ranges", "bytes"),
            ("last-modified", "x"),
        ]);
        adjust(&mut fields, 23);
        let expected = headers(&[
            ("content-length", "123"),
            ("etag", "W/\"abc\""),
            ("vary", "Cookie"),
            ("vary", "Sec-Fetch-Dest"),
            ("last-modified", "x"),
        ]);
        assert_eq!(fields, expected);
    }

    #[test]
    fn a_weak_tag_is_not_changed() {
        let mut fields = headers(&[("etag", "W/\"abc\"")]);
        adjust(&mut fields, 1);
        assert_eq!(fields[ETAG], "W/\"abc\"");
    }

    #[test]
    fn a_policy_names_the_endpoints_exactly_where_it_can() {
        for (host, expected) in [
            ("localhost:3000", "localhost:3000/__gin/"),
            ("app.test", "app.test/__gin/"),
            ("127.0.0.1:80", "127.0.0.1:80/__gin/"),
            ("[::1]:3000", "'self'"),
        ] {
            let parsed = Host::parse(host).unwrap();
            assert_eq!(endpoints(&parsed), expected, "{host}");
        }
    }
}
