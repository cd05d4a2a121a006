//! Fields of forms and queries: fields left empty, lists and JSON in one text, dates.

mod blank;
mod dates;
mod json_texts;
mod lists;

use gin::prelude::*;
use gin::testing::{Client, TestResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Sends a query to an app that returns it as JSON.
async fn query<T: DeserializeOwned + Serialize + Send + 'static>(text: &str) -> TestResponse {
    let echo = async |Query(query): Query<T>| Json(query);
    let client = Client::new(Group::new("").get("/", echo));
    client.get(&format!("/?{text}")).await
}
