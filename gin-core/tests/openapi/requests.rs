//! Requests: params, queries, headers, bodies, and the problems that they can have.

#![expect(dead_code, reason = "the fields are only read from requests")]

use gin::extract::{Header, Multipart, Upload, Valid};
use gin::prelude::*;
use gin::schemars::JsonSchema;
use gin::testing::Client;
use gin::validator::Validate;
use serde::Deserialize;
use serde_json::Value;

/// Returns the only operation of the routes at a path.
fn operation(group: Group, path: &str, method: &str) -> Value {
    let document = group.build().expect("the app is right").openapi();
    document["paths"][path][method].clone()
}

fn statuses(operation: &Value) -> Vec<&str> {
    let responses = operation["responses"].as_object().expect("responses");
    responses.keys().map(String::as_str).collect()
}

#[derive(Deserialize, Validate, JsonSchema)]
#[validate(crate = "gin::validator")]
#[schemars(crate = "gin::schemars")]
#[serde(rename_all = "camelCase")]
struct SignUp {
    /// The address to write to.
    #[validate(email)]
    mail_address: String,
    #[validate(length(min = 8, max = 64))]
    password: String,
    #[validate(range(min = 18))]
    age: Option<u8>,
    #[serde(default)]
    newsletter: bool,
}

#[post("/sign-up")]
async fn sign_up(Valid(Json(_)): Valid<Json<SignUp>>) -> StatusCode {
    StatusCode::NO_CONTENT
}

#[test]
fn the_rules_of_a_validated_body_are_in_its_schema() {
    let document = Group::new("")
        .mount(routes![sign_up])
        .build()
        .unwrap()
        .openapi();
    let schema = &document["components"]["schemas"]["SignUp"];
    assert_eq!(schema["required"], json!(["mailAddress", "password"]));
    let fields = &schema["properties"];
    assert_eq!(fields["mailAddress"]["format"], "email");
    assert_eq!(
        fields["mailAddress"]["description"],
        "The address to write to."
    );
    assert_eq!(fields["password"]["minLength"], 8);
    assert_eq!(fields["age"]["minimum"], 18);
    assert_eq!(fields["age"]["maximum"], 255);
    let body = &document["paths"]["/sign-up"]["post"]["requestBody"];
    let content =
        json!({ "application/json": { "schema": { "$ref": "#/components/schemas/SignUp" } } });
    assert_eq!(*body, json!({ "required": true, "content": content }));
}

#[test]
fn a_body_has_the_problems_that_can_occur() {
    let sign_up = operation(Group::new("").mount(routes![sign_up]), "/sign-up", "post");
    assert_eq!(
        statuses(&sign_up),
        ["204", "400", "408", "413", "415", "422"]
    );
}

#[get("/users/:id/files/:name")]
async fn file(id: u16, name: &str) -> String {
    format!("{id} {name}")
}

#[test]
fn params_have_the_types_of_arguments() {
    let file = operation(
        Group::new("").mount(routes![file]),
        "/users/{id}/files/{name}",
        "get",
    );
    let [id, name] = &file["parameters"].as_array().expect("params")[..] else {
        panic!("two params")
    };
    assert_eq!(id["name"], "id");
    assert_eq!((&id["in"], &id["required"]), (&json!("path"), &json!(true)));
    let number = json!({ "type": "integer", "format": "uint16", "minimum": 0, "maximum": 65535 });
    assert_eq!(id["schema"], number);
    assert_eq!(name["schema"], json!({ "type": "string" }));
    assert_eq!(statuses(&file), ["200", "400", "404"]);
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Page {
    /// The number of the page, from 1.
    number: u32,
    tag: Vec<String>,
    is_draft: bool,
    after: Option<String>,
}

#[get("/posts")]
async fn posts(_: Query<Page>) {}

#[test]
fn fields_of_a_query_are_parameters() {
    let posts = operation(Group::new("").mount(routes![posts]), "/posts", "get");
    let parameters = posts["parameters"].as_array().expect("parameters");
    let facts: Vec<_> = parameters
        .iter()
        .map(|field| {
            let is_required = field["required"] == true;
            (
                field["name"].as_str().unwrap(),
                field["schema"]["type"].as_str().unwrap(),
                is_required,
            )
        })
        .collect();
    // A list and a checkbox may be absent, as forms leave them out.
    let expected = [
        ("after", "string", false),
        ("is_draft", "boolean", false),
        ("number", "integer", true),
        ("tag", "array", false),
    ];
    assert_eq!(facts, expected);
    assert_eq!(
        parameters[2]["description"],
        "The number of the page, from 1."
    );
    assert_eq!(parameters[0]["allowEmptyValue"], true);
    assert_eq!(statuses(&posts), ["200", "400"]);
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(crate = "gin::schemars")]
enum Order {
    #[default]
    Newest,
    Oldest,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Listing {
    #[serde(default)]
    limit: u8,
    #[serde(default)]
    share: f64,
    #[serde(default)]
    order: Order,
    #[serde(default)]
    words: String,
    #[serde(default)]
    is_draft: bool,
    page: u32,
}

#[get("/listing")]
async fn listing(Query(listing): Query<Listing>) -> String {
    let order = match listing.order {
        Order::Newest => "newest",
        Order::Oldest => "oldest",
    };
    let Listing {
        limit,
        share,
        words,
        is_draft,
        page,
        ..
    } = listing;
    format!("{limit} {share} {order} {words:?} {is_draft} {page}")
}

#[tokio::test]
async fn a_parameter_that_may_be_absent_may_be_empty() {
    let group = || Group::new("").mount(routes![listing]);
    let listing = operation(group(), "/listing", "get");
    let parameters = listing["parameters"].as_array().expect("parameters");
    let may_be_empty = parameters
        .iter()
        .filter(|field| field["allowEmptyValue"] == true)
        .map(|field| field["name"].as_str().unwrap());
    let may_be_empty: Vec<_> = may_be_empty.collect();
    // An empty text is one of the texts, and none for a `bool`.
    assert_eq!(may_be_empty, ["limit", "order", "share"]);
    let client = Client::new(group());
    let path = "/listing?limit=&share=&order=&words=&page=1";
    let page = client.get(path).await.is(200);
    assert_eq!(page.text(), "0 0 newest \"\" false 1");
    client.get("/listing?page=").await.is(400);
    client.get("/listing?page=1&is_draft=").await.is(400);
}

#[get("/maybe")]
async fn maybe(_: Option<Query<Page>>) {}

#[test]
fn the_fields_of_an_optional_query_are_optional() {
    let maybe = operation(Group::new("").mount(routes![maybe]), "/maybe", "get");
    let parameters = maybe["parameters"].as_array().expect("parameters");
    assert!(
        parameters
            .iter()
            .all(|field| field.get("required").is_none())
    );
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Caller {
    user_agent: Option<String>,
    x_retry: u8,
}

#[get("/headers")]
async fn headers(_: Header<Caller>) {}

#[test]
fn headers_have_dashes() {
    let headers = operation(Group::new("").mount(routes![headers]), "/headers", "get");
    let parameters = &headers["parameters"];
    assert_eq!(parameters[0]["name"], "user-agent");
    assert_eq!(parameters[1]["name"], "x-retry");
    assert_eq!(parameters[1]["required"], true);
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Post {
    title: String,
    image: Option<Upload>,
}

#[post("/posts")]
async fn create(_: Form<Post>) {}

#[post("/raw")]
async fn raw(_: Multipart) {}

#[test]
fn a_form_with_a_file_is_multipart() {
    let group = || Group::new("").mount(routes![create, raw]);
    let create = operation(group(), "/posts", "post");
    let content = create["requestBody"]["content"]
        .as_object()
        .expect("content");
    assert_eq!(content.keys().collect::<Vec<_>>(), ["multipart/form-data"]);
    let image = &content["multipart/form-data"]["schema"]["properties"]["image"];
    assert_eq!(image["format"], "binary");
    let raw = operation(group(), "/raw", "post");
    assert!(raw["requestBody"]["content"]["multipart/form-data"].is_object());
}

#[post("/plain")]
async fn plain(_: Form<SignUp>) {}

#[test]
fn a_form_of_text_has_both_media_types() {
    let plain = operation(Group::new("").mount(routes![plain]), "/plain", "post");
    let content = plain["requestBody"]["content"]
        .as_object()
        .expect("content");
    assert_eq!(content.len(), 2);
}

#[derive(Deserialize)]
struct Undescribed {
    name: String,
}

#[post("/undescribed")]
async fn undescribed(_: Json<Undescribed>) {}

#[test]
fn a_type_without_a_schema_is_any_value() {
    let undescribed = operation(
        Group::new("").mount(routes![undescribed]),
        "/undescribed",
        "post",
    );
    let schema = &undescribed["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(*schema, json!({}));
}

#[post("/caught")]
async fn caught(_: Result<Json<SignUp>, Rejection>) {}

#[test]
fn problems_that_the_handler_gets_are_not_responses() {
    let caught = operation(Group::new("").mount(routes![caught]), "/caught", "post");
    assert_eq!(statuses(&caught), ["200", "408", "413"]);
}

type Alias = Json<Vec<SignUp>>;

#[post("/alias")]
async fn alias(_: Alias) {}

#[test]
fn an_alias_of_an_extractor_shows_its_schema() {
    let alias = operation(Group::new("").mount(routes![alias]), "/alias", "post");
    let schema = &alias["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(schema["items"]["$ref"], "#/components/schemas/SignUp");
}

#[derive(Deserialize)]
struct Point {
    x: Option<u8>,
}

#[tokio::test]
async fn an_array_is_refused_for_an_object() {
    let app = Group::new("").post("/", async |Json(point): Json<Point>| {
        format!("{:?}", point.x)
    });
    let client = gin::testing::Client::new(app);
    client
        .post("/")
        .json(&json!({ "x": 7 }))
        .await
        .is(200)
        .has_text("Some(7)");
    client
        .post("/")
        .json(&json!([7]))
        .await
        .is(422)
        .contains("expected an object");
}
