//! `openapi`: a document of the routes.

use gin::prelude::*;
use gin::schemars::JsonSchema;
use gin::testing::Client;

#[derive(serde::Serialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct User {
    id: u32,
}

/// Returns a user.
#[get("/users/:id")]
async fn show(id: u32) -> Json<User> {
    Json(User { id })
}

#[tokio::test]
async fn routes_are_described() {
    let app = Group::new("").mount(routes![show]).openapi("/openapi.json");
    let client = Client::new(app);
    let document: serde_json::Value = client.get("/openapi.json").await.json();
    let operation = &document["paths"]["/users/{id}"]["get"];
    assert_eq!(operation["summary"], "Returns a user.");
    assert_eq!(operation["parameters"][0]["schema"]["format"], "uint32");
    client
        .get("/users/7")
        .await
        .is(200)
        .has_json(json!({ "id": 7 }));
}
