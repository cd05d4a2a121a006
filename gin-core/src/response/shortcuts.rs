//! Methods of the context that build responses, as in Go's gin.

use std::borrow::Cow;

use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::content::Body;
use crate::failure::{IntoStatus, Problem};
use crate::request::Context;
use crate::response::into_response::typed;
use crate::response::{Html, IntoResponse, Json, Redirect, Response};

/// Methods that build responses, as in Go's gin.
impl Context {
    /// Returns a value as JSON.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/", async |cx: &mut Context| cx.json(200, json!({ "id": 7 })));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_json(json!({ "id": 7 }));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias(
        "PureJSON",
        "AbortWithStatusJSON",
        "AbortWithStatusPureJSON",
        "WriteJSON"
    ))]
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn json(&self, status: impl IntoStatus, value: impl Serialize) -> Response {
        with_status(status.checked_status(), Json(value))
    }

    /// Returns text as `text/plain`.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/:name", async |cx: &mut Context| cx.string(200, format!("Hello, {}!", cx.param("name").unwrap_or("you"))));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/Ann").await.has_text("Hello, Ann!");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "WriteString")]
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn string(&self, status: impl IntoStatus, text: impl Into<String>) -> Response {
        with_status(status.checked_status(), text.into())
    }

    /// Returns HTML text. The text is sent as it is: escape what comes from users.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/", async |cx: &mut Context| cx.html(200, "<h1>Hello</h1>"));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_header("content-type", "text/html; charset=utf-8");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn html(&self, status: impl IntoStatus, html: impl Into<Cow<'static, str>>) -> Response {
        with_status(status.checked_status(), Html(html))
    }

    /// Returns bytes, or any other body, with a media type. A media type that is not valid in a header is 500.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/", async |cx: &mut Context| cx.data(200, "text/csv", "name,age"));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_header("content-type", "text/csv").has_text("name,age");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "PDF")]
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn data(
        &self,
        status: impl IntoStatus,
        media_type: &str,
        bytes: impl Into<Body>,
    ) -> Response {
        let media_type = match HeaderValue::from_str(media_type) {
            Ok(media_type) => media_type,
            Err(error) => return Problem::new(500).because(error).into_response(),
        };
        with_status(status.checked_status(), typed(media_type, bytes))
    }

    /// Returns a redirect. [`Redirect`] has constructors for the usual statuses.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/old", async |cx: &mut Context| cx.redirect(301, "/new"));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/old").await.is(301).has_header("location", "/new");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn redirect(&self, status: impl IntoStatus, location: impl Into<String>) -> Response {
        Redirect::with(status, location).into_response()
    }

    /// Returns a status without a body.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").delete("/users/:id", async |cx: &mut Context| cx.status(204));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).delete("/users/7").await.is(204);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn status(&self, status: impl IntoStatus) -> Response {
        with_status(status.checked_status(), ())
    }
}

/// Returns `body` with `status`, or the problem of a number that is not a status code: `body` is not the one of a 500.
fn with_status(status: Result<StatusCode, Problem>, body: impl IntoResponse) -> Response {
    match status {
        Ok(status) => (status, body).into_response(),
        Err(problem) => problem.into_response(),
    }
}
