//! Todos in a database in memory.

use gin::testing::Client;

use super::*;

#[tokio::test]
async fn a_todo_is_created_done_and_removed() {
    let db = open(SqliteConnectOptions::new().in_memory(true))
        .await
        .unwrap();
    let client = Client::new(app(db));
    let created = client
        .post("/todos")
        .json(&json!({ "title": "Buy milk" }))
        .await
        .is(201);
    created.has_json(json!({ "id": 1, "title": "Buy milk", "done": false }));
    client
        .patch("/todos/1")
        .json(&json!({ "done": true }))
        .await
        .is(200);
    let all = json!([{ "id": 1, "title": "Buy milk", "done": true }]);
    client.get("/todos").await.has_json(all);
    client.delete("/todos/1").await.is(204);
    client.delete("/todos/1").await.is(404);
    client.get("/todos").await.has_json(json!([]));
}

#[tokio::test]
async fn a_todo_without_a_title_names_the_field() {
    let db = open(SqliteConnectOptions::new().in_memory(true))
        .await
        .unwrap();
    let refused = Client::new(app(db))
        .post("/todos")
        .json(&json!({ "title": "" }))
        .await;
    refused.is(422).contains("title");
}
