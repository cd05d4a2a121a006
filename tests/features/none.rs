//! An app without features.

use gin::prelude::*;
use gin::testing::Client;

#[derive(serde::Deserialize)]
struct User {
    name: String,
}

#[get("/users/:id")]
async fn show(id: u64) -> String {
    format!("user {id}")
}

#[post("/users")]
async fn create(Form(user): Form<User>) -> (StatusCode, String) {
    (StatusCode::CREATED, user.name)
}

#[tokio::test]
async fn routes_and_forms_need_no_feature() {
    let client = Client::new(gin::default().mount(routes![show, create]));
    client.get("/users/7").await.is(200).has_text("user 7");
    let created = client.post("/users").form("name=Ann").await;
    created.is(201).has_text("Ann");
    client.post("/users").form("nome=Ann").await.is(422);
}
