//! The body, whole or as a value, without an extractor.

use bytes::Bytes;
use http::Method;
use serde::de::DeserializeOwned;

use crate::extract::json::is_json;
use crate::extract::{Fault, Form, FromContext, Query, Rejection};
use crate::request::Context;
use crate::response::Json;

impl Context {
    /// The whole body, which stays here to be read again.
    ///
    /// It is read once, up to the limit of [`Group::body_limit`](crate::Group::body_limit).
    pub async fn bytes(&mut self) -> Result<Bytes, Rejection> {
        let read = self.read_body().await;
        read.map_err(|problem| Rejection::new(Fault::Fatal, problem))
    }

    /// What the client sent as a value: the query for `GET`, `HEAD` and `DELETE`, else the body, as JSON or a form by its type.
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
