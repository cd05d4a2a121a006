//! The values that a response has by the return type of its route.

use gin::prelude::*;
use gin::testing::Client;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    id: u32,
}

#[get("/notes/:id")]
async fn show(id: u32) -> Result<Json<Note>> {
    Ok(Json((id < 9).then_some(Note { id }).or_404()?))
}

#[post("/notes")]
async fn create() -> (StatusCode, [(HeaderName, &'static str); 1], Json<Note>) {
    let location = [(gin::http::header::LOCATION, "/notes/7")];
    (StatusCode::CREATED, location, Json(Note { id: 7 }))
}

#[get("/page")]
async fn page() -> Html<&'static str> {
    Html("<h1>Page</h1>")
}

#[get("/go")]
async fn go() -> Redirect {
    Redirect::to("/notes/7")
}

#[delete("/notes")]
async fn clear() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[get("/hidden")]
async fn hidden() -> impl IntoResponse {
    "hidden"
}

#[get("/borrowed/:name")]
async fn borrowed(name: &str) -> std::borrow::Cow<'static, str> {
    name.to_owned().into()
}

fn client() -> Client {
    let routes = routes![show, create, page, go, clear, hidden, borrowed];
    Client::new(Group::new("").mount(routes))
}

#[tokio::test]
async fn a_value_has_the_type_that_the_route_returns() {
    let client = client();
    let note: Note = client.call(show::with(7)).await.value();
    assert_eq!(note, Note { id: 7 });
    let created = client.call(create::with()).await.is(201);
    assert_eq!(created.value(), Note { id: 7 });
    assert_eq!(created.header("location"), Some("/notes/7"));
    assert_eq!(client.call(page::with()).await.value(), "<h1>Page</h1>");
    assert_eq!(client.call(go::with()).await.is(303).value(), "/notes/7");
    let cleared = client.call(clear::with()).await.value();
    assert_eq!(cleared, StatusCode::NO_CONTENT);
    assert_eq!(client.call(borrowed::with("Ann")).await.value(), "Ann");
    client.call(hidden::with()).await.is(200).has_text("hidden");
}

#[tokio::test]
#[should_panic(expected = "expected a value, got 404 Not Found to GET /notes/9")]
async fn an_error_has_no_value() {
    let _ = client().call(show::with(9)).await.value();
}

#[tokio::test]
async fn the_problem_of_an_error_can_be_read() {
    let missing = client().call(show::with(9)).await.is(404);
    let problem = missing.problem().expect("a problem");
    assert_eq!(problem.title(), "Not Found");
}
