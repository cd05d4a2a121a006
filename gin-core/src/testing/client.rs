//! The client that sends requests to an engine without a socket.

use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use http_body::Body as _;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::Group;
use crate::connection::Connection;
use crate::content::Body;
use crate::dispatch::Engine;
use crate::failure::{IntoStatus, Problem};
use crate::future::BoxFuture;
use crate::request::Context;
use crate::response::Response;

/// Asks an engine without a socket.
#[derive(Debug, Clone)]
pub struct Client {
    engine: Engine,
}

impl Client {
    /// A client of the engine of `group`.
    ///
    /// # Panics
    ///
    /// If something is wrong with the group, with all that is.
    #[track_caller]
    pub fn new(group: Group) -> Client {
        match Engine::new(group) {
            Ok(engine) => Client { engine },
            Err(error) => panic!("{error}"),
        }
    }

    /// A request with any method. `target` is a path, with a query or without.
    ///
    /// # Panics
    ///
    /// If `method` is no method or `target` no target.
    #[track_caller]
    pub fn request(&self, method: &str, target: &str) -> TestRequest<'_> {
        let method = Method::from_bytes(method.as_bytes());
        let mut head = http::Request::new(());
        *head.method_mut() = method.expect("a method is a token");
        *head.uri_mut() = target.parse::<Uri>().expect("a target is a path");
        head.headers_mut()
            .insert(header::HOST, HeaderValue::from_static("localhost"));
        TestRequest {
            client: self,
            head,
            body: Body::empty(),
        }
    }

    /// A `GET` request.
    #[track_caller]
    pub fn get(&self, target: &str) -> TestRequest<'_> {
        self.request("GET", target)
    }

    /// A `HEAD` request.
    #[track_caller]
    pub fn head(&self, target: &str) -> TestRequest<'_> {
        self.request("HEAD", target)
    }

    /// A `POST` request.
    #[track_caller]
    pub fn post(&self, target: &str) -> TestRequest<'_> {
        self.request("POST", target)
    }

    /// A `PUT` request.
    #[track_caller]
    pub fn put(&self, target: &str) -> TestRequest<'_> {
        self.request("PUT", target)
    }

    /// A `PATCH` request.
    #[track_caller]
    pub fn patch(&self, target: &str) -> TestRequest<'_> {
        self.request("PATCH", target)
    }

    /// A `DELETE` request.
    #[track_caller]
    pub fn delete(&self, target: &str) -> TestRequest<'_> {
        self.request("DELETE", target)
    }
}

/// A request in the making; awaiting it sends it.
#[derive(Debug)]
#[must_use = "a request is sent by awaiting it"]
pub struct TestRequest<'a> {
    client: &'a Client,
    head: http::Request<()>,
    body: Body,
}

impl TestRequest<'_> {
    /// Adds a header.
    ///
    /// # Panics
    ///
    /// If `name` or `value` cannot be one.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = name
            .parse::<HeaderName>()
            .expect("a header's name is a token");
        let value = value.parse().expect("a header's value is visible text");
        self.head.headers_mut().append(name, value);
        self
    }

    /// Sends a body as it is.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends a value as JSON.
    ///
    /// # Panics
    ///
    /// If the value has no JSON.
    #[track_caller]
    pub fn json(self, value: &impl Serialize) -> Self {
        let json = serde_json::to_vec(value).expect("the value has JSON");
        self.header("content-type", "application/json").body(json)
    }

    /// Sends a form, encoded already: `name=Ann&age=7`.
    #[track_caller]
    pub fn form(self, form: &'static str) -> Self {
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(form)
    }
}

impl<'a> IntoFuture for TestRequest<'a> {
    type Output = TestResponse;
    type IntoFuture = BoxFuture<'a, TestResponse>;

    fn into_future(self) -> BoxFuture<'a, TestResponse> {
        let request = self.head.map(|()| self.body);
        let asked = format!("{} {}", request.method(), request.uri());
        let (head, body) = request.into_parts();
        let engine = &self.client.engine;
        Box::pin(async move {
            let connection = Arc::new(Connection::default());
            let mut cx = Context::new(head, body.into(), connection, engine.site());
            let endpoint = engine.admit(&mut cx);
            let response = endpoint.answer(&mut cx).await;
            TestResponse::read(asked, response).await
        })
    }
}

/// A response that was read to its end.
///
/// What it must be is said in a chain; the first thing that it is not panics, with all of it.
pub struct TestResponse {
    asked: String,
    head: Parts,
    body: Bytes,
}

#[expect(clippy::return_self_not_must_use, reason = "a claim stands alone")]
impl TestResponse {
    async fn read(asked: String, response: Response) -> TestResponse {
        let (head, mut body) = response.into_parts();
        let mut octets = BytesMut::new();
        while let Some(frame) = poll_fn(|task| Pin::new(&mut body).poll_frame(task)).await {
            match frame {
                Ok(frame) => octets.extend_from_slice(&frame.into_data().unwrap_or_default()),
                Err(error) => panic!("the body of {asked} broke off: {error}"),
            }
        }
        TestResponse {
            asked,
            head,
            body: octets.freeze(),
        }
    }

    /// The status is this.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    pub fn is(self, status: impl IntoStatus) -> TestResponse {
        let status = status.into_status();
        assert!(self.status() == status, "expected {status}, got {self:?}");
        self
    }

    /// The body is this text.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    pub fn has_text(self, text: &str) -> TestResponse {
        assert!(
            self.text() == text,
            "expected the body {text:?}, got {self:?}"
        );
        self
    }

    /// The body has this text somewhere.
    ///
    /// # Panics
    ///
    /// If it has not.
    #[track_caller]
    pub fn contains(self, text: &str) -> TestResponse {
        assert!(self.text().contains(text), "expected {text:?} in {self:?}");
        self
    }

    /// The body is this JSON.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "so that `json!` can stand there"
    )]
    pub fn has_json(self, json: serde_json::Value) -> TestResponse {
        let body = self.json::<serde_json::Value>();
        assert!(body == json, "expected {json}, got {self:?}");
        self
    }

    /// The header has this value.
    ///
    /// # Panics
    ///
    /// If it has not, or is not there.
    #[track_caller]
    pub fn has_header(self, name: &str, value: &str) -> TestResponse {
        assert!(
            self.header(name) == Some(value),
            "expected {name}: {value}, got {self:?}"
        );
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// The body's octets.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// If it is not UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// If it is not JSON, or not of that type.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("expected JSON ({error}), got {self:?}"),
        }
    }

    /// The problem that the response was made from.
    pub fn problem(&self) -> Option<&Problem> {
        self.head.extensions.get()
    }
}

/// The question and the whole answer, as one would read them off the wire.
impl fmt::Debug for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} to {}", self.head.status, self.asked)?;
        for (name, value) in &self.head.headers {
            writeln!(f, "  {name}: {}", value.as_bytes().escape_ascii())?;
        }
        write!(f, "\n  {}", String::from_utf8_lossy(&self.body))
    }
}
