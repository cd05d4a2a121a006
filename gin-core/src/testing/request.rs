//! A request of the client, which is sent by awaiting it.

use std::future::IntoFuture;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderName, HeaderValue};
use serde::Serialize;

use crate::connection::Connection;
use crate::content::Body;
use crate::dispatch::Engine;
use crate::future::BoxFuture;
use crate::request::Context;
use crate::response::Response;
use crate::testing::client::{Redirects, Settings};
use crate::testing::events::TestEvents;
use crate::testing::multipart::MultipartForm;
use crate::testing::redirects::{self, collect, following};
use crate::testing::response::TestResponse;
use crate::testing::stream::TestStream;

/// A request that a [`Client`](crate::testing::Client) sends when it is awaited.
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// async fn add(cx: &mut Context) -> Result<Response> {
///     let numbers: Vec<u32> = cx.bind().await?;
///     let unit = cx.header("x-unit").unwrap_or("apples");
///     Ok(cx.string(200, format!("{} {unit}", numbers.iter().sum::<u32>())))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/add", add));
/// client.post("/add").json(&[1, 2, 3]).await.is(200).has_text("6 apples");
/// client.post("/add").header("x-unit", "pears").json(&[4]).await.is(200).has_text("4 pears");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a request is sent by awaiting it"]
pub struct TestRequest<'a> {
    engine: &'a Engine,
    settings: Settings,
    head: http::Request<()>,
    body: Body,
}

impl<'a> TestRequest<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        settings: Settings,
        head: http::Request<()>,
    ) -> TestRequest<'a> {
        TestRequest {
            engine,
            settings,
            head,
            body: Body::empty(),
        }
    }
}

impl TestRequest<'_> {
    /// Adds a header. `Host` replaces that of the client.
    ///
    /// # Panics
    ///
    /// Panics if `name` or `value` is invalid.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = name
            .parse::<HeaderName>()
            .expect("a header's name is a token");
        let value = value.parse().expect("a header's value is visible text");
        // The client has set it, and a request has one.
        if name == HOST {
            self.head.headers_mut().insert(name, value);
        } else {
            self.head.headers_mut().append(name, value);
        }
        self
    }

    /// Sets the user and the password of HTTP basic authentication (RFC 7617).
    ///
    /// ```
    /// # use gin::{middleware::BasicAuth, prelude::*, testing::Client};
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let app = Group::new("").with(BasicAuth::accounts([("ann", "secret")])).get("/", async || "in");
    /// let client = Client::new(app);
    /// client.get("/").basic_auth("ann", "wrong").await.is(401);
    /// client.get("/").basic_auth("ann", "secret").await.has_text("in");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "SetBasicAuth")]
    pub fn basic_auth(self, user: &str, password: &str) -> Self {
        let credentials = BASE64_STANDARD.encode(format!("{user}:{password}"));
        self.authorization(&format!("Basic {credentials}"))
    }

    /// Sets the token of bearer authentication (RFC 6750 §2.1).
    ///
    /// # Panics
    ///
    /// Panics if a header cannot have the token.
    #[track_caller]
    pub fn bearer_auth(self, token: &str) -> Self {
        self.authorization(&format!("Bearer {token}"))
    }

    #[track_caller]
    fn authorization(self, value: &str) -> Self {
        let value = value.parse().expect("a token is visible text");
        self.header_value(AUTHORIZATION, value)
    }

    /// Adds a header in the place of one with the same name.
    pub(super) fn header_value(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.head.headers_mut().insert(name, value);
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body to a value as JSON, with its `Content-Type`.
    ///
    /// # Panics
    ///
    /// Panics if the value cannot be serialized.
    #[track_caller]
    pub fn json(self, value: &impl Serialize) -> Self {
        let json = serde_json::to_vec(value).expect("the value has JSON");
        self.header("content-type", "application/json").body(json)
    }

    /// Sets the body to a form, with its `Content-Type`. The form must be encoded already: `name=Ann&age=7`.
    #[track_caller]
    pub fn form(self, form: impl Into<String>) -> Self {
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(form.into())
    }
}

impl TestRequest<'_> {
    /// Returns the context that the handler of the request would get, with its params and state, and without having run any
    /// middleware.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// fn page(cx: &Context) -> String {
    ///     format!("{} of {}", cx.query("page").unwrap_or("1".into()), cx.param("book").unwrap_or_default())
    /// }
    ///
    /// let client = Client::new(Group::new("").get("/books/:book", async |cx: &mut Context| page(cx)));
    /// let cx = client.get("/books/moby?page=7").into_context();
    /// assert_eq!(page(&cx), "7 of moby");
    /// ```
    #[doc(alias = "CreateTestContext")]
    pub fn into_context(self) -> Context {
        let connection = self.connection();
        let engine = self.engine;
        let mut cx = self.context(connection);
        engine.admit(&mut cx);
        cx
    }

    fn context(self, connection: Arc<Connection>) -> Context {
        let (mut head, body) = self.head.map(|()| self.body).into_parts();
        self.settings.jar.add_to(&mut head);
        Context::new(head, body.into(), connection, self.engine.site())
    }

    fn connection(&self) -> Arc<Connection> {
        Arc::new(Connection::in_test(self.settings.remote))
    }

    pub(super) fn request_line(&self) -> String {
        format!("{} {}", self.head.method(), self.head.uri())
    }

    /// Sends the request.
    pub(super) async fn send(self) -> Response {
        let connection = self.connection();
        self.send_on_connection(connection).await
    }

    pub(super) async fn send_on_connection(self, connection: Arc<Connection>) -> Response {
        let path = self.head.uri().path().to_owned();
        let jar = self.settings.jar.clone();
        let engine = self.engine;
        let mut cx = self.context(connection);
        let response = engine.receive(&mut cx).await.respond(&mut cx).await;
        jar.keep(&path, response.headers());
        response
    }

    /// Sends the request and those that redirects lead to.
    async fn send_and_follow(self) -> Response {
        let (engine, settings) = (self.engine, self.settings.clone());
        let request_line = self.request_line();
        let body = collect(self.body).await;
        let mut request = self.head.map(|()| body);
        for _ in 0..=redirects::MOST {
            let (head, body) = request.clone().into_parts();
            let head = http::Request::from_parts(head, ());
            let hop = TestRequest::new(engine, settings.clone(), head).body(body);
            let response = hop.send().await;
            match following(&request, &response) {
                Some(next) => request = next,
                None => return response,
            }
        }
        panic!(
            "{request_line} was redirected more than {} times",
            redirects::MOST
        );
    }

    /// Sets the body to a multipart form, with its `Content-Type`.
    #[track_caller]
    pub fn multipart(self, form: impl FnOnce(MultipartForm) -> MultipartForm) -> Self {
        let (content_type, body) = form(MultipartForm::default()).encode();
        self.header("content-type", &content_type).body(body)
    }
}

impl<'a> TestRequest<'a> {
    /// Sends the request, and returns as soon as the response has begun. Its body is read piece by piece.
    pub fn stream(self) -> BoxFuture<'a, TestStream> {
        Box::pin(async move {
            let request_line = self.request_line();
            let response = self.send().await;
            TestStream::new(request_line, response)
        })
    }
}

impl TestRequest<'_> {
    /// Sends the request and returns the events of the response, which are read one by one.
    ///
    /// # Panics
    ///
    /// Panics if the response is not 200 with a stream of events.
    pub async fn sse(self) -> TestEvents {
        let request_line = self.request_line();
        let response = self.send().await;
        TestEvents::of(request_line, response).await
    }

    #[cfg(feature = "websocket")]
    pub(super) fn head_mut(&mut self) -> &mut http::Request<()> {
        &mut self.head
    }
}

impl<'a> IntoFuture for TestRequest<'a> {
    type Output = TestResponse;
    type IntoFuture = BoxFuture<'a, TestResponse>;

    fn into_future(self) -> BoxFuture<'a, TestResponse> {
        Box::pin(async move {
            let request_line = self.request_line();
            let response = match self.settings.redirects {
                Redirects::Return => self.send().await,
                Redirects::Follow => self.send_and_follow().await,
            };
            TestResponse::read(request_line, response).await
        })
    }
}
