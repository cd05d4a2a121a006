//! HTML responses.

use std::borrow::Cow;

use crate::content::media::HTML;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::response::into_response::typed;
use crate::response::{IntoResponse, Response};

/// HTML text as a response. The text is sent as it is: escape what comes from users.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn home() -> Html<&'static str> {
///     Html("<h1>Hello</h1>")
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let home = Client::new(Group::new("").get("/", home)).get("/").await;
/// home.has_header("content-type", "text/html; charset=utf-8").has_text("<h1>Hello</h1>");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Html<T>(pub T);

impl<T: Into<Cow<'static, str>>> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        html(self.0.into())
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "text/html", serde_json::json!({ "type": "string" }));
    }
}

fn html(text: Cow<'static, str>) -> Response {
    match text {
        Cow::Borrowed(text) => typed(HTML, text),
        Cow::Owned(text) => typed(HTML, text),
    }
}
