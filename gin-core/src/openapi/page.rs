//! The page to try an API: HTML, a script and a style sheet, which are parts of the program.

use std::sync::{Arc, OnceLock};

use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;

use crate::future::BoxFuture;
use crate::handlers::Handler;
use crate::openapi::outline::outline;
use crate::openapi::served::{Asset, Document, asset};
use crate::request::Context;
use crate::response::{Response, escape};

const PAGE: &str = include_str!("page/page.html");
const SCRIPT: &str = include_str!("page/page.js");
const STYLE: &str = include_str!("page/page.css");

/// The page loads nothing from elsewhere, runs no inline script, and is shown in no other page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src *; img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The handler that responds with the page.
struct Page {
    /// The paths of the page and of its document, without the prefixes of groups.
    place: String,
    path: String,
    document: Arc<Document>,
    /// The page, from the first request on.
    html: OnceLock<String>,
}

impl Page {
    fn html(&self, pattern: &str) -> String {
        let name = self.place.rsplit('/').next().unwrap_or_default();
        let prefix = pattern.strip_suffix(self.place.as_str());
        let path = format!("{}{}", prefix.unwrap_or_default(), self.path);
        let document = self.document.value();
        let info = &document["info"];
        let title =
            [&info["title"], &info["version"]].map(|text| text.as_str().unwrap_or_default());
        let about = info["description"].as_str().unwrap_or_default();
        // The outline comes last: its text may look like one of the places.
        PAGE.replace("{{name}}", &escape(name))
            .replace("{{page}}", &escape(pattern))
            .replace("{{document}}", &escape(&path))
            .replace("{{link}}", &escape(&relative(pattern, &path)))
            .replace("{{title}}", &escape(&title.join(" ")))
            .replace("{{about}}", &escape(about))
            .replace("{{outline}}", &outline(&document))
    }
}

impl Handler for Page {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        let html = self
            .html
            .get_or_init(|| self.html(cx.pattern().unwrap_or_default()));
        let html = html.clone();
        let mut response = asset("text/html; charset=utf-8", html.into());
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, POLICY);
        Box::pin(async { response })
    }
}

/// Returns the path `to` as a reference from the page at `from`, which is right behind a proxy with a prefix as well.
fn relative(from: &str, to: &str) -> String {
    let (from, to): (Vec<_>, Vec<_>) = (from.split('/').collect(), to.split('/').collect());
    let shared = from.iter().zip(&to).take_while(|(own, other)| own == other);
    let shared = shared.count().min(from.len() - 1).min(to.len() - 1);
    let up = "../".repeat(from.len() - 1 - shared);
    format!("{up}{}", to.get(shared..).unwrap_or_default().join("/"))
}

/// Returns the files of the page at `page` for the document at `path`, each with its path and its name.
pub(super) fn assets(
    page: &str,
    path: &str,
    document: &Arc<Document>,
) -> [(String, &'static str, Arc<dyn Handler>); 3] {
    let html = Page {
        place: page.to_owned(),
        path: path.to_owned(),
        document: document.clone(),
        html: OnceLock::new(),
    };
    let file = |media_type, text| Arc::new(Asset { media_type, text });
    [
        (page.to_owned(), "openapi::page", Arc::new(html)),
        (
            format!("{page}.js"),
            "openapi::script",
            file("text/javascript; charset=utf-8", SCRIPT),
        ),
        (
            format!("{page}.css"),
            "openapi::style",
            file("text/css; charset=utf-8", STYLE),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn the_link_to_the_document_is_relative() {
        for (page, document, expected) in [
            ("/api/openapi", "/api/openapi.json", "openapi.json"),
            ("/openapi", "/openapi.json", "openapi.json"),
            ("/docs", "/api/v1.json", "api/v1.json"),
            ("/api/docs/page", "/api/v1.json", "../v1.json"),
            ("/a/b/c", "/d", "../../d"),
        ] {
            assert_eq!(relative(page, document), expected, "{page} {document}");
        }
    }
}
