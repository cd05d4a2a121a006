//! Cross-origin requests: preflights of every kind, origins, credentials.

use gin::middleware::Cors;
use gin::prelude::*;
use gin::routing::Routing;
use gin::testing::{Client, TestResponse};

const ORIGIN: &str = "https://app.example";

fn client(app: Group) -> Client {
    Client::new(app)
}

async fn preflight(client: &Client, path: &str, origin: &str, method: &str) -> TestResponse {
    let request = client.request("OPTIONS", path).header("origin", origin);
    request
        .header("access-control-request-method", method)
        .await
}

fn api(prefix: &'static str) -> Group {
    let cors = Cors::new([ORIGIN]).credentials();
    let group = Group::new(prefix).with(cors);
    group
        .get("/users", async || "users")
        .post("/users", async || "created")
}

#[tokio::test]
async fn a_preflight_lists_the_methods_of_the_path() {
    for prefix in ["", "/api"] {
        let client = client(api(prefix));
        let response = preflight(&client, &format!("{prefix}/users"), ORIGIN, "POST").await;
        response
            .is(204)
            .has_header("access-control-allow-origin", ORIGIN)
            .has_header("access-control-allow-credentials", "true")
            .has_header("access-control-allow-methods", "GET, HEAD, OPTIONS, POST")
            .has_header("access-control-max-age", "600");
    }
}

#[tokio::test]
async fn requested_headers_are_allowed_unless_they_are_limited() {
    let requested = "content-type,x-trace";
    let app = client(api(""));
    let request = app.request("OPTIONS", "/users").header("origin", ORIGIN);
    let request = request.header("access-control-request-method", "GET");
    let response = request
        .header("access-control-request-headers", requested)
        .await;
    response.has_header("access-control-allow-headers", requested);

    let limited = Cors::new([ORIGIN]).headers([http_header("content-type")]);
    let app = client(Group::new("").with(limited).get("/", async || ""));
    let request = app.request("OPTIONS", "/").header("origin", ORIGIN);
    let request = request.header("access-control-request-method", "GET");
    let response = request
        .header("access-control-request-headers", requested)
        .await;
    response.has_header("access-control-allow-headers", "content-type");
}

fn http_header(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

#[tokio::test]
async fn other_origins_get_the_response_without_permission() {
    let client = client(api(""));
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.evil.example",
    ] {
        let response = client.get("/users").header("origin", origin).await.is(200);
        assert_eq!(response.header("access-control-allow-origin"), None);
        response.has_header("vary", "origin");
        let response = preflight(&client, "/users", origin, "POST").await;
        assert_eq!(response.header("access-control-allow-origin"), None);
        assert_eq!(response.header("access-control-allow-methods"), None);
    }
}

#[tokio::test]
async fn errors_of_handlers_are_readable_for_an_allowed_origin() {
    let client = client(api("").get("/broken", async || Problem::new(500)));
    for path in ["/broken", "/nowhere"] {
        let response = client.get(path).header("origin", ORIGIN).await;
        response.has_header("access-control-allow-origin", ORIGIN);
    }
}

#[tokio::test]
async fn any_origin_never_has_credentials() {
    let cors = Cors::any_origin().credentials();
    let client = client(Group::new("").with(cors).get("/", async || ""));
    let response = client.get("/").header("origin", "https://x.example").await;
    let response = response.has_header("access-control-allow-origin", "*");
    assert_eq!(response.header("access-control-allow-credentials"), None);
    assert_eq!(response.header("vary"), None);
}

#[tokio::test]
async fn a_preflight_needs_no_automatic_options() {
    let group = api("").routing(Routing::new().without_options());
    let response = preflight(&client(group), "/users", ORIGIN, "POST").await;
    response
        .is(204)
        .has_header("access-control-allow-methods", "GET, HEAD, POST");
}

#[tokio::test]
async fn an_options_route_keeps_its_response() {
    let group = api("").options("/users", async || "own");
    let response = preflight(&client(group), "/users", ORIGIN, "POST").await;
    response
        .is(200)
        .has_text("own")
        .has_header("access-control-allow-origin", ORIGIN);
}

#[tokio::test]
async fn a_path_without_routes_has_no_preflight() {
    preflight(&client(api("/api")), "/api/nowhere", ORIGIN, "GET")
        .await
        .is(404);
}

#[tokio::test]
async fn an_options_request_without_a_method_is_not_a_preflight() {
    let client = client(api(""));
    let response = client
        .request("OPTIONS", "/users")
        .header("origin", ORIGIN)
        .await;
    let response = response
        .is(204)
        .has_header("allow", "GET, HEAD, OPTIONS, POST");
    assert_eq!(response.header("access-control-allow-methods"), None);
}
