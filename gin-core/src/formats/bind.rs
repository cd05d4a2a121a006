//! The method of the context that reads a value in any format.

use http::Method;
use serde::de::DeserializeOwned;

use crate::extract::{Form, FromContext, Query, Rejection, Severity, is_form};
use crate::failure::Problem;
#[cfg(any(
    feature = "bson",
    feature = "cbor",
    feature = "msgpack",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
use crate::formats;
use crate::request::Context;
use crate::response::{Json, is_json};

/// Reads the body as the first format that takes its content type.
macro_rules! first_format {
    ($cx:ident $sent:ident: $($feature:literal $module:ident $format:ident),*) => {$(
        #[cfg(feature = $feature)]
        if formats::$module::FORMAT.takes($sent) {
            return formats::$format::from_context($cx).await.map(|formats::$format(value)| value);
        }
    )*};
}

impl Context {
    /// Reads the client's input as a value: the query for `GET` and `HEAD`, and for a `DELETE` without a body; else the body, as a
    /// form, as JSON or in another [format](crate::formats) that is compiled in, by its content type.
    ///
    /// The app's crate compiles the code of each of these formats for `T`. A handler that takes one format compiles less.
    ///
    /// # Errors
    ///
    /// The rejections of [`Query`], [`Form`] and [`Json`]. A content type of none of the formats is 415.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[derive(serde::Deserialize)]
    /// struct User { name: String }
    ///
    /// async fn create(cx: &mut Context) -> Result<String> {
    ///     let user: User = cx.bind().await?;
    ///     Ok(user.name)
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").post("/users", create));
    /// client.post("/users").json(&json!({ "name": "Ann" })).await.has_text("Ann");
    /// client.post("/users").form("name=Bob").await.has_text("Bob");
    /// client.post("/users").form("age=7").await.is(422);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias(
        "Bind",
        "MustBind",
        "BindWith",
        "MustBindWith",
        "ShouldBind",
        "ShouldBindWith",
        "ShouldBindBodyWith",
        "BindJSON"
    ))]
    pub async fn bind<T: DeserializeOwned + Send>(&mut self) -> Result<T, Rejection> {
        let is_query = match *self.method() {
            Method::GET | Method::HEAD => true,
            Method::DELETE => self.content_type().is_none(),
            _ => false,
        };
        if is_query {
            return Query::from_context(self).await.map(|Query(value)| value);
        }
        let Some(sent) = self.content_type().map(str::to_owned) else {
            return Err(unsupported(Severity::Absent));
        };
        let sent = sent.as_str();
        if is_json(sent) {
            return Json::from_context(self).await.map(|Json(value)| value);
        }
        if is_form(sent) {
            return Form::from_context(self).await.map(|Form(value)| value);
        }
        first_format! {
            self sent: "xml" xml Xml, "yaml" yaml Yaml, "toml" toml Toml, "msgpack" msgpack MsgPack, "cbor" cbor Cbor, "bson" bson Bson
        }
        Err(unsupported(Severity::Invalid))
    }
}

fn unsupported(severity: Severity) -> Rejection {
    let detail = "the body must be sent as application/json, as a form, or in another format of this service";
    Rejection::new(severity, Problem::new(415).detail(detail))
}
