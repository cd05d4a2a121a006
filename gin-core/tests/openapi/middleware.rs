//! Middleware: the security schemes, problems and headers that they add to the routes inside them.

use std::time::Duration;

use gin::middleware::{
    BasicAuth, ConcurrencyLimit, Csrf, Decompression, Denial, RateLimit, RequestId, Timeout, Token,
    bearer,
};
use gin::prelude::*;
use gin::sessions::{Session, Sessions};
use serde_json::Value;

#[get("/a")]
async fn one() {}

#[post("/a")]
async fn other() {}

fn document(group: Group) -> Value {
    group.build().expect("the app is right").openapi()
}

fn statuses(operation: &Value) -> Vec<&str> {
    let responses = operation["responses"].as_object().expect("responses");
    responses.keys().map(String::as_str).collect()
}

/// Returns a response of an operation, or the shared one that it refers to.
fn response<'a>(document: &'a Value, operation: &'a Value, status: &str) -> &'a Value {
    let response = &operation["responses"][status];
    match response["$ref"].as_str() {
        Some(path) => document
            .pointer(path.trim_start_matches('#'))
            .expect("a shared response exists"),
        None => response,
    }
}

#[derive(Clone)]
struct User;

async fn by_token(_: Token) -> Option<User> {
    Some(User)
}

async fn by_scope(_: Token) -> Result<User, Denial> {
    Ok(User)
}

async fn by_lookup(_: Token) -> gin::Result<Option<User>> {
    Ok(None)
}

#[test]
fn a_guard_is_the_security_of_the_routes_inside_alone() {
    let inside = Group::new("/in")
        .with(BasicAuth::accounts([("ann", "secret")]))
        .mount(routes![one]);
    let document = document(Group::new("").mount(routes![one]).nest(inside));
    let (inner, outer) = (
        &document["paths"]["/in/a"]["get"],
        &document["paths"]["/a"]["get"],
    );
    assert_eq!(inner["security"], json!([{ "basic": [] }]));
    assert_eq!(statuses(inner), ["200", "401"]);
    let refused = response(&document, inner, "401");
    assert!(refused["headers"]["WWW-Authenticate"].is_object());
    assert!(outer.get("security").is_none());
    assert_eq!(statuses(outer), ["200"]);
    let scheme = json!({ "basic": { "type": "http", "scheme": "basic" } });
    assert_eq!(document["components"]["securitySchemes"], scheme);
}

#[test]
fn a_token_has_the_problems_of_its_check() {
    let routes = [
        (one::ROUTE.with(bearer(by_token)), vec!["200", "400", "401"]),
        (
            one::ROUTE.with(bearer(by_lookup)),
            vec!["200", "400", "401", "default"],
        ),
        (
            one::ROUTE.with(bearer(by_scope)),
            vec!["200", "400", "401", "403", "default"],
        ),
    ];
    for (route, expected) in routes {
        let document = document(Group::new("").mount([route]));
        let operation = &document["paths"]["/a"]["get"];
        assert_eq!(statuses(operation), expected);
        assert_eq!(operation["security"], json!([{ "bearer": [] }]));
    }
}

#[test]
fn an_optional_token_is_an_alternative_to_none() {
    let app = Group::new("")
        .with(BasicAuth::accounts([("ann", "secret")]))
        .with(bearer(by_token).optional());
    let document = document(app.mount(routes![one]));
    let security = &document["paths"]["/a"]["get"]["security"];
    let expected = json!([{ "basic": [], "bearer": [] }, { "basic": [] }]);
    assert_eq!(*security, expected);
}

#[test]
fn limits_add_their_problems() {
    let app = Group::new("")
        .with(RateLimit::per_second(20))
        .with(ConcurrencyLimit::new(8));
    let document = document(app.mount(routes![one]));
    let operation = &document["paths"]["/a"]["get"];
    assert_eq!(statuses(operation), ["200", "429", "503"]);
    for status in ["429", "503"] {
        let refused = response(&document, operation, status);
        assert_eq!(
            refused["headers"]["Retry-After"]["schema"]["type"],
            "integer"
        );
    }
    for status in ["200", "429", "503"] {
        let headers = &response(&document, operation, status)["headers"];
        assert!(headers["RateLimit"].is_object(), "{status}: {headers}");
        assert!(headers["RateLimit-Policy"].is_object());
    }
}

#[test]
fn a_timeout_adds_the_problem_that_it_sends() {
    let slow = Timeout::new(Duration::from_secs(1)).status(504);
    let app = Group::new("").mount(routes![
        one.with(slow),
        other.timeout(Duration::from_secs(2))
    ]);
    let document = document(app);
    let item = &document["paths"]["/a"];
    assert_eq!(statuses(&item["get"]), ["200", "504"]);
    assert_eq!(statuses(&item["post"]), ["200", "503"]);
}

#[post("/text", limit = "4kB")]
async fn text(_: String) {}

#[test]
fn the_limit_of_a_body_is_that_of_the_route_or_of_its_groups() {
    let inside = Group::new("/in")
        .body_limit(512)
        .mount(routes![text, other, one.body_limit(8)]);
    let document = document(Group::new("").mount(routes![text, other]).nest(inside));
    let limit = |path: &str, method: &str| &document["paths"][path][method]["x-body-limit"];
    assert_eq!(*limit("/text", "post"), 4_000);
    assert_eq!(*limit("/in/text", "post"), 4_000);
    assert_eq!(*limit("/in/a", "post"), 512);
    assert_eq!(*limit("/in/a", "get"), 8);
    let unlimited = &document["paths"]["/a"]["post"];
    assert!(unlimited.is_object() && unlimited.get("x-body-limit").is_none());
}

#[test]
fn requests_that_change_nothing_are_not_forged() {
    let document = document(Group::new("").with(Csrf::new()).mount(routes![one, other]));
    let item = &document["paths"]["/a"];
    assert_eq!(statuses(&item["get"]), ["200"]);
    assert_eq!(statuses(&item["post"]), ["200", "403"]);
}

#[test]
fn a_problem_with_other_headers_is_another_shared_response() {
    let inside = Group::new("/in")
        .with(RequestId::new())
        .with(Decompression::new())
        .mount(routes![one]);
    let beside = Group::new("/beside")
        .with(Decompression::new())
        .mount(routes![one]);
    let document = document(Group::new("").nest(inside).nest(beside));
    let header = |path: &str, name: &str| {
        let operation = &document["paths"][path]["get"];
        response(&document, operation, "415")["headers"][name].is_object()
    };
    assert!(header("/in/a", "x-request-id") && header("/in/a", "Accept-Encoding"));
    assert!(!header("/beside/a", "x-request-id") && header("/beside/a", "Accept-Encoding"));
}

#[get("/cart")]
async fn cart(_: Session) {}

#[test]
fn a_session_is_not_a_login() {
    let app = Group::new("").with(Sessions::memory());
    let document = document(app.mount(routes![cart, one]));
    assert!(document["components"].get("securitySchemes").is_none());
    assert_eq!(
        statuses(&document["paths"]["/cart"]["get"]),
        ["200", "409", "503"]
    );
    assert_eq!(statuses(&document["paths"]["/a"]["get"]), ["200"]);
}

struct ApiKey(&'static str);

impl gin::middleware::Middleware for ApiKey {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> gin::BoxFuture<'a, Response> {
        next.run(cx)
    }

    fn describe(&self, operation: &mut gin::openapi::Operation) {
        let scheme = json!({ "type": "apiKey", "in": "header", "name": self.0 });
        operation.security("key", scheme);
    }
}

#[test]
fn two_schemes_of_one_name_are_both_there() {
    let app = Group::new("").mount(routes![one.with(ApiKey("x-a")), other.with(ApiKey("x-b"))]);
    let document = document(app);
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["key"]["name"], "x-a");
    assert_eq!(schemes["key2"]["name"], "x-b");
    let post = &document["paths"]["/a"]["post"];
    assert_eq!(post["security"], json!([{ "key2": [] }]));
}
