//! The format of a page, negotiated with the client.

use http::header::ACCEPT;
use http::{HeaderMap, Method};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For browsers.
    Html(Revisit),
    /// `application/problem+json` (RFC 9457), for API clients.
    Problem,
    /// For programs that read text, and for bug reports.
    Markdown,
    /// For terminals: rustc's own text.
    Text(Color),
    /// For scripts that put the response into a page: a sentence, which replaces nothing there.
    Fragment,
}

/// The way in which a page may be requested again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revisit {
    /// The page was visited: it may reload by itself.
    Freely,
    /// The page is the response to a form: only the user may send it again.
    Asks,
    /// The app has exited over the request: it may be sent again by itself once the code is another.
    Edited,
}

/// The colors of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Color {
    Plain,
    /// ANSI escape codes, for clients that accept `text/x-ansi`.
    Ansi,
}

impl Format {
    /// Returns the format that the request's `Accept` ranks highest (RFC 9110 §12.5.1). Default: text without colors.
    pub(crate) fn negotiate(method: &Method, headers: &HeaderMap) -> Format {
        let html = Format::Html(if is_safe(method) {
            Revisit::Freely
        } else {
            Revisit::Asks
        });
        if navigates(headers) {
            return html;
        }
        let mut best = (0, Format::Text(Color::Plain));
        for (media, weight) in accepted(headers) {
            if let Some(format) = known(media, html)
                && weight > best.0
            {
                best = (weight, format);
            }
        }
        best.1
    }

    /// Returns the format of a page in place of the app's response. A script of the app may put that into a page, where a page of
    /// ours would replace a part of it.
    pub(crate) fn in_place(self, headers: &HeaderMap) -> Format {
        match self {
            Format::Html(_) | Format::Text(_) if is_fragment(headers) => Format::Fragment,
            format => format,
        }
    }

    /// Returns the format of a page for a request over which the app has exited.
    pub(crate) fn after_exit(self) -> Format {
        match self {
            Format::Html(Revisit::Freely) => Format::Html(Revisit::Edited),
            other => other,
        }
    }
}

/// Fields of requests for fragments of pages, as scripts send them: htmx, jQuery, Turbo, PJAX, Unpoly.
const FRAGMENT_HEADERS: [&str; 5] = [
    "hx-request",
    "x-requested-with",
    "turbo-frame",
    "x-pjax",
    "x-up-version",
];

/// Returns `true` if a script requests a fragment of a page by a library, as browsers send no `Sec-Fetch-*` to a host that is not
/// local, unless it has TLS.
pub(crate) fn has_fragment_header(headers: &HeaderMap) -> bool {
    let mut names = FRAGMENT_HEADERS.iter();
    names.any(|name| headers.contains_key(*name))
}

/// Returns `true` if a script of a page reads the response.
fn is_fragment(headers: &HeaderMap) -> bool {
    let is_fetch = headers
        .get("sec-fetch-dest")
        .is_some_and(|destination| destination == "empty");
    !navigates(headers) && (is_fetch || has_fragment_header(headers))
}

/// Returns `true` if a user navigates to a page, and `false` if a script requests data.
pub(crate) fn is_navigation(method: &Method, headers: &HeaderMap) -> bool {
    let wants_html = || {
        accepted(headers)
            .any(|(media, weight)| weight > 0 && media.eq_ignore_ascii_case("text/html"))
    };
    is_safe(method) && (navigates(headers) || wants_html())
}

/// Returns `true` if the browser shows the response as a page, also that to a form.
pub(crate) fn is_visit(method: &Method, headers: &HeaderMap) -> bool {
    navigates(headers) || is_navigation(method, headers)
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn navigates(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-mode")
        .is_some_and(|mode| mode == "navigate")
}

fn known(media: &str, html: Format) -> Option<Format> {
    let media = media.to_ascii_lowercase();
    match media.as_str() {
        "text/html" | "application/xhtml+xml" => Some(html),
        "application/json" | "application/problem+json" => Some(Format::Problem),
        "text/markdown" => Some(Format::Markdown),
        "text/x-ansi" => Some(Format::Text(Color::Ansi)),
        "text/plain" | "text/*" | "*/*" => Some(Format::Text(Color::Plain)),
        _ if media.ends_with("+json") => Some(Format::Problem),
        _ => None,
    }
}

/// Returns the media ranges of `Accept`, each with its weight in thousandths.
fn accepted(headers: &HeaderMap) -> impl Iterator<Item = (&str, u16)> {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=").map(thousandths));
            (media, weight.unwrap_or(1000))
        })
}

/// Returns 250 for `0.25`. Anything that is not a weight counts as 1.
fn thousandths(weight: &str) -> u16 {
    let Some((whole, fraction)) = weight.split_once('.') else {
        return if weight == "0" { 0 } else { 1000 };
    };
    let digits = format!("{fraction:0<3}");
    match (
        whole,
        digits.get(..3).and_then(|digits| digits.parse().ok()),
    ) {
        ("0", Some(thousandths)) => thousandths,
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, http::HeaderValue::from_static(value));
        }
        headers
    }

    const HTML: Format = Format::Html(Revisit::Freely);
    const PLAIN: Format = Format::Text(Color::Plain);

    #[test]
    fn the_highest_ranked_format_is_chosen() {
        for (accept, format) in [
            ("", PLAIN),
            ("*/*", PLAIN),
            ("image/png", PLAIN),
            ("text/html,application/xhtml+xml,*/*;q=0.8", HTML),
            ("application/json", Format::Problem),
            ("application/json, text/plain, */*", Format::Problem),
            ("application/vnd.api+json", Format::Problem),
            ("text/markdown, text/html;q=0.9", Format::Markdown),
            ("text/html;q=0.2, application/json;q=0.25", Format::Problem),
            ("text/html;q=0", PLAIN),
            ("text/html;level=1;q=0.9, text/plain;q=0.8", HTML),
            ("TEXT/HTML", HTML),
            ("text/x-ansi", Format::Text(Color::Ansi)),
            ("text/html;q=banana", HTML),
            (",;=,q=", PLAIN),
        ] {
            let headers = headers(&[("accept", accept)]);
            assert_eq!(
                Format::negotiate(&Method::GET, &headers),
                format,
                "{accept}"
            );
        }
    }

    #[test]
    fn a_browser_that_navigates_gets_html_whatever_it_accepts() {
        let headers = headers(&[
            ("accept", "application/json"),
            ("sec-fetch-mode", "navigate"),
        ]);
        assert_eq!(Format::negotiate(&Method::GET, &headers), HTML);
    }

    #[test]
    fn a_submitted_form_is_never_sent_again_by_itself() {
        let headers = headers(&[("sec-fetch-mode", "navigate")]);
        let format = Format::negotiate(&Method::POST, &headers);
        assert_eq!(format, Format::Html(Revisit::Asks));
    }

    #[test]
    fn a_script_gets_no_page_in_place_of_the_app_s_response() {
        for (fields, expected) in [
            (
                &[
                    ("accept", "*/*"),
                    ("sec-fetch-dest", "empty"),
                    ("sec-fetch-mode", "cors"),
                ][..],
                Format::Fragment,
            ),
            (
                &[("accept", "text/html"), ("hx-request", "true")],
                Format::Fragment,
            ),
            (
                &[("accept", "text/html"), ("turbo-frame", "list")],
                Format::Fragment,
            ),
            (
                &[("accept", "application/json"), ("sec-fetch-dest", "empty")],
                Format::Problem,
            ),
            // A service worker fetches the page of a visit without a destination.
            (
                &[
                    ("accept", "text/html"),
                    ("sec-fetch-dest", "empty"),
                    ("sec-fetch-mode", "navigate"),
                ],
                HTML,
            ),
            (
                &[
                    ("accept", "text/html"),
                    ("sec-fetch-dest", "document"),
                    ("sec-fetch-mode", "navigate"),
                ],
                HTML,
            ),
            (&[("accept", "*/*")], PLAIN),
        ] {
            let headers = headers(fields);
            let format = Format::negotiate(&Method::GET, &headers).in_place(&headers);
            assert_eq!(format, expected, "{fields:?}");
        }
    }

    #[test]
    fn only_safe_methods_navigate() {
        let html = headers(&[("accept", "text/html")]);
        let mode = headers(&[("sec-fetch-mode", "navigate"), ("accept", "*/*")]);
        let fetch = headers(&[("sec-fetch-mode", "cors"), ("accept", "*/*")]);
        for (method, headers, expected) in [
            (Method::GET, &html, true),
            (Method::HEAD, &mode, true),
            (Method::POST, &html, false),
            (Method::POST, &mode, false),
            (Method::GET, &fetch, false),
        ] {
            assert_eq!(
                is_navigation(&method, headers),
                expected,
                "{method} {headers:?}"
            );
        }
    }
}
