//! Serving a document: whose routes it has, and where it is.

use gin::openapi::OpenApi;
use gin::prelude::*;
use gin::testing::Client;
use serde_json::Value;

#[get("/users")]
async fn users() {}

#[get("/orders")]
async fn orders() {}

async fn paths(client: &Client, document: &str) -> Vec<String> {
    let document: Value = client.get(document).await.is(200).json();
    let paths = document["paths"].as_object().expect("paths");
    paths.keys().cloned().collect()
}

#[tokio::test]
async fn a_document_has_the_routes_of_its_group_and_those_inside() {
    let inner = Group::new("/v1").mount(routes![users]);
    let api = Group::new("/api").nest(inner).openapi("/openapi.json");
    let app = Group::new("")
        .mount(routes![orders])
        .nest(api)
        .openapi("/all.json");
    let client = Client::new(app);
    assert_eq!(paths(&client, "/api/openapi.json").await, ["/api/v1/users"]);
    assert_eq!(
        paths(&client, "/all.json").await,
        ["/api/v1/users", "/orders"]
    );
}

#[tokio::test]
async fn routes_without_an_attribute_are_not_described() {
    let app = Group::new("")
        .mount(routes![users])
        .get("/ping", async || "pong");
    let client = Client::new(app.openapi("/openapi.json"));
    assert_eq!(paths(&client, "/openapi.json").await, ["/users"]);
}

#[tokio::test]
async fn settings_change_the_head_and_the_page() {
    let settings = OpenApi::new("/api")
        .server("https://api.example")
        .page("/docs");
    let client = Client::new(Group::new("").mount(routes![users]).openapi(settings));
    let document: Value = client.get("/api").await.json();
    assert_eq!(
        document["servers"],
        json!([{ "url": "https://api.example" }])
    );
    assert_eq!(document["info"]["title"], "openapi");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    client.get("/docs").await.is(200).contains("docs.js");
}

#[tokio::test]
async fn a_document_may_have_no_page() {
    let settings = OpenApi::new("/openapi.json").without_page();
    let client = Client::new(Group::new("").mount(routes![users]).openapi(settings));
    client.get("/openapi").await.is(404);
}

#[test]
fn a_path_that_is_taken_is_a_flaw() {
    let app = Group::new("").mount(routes![users]).openapi("/users");
    let error = app
        .build()
        .expect_err("two routes have the path")
        .to_string();
    assert!(error.contains("GET /users"), "{error}");
    assert!(error.contains("serving.rs"), "{error}");
}

#[tokio::test]
async fn the_head_names_license_contact_and_tags() {
    let settings = OpenApi::new("/api.json")
        .license("MIT OR Apache-2.0")
        .contact("api@example.com")
        .tag("b", "Second by name.")
        .tag("a", "First by name.");
    let client = Client::new(Group::new("").mount(routes![users]).openapi(settings));
    let document: Value = client.get("/api.json").await.json();
    let license = json!({ "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" });
    assert_eq!(document["info"]["license"], license);
    let contact = json!({ "email": "api@example.com" });
    assert_eq!(document["info"]["contact"], contact);
    let tags = json!([
        { "name": "b", "description": "Second by name." },
        { "name": "a", "description": "First by name." },
    ]);
    assert_eq!(document["tags"], tags);
}

/// Is for the app's own pages.
#[doc(hidden)]
#[get("/internal")]
async fn internal() -> &'static str {
    "internal"
}

#[tokio::test]
async fn a_hidden_function_is_not_described() {
    let app = Group::new("").mount(routes![users, internal]);
    let client = Client::new(app.openapi("/openapi.json"));
    assert_eq!(paths(&client, "/openapi.json").await, ["/users"]);
    client.get("/internal").await.has_text("internal");
}
