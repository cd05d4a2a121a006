//! A response that the client got, and the checks on it.

use std::fmt::{self, Write};
use std::future::poll_fn;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use http::response::Parts;
use http::{HeaderMap, StatusCode};
use http_body::Body as _;
use serde::de::DeserializeOwned;

use crate::failure::{IntoStatus, Problem};
use crate::response::Response;

/// A response, read to its end, with checks that can be chained.
///
/// A check that fails panics. The message shows the request line and the whole response.
///
/// ```
/// use gin::{prelude::*, testing::Client};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let user = async || Json(json!({ "name": "Ann", "age": 7 }));
/// let client = Client::new(Group::new("").get("/user", user));
///
/// let response = client.get("/user").await.is(200).has_header("content-type", "application/json");
/// assert_eq!(response.json::<serde_json::Value>()["name"], "Ann");
///
/// let response = client.get("/nowhere").await.is(404);
/// assert_eq!(response.problem().map(Problem::title), Some("Not Found"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TestResponse {
    request_line: String,
    head: Parts,
    body: Bytes,
}

#[expect(
    clippy::return_self_not_must_use,
    reason = "a check may be the last one"
)]
impl TestResponse {
    pub(super) async fn read(request_line: String, response: Response) -> TestResponse {
        let (head, mut body) = response.into_parts();
        let mut bytes = BytesMut::new();
        while let Some(frame) = poll_fn(|task| Pin::new(&mut body).poll_frame(task)).await {
            match frame {
                Ok(frame) => bytes.extend_from_slice(&frame.into_data().unwrap_or_default()),
                Err(error) => panic!("the body of {request_line} broke off: {error}"),
            }
        }
        TestResponse {
            request_line,
            head,
            body: bytes.freeze(),
        }
    }

    /// Checks that the status is `status`.
    ///
    /// # Panics
    ///
    /// Panics if it is another one.
    #[track_caller]
    pub fn is(self, status: impl IntoStatus) -> TestResponse {
        let status = status.into_status();
        assert!(self.status() == status, "expected {status}, got {self:?}");
        self
    }

    /// Checks that the body is `text`.
    ///
    /// # Panics
    ///
    /// Panics if it is another one.
    #[track_caller]
    pub fn has_text(self, text: &str) -> TestResponse {
        assert!(
            self.text() == text,
            "expected the body {text:?}, got {self:?}"
        );
        self
    }

    /// Checks that the body contains `text`.
    ///
    /// # Panics
    ///
    /// Panics if it does not.
    #[track_caller]
    pub fn contains(self, text: &str) -> TestResponse {
        assert!(self.text().contains(text), "expected {text:?} in {self:?}");
        self
    }

    /// Checks that the body is `json`.
    ///
    /// # Panics
    ///
    /// Panics if it is another value, or not JSON.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "so that `json!` can be passed"
    )]
    pub fn has_json(self, json: serde_json::Value) -> TestResponse {
        let body = self.json::<serde_json::Value>();
        assert!(body == json, "expected {json}, got {self:?}");
        self
    }

    /// Checks that the header `name` is `value`.
    ///
    /// # Panics
    ///
    /// Panics if it is missing or has another value.
    #[track_caller]
    pub fn has_header(self, name: &str, value: &str) -> TestResponse {
        assert!(
            self.header(name) == Some(value),
            "expected {name}: {value}, got {self:?}"
        );
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

    /// Returns a header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// Returns the body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// Returns the body as text.
    ///
    /// # Panics
    ///
    /// Panics if it is not UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// Returns the body as a value, from JSON.
    ///
    /// # Panics
    ///
    /// Panics if it is not JSON, or not of this type.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("expected JSON ({error}), got {self:?}"),
        }
    }

    /// Returns the response as text that is the same in every run: the status, the headers in the order of their names, and the body.
    ///
    /// JSON is indented. A body that is not text is shown by its length. It is made for crates that compare with a file, such as
    /// `insta`.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/", async || ([("x-id", "7"), ("etag", "\"1\"")], Json(json!({ "id": 7 }))));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let text = Client::new(app).get("/").await.snapshot();
    /// let expected = r#"200 OK
    /// content-type: application/json
    /// etag: "1"
    /// x-id: 7
    ///
    /// {
    ///   "id": 7
    /// }
    /// "#;
    /// assert_eq!(text, expected);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn snapshot(&self) -> String {
        let mut headers: Vec<_> = self.head.headers.iter().collect();
        headers.sort_by_key(|(name, _)| name.as_str());
        let mut text = format!("{}\n", self.head.status);
        for (name, value) in headers {
            let _ = writeln!(
                text,
                "{name}: {}",
                String::from_utf8_lossy(value.as_bytes())
            );
        }
        let json = self
            .header("content-type")
            .filter(|sent| sent.contains("json"));
        let json = json.and_then(|_| serde_json::from_slice::<serde_json::Value>(&self.body).ok());
        let _ = match (json, std::str::from_utf8(&self.body)) {
            (Some(json), _) => writeln!(text, "\n{json:#}"),
            (None, Ok("")) => Ok(()),
            (None, Ok(body)) => writeln!(text, "\n{body}"),
            (None, Err(_)) => writeln!(text, "\n({} bytes)", self.body.len()),
        };
        text
    }

    /// Returns the problem that the response was made from.
    pub fn problem(&self) -> Option<&Problem> {
        self.head.extensions.get()
    }
}

/// The request line, the whole response, and the error or the panic behind it.
impl fmt::Debug for TestResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} to {}", self.head.status, self.request_line)?;
        for (name, value) in &self.head.headers {
            writeln!(f, "  {name}: {}", value.as_bytes().escape_ascii())?;
        }
        write!(f, "\n  {}", String::from_utf8_lossy(&self.body))?;
        match self.problem().and_then(Problem::cause) {
            Some(cause) => write!(f, "\n  because: {}", cause.error()),
            None => Ok(()),
        }
    }
}
