//! The page to try an API: HTML, a script and a style sheet, which are parts of the program.

use std::sync::Arc;

use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;

use crate::future::BoxFuture;
use crate::handlers::Handler;
use crate::openapi::served::{Asset, asset};
use crate::request::Context;
use crate::response::{Response, escape};

const PAGE: &str = include_str!("page/page.html");
const SCRIPT: &str = include_str!("page/page.js");
const STYLE: &str = include_str!("page/page.css");

/// The page loads nothing from elsewhere, runs no inline script, and is shown in no other page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src *; img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The handler that responds with the page.
struct Page {
    /// The paths of the page and of its document, without the prefixes of groups.
    page: String,
    document: String,
}

impl Page {
    fn html(&self, pattern: &str) -> String {
        let name = self.page.rsplit('/').next().unwrap_or_default();
        let prefix = pattern.strip_suffix(self.page.as_str());
        let document = format!("{}{}", prefix.unwrap_or_default(), self.document);
        PAGE.replace("{{name}}", &escape(name))
            .replace("{{page}}", &escape(pattern))
            .replace("{{document}}", &escape(&document))
    }
}

impl Handler for Page {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        let html = self.html(cx.pattern().unwrap_or_default());
        let mut response = asset("text/html; charset=utf-8", html.into());
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, POLICY);
        Box::pin(async { response })
    }
}

/// Returns the files of the page at `page` for the document at `document`, each with its path and its name.
pub(super) fn assets(page: &str, document: &str) -> [(String, &'static str, Arc<dyn Handler>); 3] {
    let html = Page {
        page: page.to_owned(),
        document: document.to_owned(),
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
