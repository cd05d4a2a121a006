//! Responses, and the assertions that tests make about them.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::Value;

use crate::timeout::within;

/// A response with its complete body.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    body: Bytes,
}

impl Response {
    /// Reads the body to its end.
    pub(crate) async fn collect(response: http::Response<Incoming>) -> hyper::Result<Response> {
        let (head, body) = response.into_parts();
        Ok(Response {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.collect().await?.to_bytes(),
        })
    }

    /// Fails unless the status is this one.
    #[must_use = "a test usually checks more than the status"]
    pub fn is(self, status: u16) -> Response {
        assert_eq!(self.status, status, "{}", self.visible());
        self
    }

    /// Fails unless the body is exactly this text.
    pub fn says(&self, text: &str) {
        assert_eq!(self.text(), text, "status {}", self.status);
    }

    /// Fails unless a user sees this text.
    pub fn shows(&self, text: &str) -> &Response {
        let visible = self.visible();
        assert!(visible.contains(text), "`{text}` is not shown:\n{visible}");
        self
    }

    /// Fails unless a header has exactly this value.
    pub fn has(&self, name: &str, value: &str) -> &Response {
        let found = self.headers.get(name).and_then(|found| found.to_str().ok());
        assert_eq!(found, Some(value), "{name}, status {}", self.status);
        self
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// The text as a user sees it: HTML without its markup.
    fn visible(&self) -> String {
        let is_html = self.headers.get("content-type");
        let is_html = is_html.is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
        if is_html {
            without_markup(&self.text())
        } else {
            self.text()
        }
    }
}

/// A response whose body is still being received.
#[derive(Debug)]
pub struct ResponseStream {
    /// The status code.
    pub status: u16,
    response: http::Response<Incoming>,
    received: Vec<u8>,
}

impl ResponseStream {
    pub(crate) fn new(response: http::Response<Incoming>) -> ResponseStream {
        ResponseStream {
            status: response.status().as_u16(),
            response,
            received: Vec::new(),
        }
    }

    /// Returns hyper's response.
    pub(crate) fn into_response(self) -> http::Response<Incoming> {
        self.response
    }

    /// Waits until `text` has been received.
    pub async fn receives(&mut self, text: &str) {
        within(&format!("`{text}` in a stream"), async {
            while !self.has_received(text) {
                assert!(self.next().await, "the stream ended before `{text}`");
            }
        })
        .await;
    }

    /// Fails when the body has ended.
    pub async fn stays_open(&mut self) {
        let next = tokio::time::timeout(Duration::ZERO, self.next());
        assert_ne!(next.await, Ok(false), "the stream has ended");
    }

    /// Waits for the end of the body, whole or cut.
    pub async fn ends(mut self) {
        within("the end of a stream", async { while self.next().await {} }).await;
    }

    /// Returns the part of the body that has been received so far.
    pub fn received(&self) -> String {
        String::from_utf8_lossy(&self.received).into_owned()
    }

    fn has_received(&self, text: &str) -> bool {
        self.received().contains(text)
    }

    async fn next(&mut self) -> bool {
        let Some(Ok(frame)) = self.response.body_mut().frame().await else {
            return false;
        };
        if let Some(data) = frame.data_ref() {
            self.received.extend_from_slice(data);
        }
        true
    }
}

fn without_markup(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, markup)) = rest.split_once('<') {
        text.push_str(before);
        // Users see none of the content of these elements.
        let end = ["style", "script", "template"]
            .iter()
            .find(|name| markup.starts_with(**name))
            .map_or_else(|| ">".to_owned(), |name| format!("</{name}>"));
        rest = markup.split_once(&end).map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}
