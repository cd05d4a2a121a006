//! A request that calls a route, and its response with the type that the route returns.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::failure::IntoStatus;
use crate::future::BoxFuture;
use crate::testing::{Returns, TestRequest, TestResponse};

/// A request that calls a route, from [`Client::call`](crate::testing::Client::call). Awaiting it sends it.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// #[get("/agent")]
/// async fn agent(cx: &mut Context) -> String {
///     cx.header("user-agent").unwrap_or_default().to_owned()
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![agent]));
/// let agent = client.call(agent::with()).header("user-agent", "curl").await.value();
/// assert_eq!(agent, "curl");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a request is sent by awaiting it"]
pub struct TypedRequest<'a, R> {
    request: TestRequest<'a>,
    returned: PhantomData<fn() -> R>,
}

impl<'a, R> TypedRequest<'a, R> {
    pub(super) fn new(request: TestRequest<'a>) -> TypedRequest<'a, R> {
        TypedRequest {
            request,
            returned: PhantomData,
        }
    }

    /// Adds a header, such as one that a middleware or an extractor of the app reads.
    ///
    /// # Panics
    ///
    /// Panics if `name` or `value` is invalid.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> TypedRequest<'a, R> {
        self.request = self.request.header(name, value);
        self
    }

    /// Returns the request without the type of its response, such as to read a stream of it.
    pub fn untyped(self) -> TestRequest<'a> {
        self.request
    }
}

impl<'a, R: 'a> IntoFuture for TypedRequest<'a, R> {
    type Output = TypedResponse<R>;
    type IntoFuture = BoxFuture<'a, TypedResponse<R>>;

    fn into_future(self) -> BoxFuture<'a, TypedResponse<R>> {
        let response = self.request.into_future();
        Box::pin(async move {
            TypedResponse {
                response: response.await,
                returned: PhantomData,
            }
        })
    }
}

/// The response of a route that returns an `R`, with the checks of a [`TestResponse`].
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// #[get("/numbers")]
/// async fn numbers() -> gin::Result<Json<Vec<u32>>> {
///     Ok(Json(vec![1, 2]))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![numbers]));
/// let numbers = client.call(numbers::with()).await.is(200);
/// assert_eq!(numbers.header("content-type"), Some("application/json"));
/// assert_eq!(numbers.value(), [1, 2]);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct TypedResponse<R> {
    response: TestResponse,
    returned: PhantomData<fn() -> R>,
}

impl<R> TypedResponse<R> {
    /// Returns the value that the handler put into the response: the `T` of a `Json<T>`, and text.
    ///
    /// # Panics
    ///
    /// Panics if the response is an error, or has another body.
    #[track_caller]
    pub fn value<T>(&self) -> T
    where
        R: Returns<Value = T>,
    {
        let status = self.response.status();
        let is_error = status.is_client_error() || status.is_server_error();
        assert!(!is_error, "expected a value, got {:?}", self.response);
        R::value(&self.response)
    }
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "a check may be the last one"
)]
impl<R> TypedResponse<R> {
    /// Checks that the status is `status`.
    ///
    /// # Panics
    ///
    /// Panics if it is another one.
    #[track_caller]
    pub fn is(mut self, status: impl IntoStatus) -> TypedResponse<R> {
        self.response = self.response.is(status);
        self
    }

    /// Checks that the body is `text`.
    ///
    /// # Panics
    ///
    /// Panics if it is another one.
    #[track_caller]
    pub fn has_text(mut self, text: &str) -> TypedResponse<R> {
        self.response = self.response.has_text(text);
        self
    }

    /// Checks that the body contains `text`.
    ///
    /// # Panics
    ///
    /// Panics if it does not.
    #[track_caller]
    pub fn contains(mut self, text: &str) -> TypedResponse<R> {
        self.response = self.response.contains(text);
        self
    }

    /// Checks that the header `name` is `value`.
    ///
    /// # Panics
    ///
    /// Panics if it is missing or has another value.
    #[track_caller]
    pub fn has_header(mut self, name: &str, value: &str) -> TypedResponse<R> {
        self.response = self.response.has_header(name, value);
        self
    }

    /// Returns the response without its type.
    pub fn untyped(self) -> TestResponse {
        self.response
    }
}

impl<R> Deref for TypedResponse<R> {
    type Target = TestResponse;

    fn deref(&self) -> &TestResponse {
        &self.response
    }
}
