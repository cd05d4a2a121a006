//! The document of a group, once its routes are known, and the handlers that serve it.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::Value;

use crate::app::{DescribedRoute, Part, PlacedRoute};
use crate::future::BoxFuture;
use crate::handlers::Handler;
use crate::openapi::document::document;
use crate::openapi::settings::OpenApi;
use crate::request::Context;
use crate::response::{Body, Response};

/// The document of a group.
pub(super) struct Document {
    settings: OpenApi,
    text: OnceLock<Bytes>,
}

impl Document {
    pub(super) fn new(settings: OpenApi) -> Document {
        Document {
            settings,
            text: OnceLock::new(),
        }
    }

    /// Returns the document, which is empty until the engine is built.
    pub(super) fn value(&self) -> Value {
        let text = self.text.get();
        let value = text.and_then(|text| serde_json::from_slice(text).ok());
        value.unwrap_or_default()
    }

    fn is_around(&self, route: &DescribedRoute) -> bool {
        let own: *const Document = self;
        let mut parts = route.parts.iter();
        parts.any(|part| std::ptr::addr_eq(Arc::as_ptr(part), own))
    }
}

impl Part for Document {
    fn assemble(&self, _: &[PlacedRoute]) -> Vec<String> {
        Vec::new()
    }

    fn describe(&self, routes: &[DescribedRoute]) {
        let own: Vec<_> = routes
            .iter()
            .filter(|route| self.is_around(route))
            .collect();
        let base = common_prefix(&own);
        let text = document(&self.settings, base, &own).to_string();
        let _ = self.text.set(text.into());
    }
}

/// Returns the prefix that the groups of all routes share, in whole segments.
fn common_prefix<'a>(routes: &[&'a DescribedRoute]) -> &'a str {
    let mut groups = routes.iter().map(|route| route.group.as_str());
    let first = groups.next().unwrap_or_default();
    let mut end = first.len();
    for group in groups {
        while !is_prefix(first.get(..end).unwrap_or_default(), group) {
            let shorter = first.get(..end).and_then(|prefix| prefix.rfind('/'));
            end = shorter.unwrap_or_default();
        }
    }
    first.get(..end).unwrap_or_default()
}

fn is_prefix(prefix: &str, group: &str) -> bool {
    let rest = group.strip_prefix(prefix);
    rest.is_some_and(|rest| prefix.is_empty() || rest.is_empty() || rest.starts_with('/'))
}

/// The handler that responds with the document.
pub(super) struct DocumentHandler(pub(super) Arc<Document>);

impl Handler for DocumentHandler {
    fn call<'a>(&'a self, _: &'a mut Context) -> BoxFuture<'a, Response> {
        let text = self.0.text.get().cloned().unwrap_or_default();
        let response = asset("application/json", text.into());
        Box::pin(async { response })
    }
}

/// A file of the page, which is a part of the program.
pub(super) struct Asset {
    pub(super) media_type: &'static str,
    pub(super) text: &'static str,
}

impl Handler for Asset {
    fn call<'a>(&'a self, _: &'a mut Context) -> BoxFuture<'a, Response> {
        let response = asset(self.media_type, self.text.into());
        Box::pin(async { response })
    }
}

pub(super) fn asset(media_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
