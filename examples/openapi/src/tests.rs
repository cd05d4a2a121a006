//! The service, and its document.

use gin::testing::Client;
use serde_json::Value;

use super::*;

#[tokio::test]
async fn a_book_is_added_and_found() {
    let client = Client::new(app());
    let book = json!({ "title": "Emma", "year": 1815 });
    client.post("/api/books").json(&book).await.is(201);
    client.get("/api/books/1").await.is(200).contains("Emma");
    client
        .get("/api/books?since=1900")
        .await
        .has_json(json!([]));
    client.delete("/api/books/1").await.is(204);
    client.get("/api/books/1").await.is(404);
}

#[tokio::test]
async fn the_document_has_the_rules_of_the_types() {
    let document: Value = Client::new(app())
        .get("/api/openapi.json")
        .await
        .is(200)
        .json();
    assert_eq!(
        document["paths"]["/api/books"]["post"]["summary"],
        "Adds a book."
    );
    let year = &document["components"]["schemas"]["NewBook"]["properties"]["year"];
    assert_eq!(
        (&year["minimum"], &year["description"]),
        (&json!(1450), &json!("The year of the first edition."))
    );
}
