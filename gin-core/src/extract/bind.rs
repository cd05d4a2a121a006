//! Methods of the context that read the body without an extractor.

use bytes::Bytes;
use http::Method;
use serde::de::DeserializeOwned;

use crate::extract::json::is_json;
use crate::extract::{Form, FromContext, Query, Rejection, Severity};
use crate::request::Context;
use crate::response::Json;

impl Context {
    /// Reads the whole body. The context keeps it, so that it can be read again.
    ///
    /// # Errors
    ///
    /// A rejection with 413 if the body is larger than [`Group::body_limit`](crate::Group::body_limit), 400 if it is cut off, and
    /// 408 if it is late.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn size(cx: &mut Context) -> Result<String> {
    ///     Ok(format!("{} bytes", cx.bytes().await?.len()))
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").post("/size", size));
    /// client.post("/size").body("hello").await.has_text("5 bytes");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub async fn bytes(&mut self) -> Result<Bytes, Rejection> {
        let read = self.read_body().await;
        read.map_err(|problem| Rejection::new(Severity::Fatal, problem))
    }

    /// Reads the client's input as a value: the query for `GET`, `HEAD` and `DELETE`; for other methods the body, as JSON or as a
    /// form by its content type.
    ///
    /// # Errors
    ///
    /// The rejections of [`Query`], [`Json`] and [`Form`].
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
    pub async fn bind<T: DeserializeOwned + Send>(&mut self) -> Result<T, Rejection> {
        let is_query = matches!(*self.method(), Method::GET | Method::HEAD | Method::DELETE);
        if is_query {
            return Query::from_context(self).await.map(|Query(value)| value);
        }
        match self.content_type() {
            Some(sent) if !is_json(sent) => Form::from_context(self).await.map(|Form(value)| value),
            _ => Json::from_context(self).await.map(|Json(value)| value),
        }
    }
}
