//! A response that is read piece by piece.

use std::fmt;

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, StatusCode};

use crate::content::Body;
use crate::failure::IntoStatus;
use crate::response::Response;
use crate::testing::response::TestResponse;

/// A response whose body is read piece by piece, from [`TestRequest::stream`](crate::testing::TestRequest::stream).
///
/// Dropping it is a client that disconnects.
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// async fn count() -> Body {
///     Body::from_writer(async |mut out| {
///         for number in 1.. {
///             out.send(number.to_string()).await;
///         }
///     })
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/count", count));
/// let mut numbers = client.get("/count").stream().await.is(200);
/// assert_eq!(numbers.next_chunk().await.unwrap(), "1");
/// assert_eq!(numbers.next_chunk().await.unwrap(), "2");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "a stream is read by `next_chunk`"]
pub struct TestStream {
    request_line: String,
    head: Parts,
    body: Body,
}

impl TestStream {
    pub(super) fn new(request_line: String, response: Response) -> TestStream {
        let (head, body) = response.into_parts();
        TestStream {
            request_line,
            head,
            body,
        }
    }

    /// Checks that the status is `status`.
    ///
    /// # Panics
    ///
    /// Panics if it is another one.
    #[track_caller]
    pub fn is(self, status: impl IntoStatus) -> TestStream {
        let status = status.into_status();
        assert!(self.status() == status, "expected {status}, got {self:?}");
        self
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Returns the next piece of the body, or `None` at its end.
    ///
    /// # Panics
    ///
    /// Panics if the body breaks off.
    pub async fn next_chunk(&mut self) -> Option<Bytes> {
        match self.body.chunk().await {
            Ok(chunk) => chunk,
            Err(error) => panic!("the body of {} broke off: {error}", self.request_line),
        }
    }

    /// Reads the rest of the body.
    ///
    /// # Panics
    ///
    /// Panics if the body breaks off.
    pub async fn rest(self) -> TestResponse {
        let response = Response::from_parts(self.head, self.body);
        TestResponse::read(self.request_line, response).await
    }
}

/// The request line and the head of the response.
impl fmt::Debug for TestStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} to {}", self.head.status, self.request_line)?;
        for (name, value) in &self.head.headers {
            writeln!(f, "  {name}: {}", value.as_bytes().escape_ascii())?;
        }
        Ok(())
    }
}
