//! Responses: statuses, media types and schemas of return types.

use gin::prelude::*;
use gin::response::{Event, Sse};
use gin::schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

fn document(group: Group) -> Value {
    group.build().expect("the app is right").openapi()
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct User {
    name: String,
    #[serde(default)]
    tags: Vec<String>,
}

#[post("/users")]
async fn create(Json(user): Json<User>) -> (StatusCode, Json<User>) {
    (StatusCode::CREATED, Json(user))
}

#[test]
fn the_status_of_a_tuple_is_the_one_that_the_function_names() {
    let document = document(Group::new("").mount(routes![create]));
    let responses = &document["paths"]["/users"]["post"]["responses"];
    let schema = &responses["201"]["content"]["application/json"]["schema"];
    assert_eq!(*schema, json!({ "$ref": "#/components/schemas/User" }));
    assert_eq!(responses["201"]["description"], "Created");
    assert!(responses["200"].is_null());
}

#[test]
fn a_type_that_differs_in_requests_has_two_schemas() {
    let document = document(Group::new("").mount(routes![create]));
    let schemas = &document["components"]["schemas"];
    assert_eq!(schemas["User"]["required"], json!(["name", "tags"]));
    assert_eq!(schemas["UserInput"]["required"], json!(["name"]));
    let body = &document["paths"]["/users"]["post"]["requestBody"];
    let schema = &body["content"]["application/json"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/UserInput");
}

#[get("/users/:id")]
async fn show(id: u32) -> gin::Result<Json<User>> {
    let user = (id == 7).then(|| User {
        name: "Ann".to_owned(),
        tags: Vec::new(),
    });
    let user = user.or_404()?;
    if user.tags.len() > 7 {
        return Err(Problem::new(409).into());
    }
    Ok(Json(user))
}

#[test]
fn problems_that_the_function_names_are_responses() {
    let document = document(Group::new("").mount(routes![show]));
    let responses = &document["paths"]["/users/{id}"]["get"]["responses"];
    let responses = responses.as_object().expect("responses");
    let keys: Vec<_> = responses.keys().collect();
    assert_eq!(keys, ["200", "400", "404", "409", "default"]);
    assert_eq!(responses["404"]["$ref"], "#/components/responses/NotFound");
    let shared = &document["components"]["responses"]["NotFound"]["content"];
    let schema = &shared["application/problem+json"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/Problem");
}

#[test]
fn a_hook_decides_the_shape_of_problems() {
    let app = Group::new("").mount(routes![show]);
    let app = app.on_error(|_: &mut Context, problem: &Problem| problem.status());
    let document = document(app);
    let missing = &document["paths"]["/users/{id}"]["get"]["responses"]["404"];
    assert_eq!(*missing, json!({ "description": "Not Found" }));
}

#[get("/text")]
async fn text() -> &'static str {
    "text"
}

#[get("/page")]
async fn page() -> Html<String> {
    Html(String::new())
}

#[get("/view")]
async fn view() -> View {
    View::new("view.html", ())
}

#[get("/events")]
async fn events() -> Sse {
    Sse::from_writer(async |events| events.send(Event::data("x")).await)
}

#[get("/bytes")]
async fn bytes() -> Vec<u8> {
    Vec::new()
}

#[get("/redirect")]
async fn redirect() -> Redirect {
    Redirect::to("/")
}

#[get("/nothing")]
async fn nothing() {}

#[get("/either")]
async fn either() -> Result<Html<String>, (StatusCode, Json<User>)> {
    Err((
        StatusCode::CONFLICT,
        Json(User {
            name: String::new(),
            tags: Vec::new(),
        }),
    ))
}

#[test]
fn return_types_have_media_types() {
    let templates = gin::templates::Templates::embedded([("view.html", "")]);
    let routes = routes![text, page, view, events, bytes, redirect, nothing, either];
    let document = document(Group::new("").templates(templates).mount(routes));
    for (path, status, expected) in [
        ("/text", "200", Some("text/plain")),
        ("/page", "200", Some("text/html")),
        ("/view", "200", Some("text/html")),
        ("/events", "200", Some("text/event-stream")),
        ("/bytes", "200", Some("application/octet-stream")),
        ("/redirect", "303", None),
        ("/nothing", "200", None),
        ("/either", "200", Some("text/html")),
        ("/either", "409", Some("application/json")),
    ] {
        let response = &document["paths"][path]["get"]["responses"][status];
        assert!(response.is_object(), "{path} has {status}");
        let media = response["content"]
            .as_object()
            .and_then(|content| content.keys().next());
        assert_eq!(media.map(String::as_str), expected, "{path}");
    }
    let redirect = &document["paths"]["/redirect"]["get"]["responses"]["303"];
    assert_eq!(redirect["headers"]["Location"]["required"], true);
}

/// Returns all.
///
/// More about
/// it.
#[get("/old")]
#[deprecated = "use /new"]
async fn old() {}

#[test]
fn docs_and_deprecation_come_from_the_function() {
    let document = document(Group::new("").mount(routes![old]));
    let old = &document["paths"]["/old"]["get"];
    assert_eq!(old["summary"], "Returns all.");
    assert_eq!(old["description"], "More about\nit.\n\nuse /new");
    assert_eq!(old["deprecated"], true);
    assert_eq!(old["operationId"], "old");
}

mod admin {
    use gin::prelude::*;

    #[get("/text")]
    pub(super) async fn text() {}
}

#[test]
fn groups_are_tags_and_names_are_unique() {
    let admin = Group::new("/users/:id/admin").mount(routes![admin::text]);
    let document = document(Group::new("").mount(routes![text]).nest(admin));
    let text = &document["paths"]["/text"]["get"];
    assert!(text.get("tags").is_none());
    assert_eq!(text["operationId"], "responses_text");
    let admin = &document["paths"]["/users/{id}/admin/text"]["get"];
    assert_eq!(admin["tags"], json!(["users/admin"]));
    assert_eq!(admin["operationId"], "admin_text");
}

#[get("/opaque")]
async fn opaque() -> impl IntoResponse {
    "text"
}

#[test]
fn a_return_type_without_a_name_is_any_response() {
    let document = document(Group::new("").mount(routes![opaque]));
    let responses = &document["paths"]["/opaque"]["get"]["responses"];
    assert_eq!(
        *responses,
        json!({ "default": { "description": "Any other response" } })
    );
}
