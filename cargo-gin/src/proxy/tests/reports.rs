//! Reports of an app that is built on gin-core.

use serde_json::{Value, json};

use crate::proxy::tests::endpoints::body;
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{Wire, code, field};
use crate::state::{Phase, Progress};

/// A visit of a user on this machine.
const PAGE: &str = "GET /greet HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nSec-Fetch-Mode: navigate\r\n\r\n";

const ROUTES: &str = "GET /__gin/routes HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Returns a response of the app with the token.
pub(super) fn marked(rig: &Rig, status: &str, facts: &Value) -> String {
    let facts = facts.to_string();
    format!(
        "HTTP/1.1 {status}\r\nX-Gin-Report: {}\r\nContent-Length: {}\r\n\r\n{facts}",
        rig.report,
        facts.len()
    )
}

pub(super) fn route() -> Value {
    json!({
        "method": "GET", "pattern": "/api/posts/:id", "handler": "blog::posts::show", "file": "src/posts.rs", "line": 7,
        "middleware": ["gin::middleware::logger::Logger", "blog::auth"], "group": "/api",
    })
}

/// Reads the response of `/__gin/routes`.
async fn routes(mut client: Wire) -> Value {
    let head = client.head().await;
    assert_eq!(code(&head), 200, "{head}");
    let body = body(&mut client, &head).await;
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn the_routes_are_requested_once_and_cached() {
    let (rig, app) = Rig::reporting().await;
    let client = rig.send(ROUTES).await;
    let report = marked(&rig, "200 OK", &json!({ "routes": [route()] }));
    let (_, forwarded) = app.responds(&report).await;
    let expected = format!("{} routes", rig.report);
    assert_eq!(field(&forwarded, "x-gin-report"), Some(expected.as_str()));
    let mut shown = route();
    shown["middleware"] = json!(["Logger", "auth"]);
    let shown = json!({ "routes": [shown] });
    assert_eq!(routes(client).await, shown);
    assert_eq!(routes(rig.send(ROUTES).await).await, shown);
    rig.becomes(Phase::Building(Progress::default()));
    assert_eq!(routes(rig.send(ROUTES).await).await, shown);
}

#[tokio::test]
async fn the_routes_of_a_newer_app_are_requested_again() {
    let (rig, app) = Rig::reporting().await;
    for pattern in ["/old", "/new"] {
        let client = rig.send(ROUTES).await;
        let mut route = route();
        route["pattern"] = pattern.into();
        let report = marked(&rig, "200 OK", &json!({ "routes": [route] }));
        app.responds(&report).await;
        assert_eq!(routes(client).await["routes"][0]["pattern"], pattern);
        rig.builds();
        rig.becomes(Phase::ready_at(app.address));
    }
}

#[tokio::test]
async fn an_app_without_reports_has_no_routes() {
    let none = json!({ "routes": null });
    let (rig, app) = Rig::ready().await;
    assert_eq!(routes(rig.send(ROUTES).await).await, none);
    assert!(app.is_alone().await);

    let (rig, app) = Rig::reporting().await;
    let facts = json!({ "routes": [route()] }).to_string();
    for response in [
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
        // Without the token it is the response of a handler.
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{facts}",
            facts.len()
        ),
        marked(&rig, "200 OK", &json!([])),
    ] {
        let client = rig.send(ROUTES).await;
        let (_, forwarded) = app.responds(&response).await;
        assert!(
            forwarded.starts_with("OPTIONS * HTTP/1.1\r\n"),
            "{forwarded}"
        );
        assert_eq!(routes(client).await, none, "{response}");
        assert_eq!(routes(rig.send(ROUTES).await).await, none);
        assert!(app.is_alone().await, "they are requested once");
        rig.builds();
        rig.becomes(Phase::ready_at(app.address));
    }
}

#[tokio::test]
async fn routes_are_only_for_clients_that_may_see_requests() {
    let (rig, app) = Rig::reporting().await;
    for (fields, method) in [
        ("Host: app.test\r\n", "GET"),
        ("Host: localhost\r\nOrigin: http://evil.test\r\n", "GET"),
        ("Host: localhost\r\nSec-Fetch-Site: cross-site\r\n", "GET"),
        ("Host: localhost\r\nContent-Length: 0\r\n", "POST"),
    ] {
        let mut client = rig
            .send(&format!("{method} /__gin/routes HTTP/1.1\r\n{fields}\r\n"))
            .await;
        let refused = code(&client.head().await);
        assert!(matches!(refused, 403 | 405), "{method} {fields}: {refused}");
    }
    assert!(app.is_alone().await);
}

fn panicked() -> Value {
    json!({
        "kind": "panic",
        "problem": { "title": "Internal Server Error", "status": 500 },
        "message": "no <room>",
        "place": "src/main.rs:2:22",
        "route": route(),
        "params": [["id", "7"], ["token", "abc123"]],
    })
}

/// Returns the header value with which the proxy requests a report for `request`, if it does.
async fn requested(request: &str) -> Option<String> {
    let (rig, app) = Rig::reporting().await;
    let mut client = rig.send(request).await;
    let (_, forwarded) = app.responds("HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(code(&client.head().await), 204);
    let value = field(&forwarded, "x-gin-report")?;
    Some(value.replace(&rig.report, "token"))
}

#[tokio::test]
async fn reports_are_requested_for_clients_on_this_machine_only() {
    let get = |fields: &str| format!("GET / HTTP/1.1\r\n{fields}\r\n");
    for (fields, expected) in [
        ("Host: localhost\r\n", Some("token")),
        (
            "Host: 127.0.0.1\r\nAccept: application/json\r\n",
            Some("token"),
        ),
        (
            "Host: blog.localhost\r\nAccept: text/html\r\n",
            Some("token page"),
        ),
        ("Host: localhost\r\nX-Gin-Report: guess\r\n", Some("token")),
        ("Host: app.test\r\n", None),
        ("Host: app.test\r\nX-Gin-Report: guess\r\n", None),
        ("Host: localhost\r\nX-Forwarded-For: 203.0.113.7\r\n", None),
        ("Host: localhost\r\nForwarded: for=203.0.113.7\r\n", None),
    ] {
        assert_eq!(
            requested(&get(fields)).await.as_deref(),
            expected,
            "{fields}"
        );
    }
}

#[tokio::test]
async fn an_app_without_reports_gets_no_request_for_one() {
    let (rig, app) = Rig::ready().await;
    let _client = rig.send(PAGE).await;
    let (_, forwarded) = app.request().await;
    assert_eq!(field(&forwarded, "x-gin-report"), None);
}

#[tokio::test]
async fn a_report_becomes_a_page_in_the_client_s_format() {
    for (accept, media, shown) in [
        (
            "text/html",
            "text/html; charset=utf-8",
            "<h1 id=\"headline\">no &lt;room&gt;</h1>",
        ),
        ("*/*", "text/plain; charset=utf-8", "panic: no <room>"),
        (
            "text/markdown",
            "text/markdown; charset=utf-8",
            "GET /greet/•••••• panicked",
        ),
        (
            "application/json",
            "application/problem+json",
            "\"messages\":[\"no <room>\"]",
        ),
    ] {
        let (rig, app) = Rig::reporting().await;
        let request = format!(
            "GET /greet/abc123?key=s3cret HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n"
        );
        let mut client = rig.send(&request).await;
        let report = marked(
            &rig,
            "500 Internal Server Error\r\nSet-Cookie: a=b",
            &panicked(),
        );
        app.responds(&report).await;
        let head = client.head().await;
        assert_eq!(
            (code(&head), field(&head, "content-type")),
            (500, Some(media))
        );
        assert_eq!(field(&head, "set-cookie"), Some("a=b"));
        assert_eq!(field(&head, "cache-control"), Some("no-store"));
        assert_eq!(field(&head, "x-gin-report"), None);
        let body = body(&mut client, &head).await;
        assert!(body.contains(shown), "{body}");
        assert!(
            !body.contains("abc123") && !body.contains("s3cret"),
            "{body}"
        );
        assert!(!body.contains(&rig.report));
    }
}

#[tokio::test]
async fn the_page_of_a_report_gets_the_script_like_any_other() {
    let (rig, app) = Rig::reporting().await;
    let mut client = rig.send(PAGE).await;
    app.responds(&marked(&rig, "500 Internal Server Error", &panicked()))
        .await;
    let head = client.head().await;
    let page = body(&mut client, &head).await;
    assert!(page.contains("data-revisit=\"freely\""), "{page}");
}

#[tokio::test]
async fn a_miss_shows_the_routes_and_the_allowed_methods() {
    let (rig, app) = Rig::reporting().await;
    let mut client = rig
        .send("PUT /api/posts/7 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        .await;
    let facts =
        json!({ "kind": "miss", "problem": { "title": "Method Not Allowed", "status": 405 } });
    let report = marked(&rig, "405 Method Not Allowed\r\nAllow: GET, HEAD", &facts);
    let _forwarded = app.responds(&report).await;
    let routes = marked(&rig, "200 OK", &json!({ "routes": [route()] }));
    app.responds(&routes).await;
    let head = client.head().await;
    assert_eq!(
        (code(&head), field(&head, "allow")),
        (405, Some("GET, HEAD"))
    );
    let text = body(&mut client, &head).await;
    assert!(
        text.contains("GET /api/posts/:id  blog::posts::show (src/posts.rs:7) in Logger, auth"),
        "{text}"
    );
    assert!(text.contains("allowed: GET, HEAD"), "{text}");
}

#[tokio::test]
async fn a_response_that_only_looks_like_a_report_is_passed_on() {
    let facts = panicked().to_string();
    for token in ["", "x-gin-report: 0123\r\n"] {
        let (rig, app) = Rig::reporting().await;
        let mut client = rig.send(PAGE).await;
        let response = format!(
            "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/vnd.gin.report+json\r\n{token}Content-Length: {}\r\n\r\n{facts}",
            facts.len()
        );
        app.responds(&response).await;
        let head = client.head().await;
        assert_eq!(field(&head, "x-gin-report"), None);
        assert_eq!(body(&mut client, &head).await, facts);
    }
}

#[tokio::test]
async fn a_malformed_report_is_a_bad_gateway() {
    for facts in [
        json!([]),
        json!({ "kind": "surprise", "problem": {} }),
        json!("x".repeat(5 << 20)),
    ] {
        let (rig, app) = Rig::reporting().await;
        let mut client = rig.send(PAGE).await;
        app.responds(&marked(&rig, "500 Internal Server Error", &facts))
            .await;
        assert_eq!(code(&client.head().await), 502);
    }
}

#[tokio::test]
async fn the_record_of_a_failed_request_has_the_failure_and_not_our_page() {
    let (rig, app) = Rig::reporting().await;
    let mut client = rig.send(PAGE).await;
    app.responds(&marked(&rig, "500 Internal Server Error", &panicked()))
        .await;
    let head = client.head().await;
    assert_eq!(code(&head), 500);
    body(&mut client, &head).await;
    let mut client = rig
        .send(
            "GET /__gin/requests/0 HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n",
        )
        .await;
    let head = client.head().await;
    let record: Value = serde_json::from_str(&body(&mut client, &head).await).unwrap();
    let reason = "GET /greet panicked: no <room> (src/main.rs:2:22)";
    assert_eq!(record["in_place"], reason);
    assert_eq!(record["response_headers"], json!([]));
    assert_eq!(
        (&record["status"], &record["received"]),
        (&json!(500), &json!(0))
    );
}

fn rejected(view: &str) -> Value {
    json!({
        "kind": "rejection",
        "problem": {
            "title": "Unprocessable Content", "status": 422,
            "errors": [{ "in": "body", "path": "age", "message": "invalid type: string, expected u8" }],
        },
        "arguments": ["Json<NewUser>"],
        "route": route(),
        "body": "{\"age\":\"old\",\"password\":\"hunter2\"}",
        "session": { "cart": [7], "csrf_token": "s3cret" },
        "answer": { "headers": [["content-type", "application/problem+json"], ["connection", "close"]], "body": "{\"status\":422}" },
        "view": view,
    })
}

/// A form that a user submits.
const SUBMITTED: &str = "POST /users?from=home HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nSec-Fetch-Mode: navigate\r\n\
     Cookie: theme=dark\r\nContent-Length: 0\r\n\r\n";

/// Returns a page at a path of the proxy's own.
async fn own(rig: &Rig, path: &str, accept: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n");
    let mut client = rig.send(&request).await;
    let head = client.head().await;
    assert_eq!(code(&head), 200, "{head}");
    body(&mut client, &head).await
}

#[tokio::test]
async fn a_rejection_is_shown_with_its_argument_the_fields_and_the_request() {
    let (rig, app) = Rig::reporting().await;
    let mut client = rig.send(SUBMITTED).await;
    let report = marked(&rig, "422 Unprocessable Content", &rejected("report"));
    app.responds(&report).await;
    let head = client.head().await;
    assert_eq!(code(&head), 422);
    let page = body(&mut client, &head).await;
    for shown in [
        "POST /users was rejected",
        "<code>Json&lt;NewUser&gt;</code>",
        "<b>age</b>",
        "sent <code>&quot;old&quot;</code>",
        "<dt>from</dt><dd>home</dd>",
        "<dt>cart</dt><dd>[7]</dd>",
        "<dt>theme</dt>",
        "--data-raw",
        "http://localhost/users?from=home",
        "href=\"/__gin/requests/0\"",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(
        !page.contains("hunter2") && !page.contains("s3cret"),
        "{page}"
    );
}

#[tokio::test]
async fn a_record_leads_to_its_incident_and_has_the_response_of_the_app() {
    let (rig, app) = Rig::reporting().await;
    let mut client = rig.send(SUBMITTED).await;
    let report = marked(&rig, "422 Unprocessable Content", &rejected("report"));
    app.responds(&report).await;
    let head = client.head().await;
    body(&mut client, &head).await;
    let record = own(&rig, "/__gin/requests/0", "application/json").await;
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["incident"], "/__gin/requests/0/incident");
    let fields = json!([["content-type", "application/problem+json"]]);
    assert_eq!(record["response_headers"], fields);
    assert_eq!(record["response"]["text"], "{\"status\":422}");
    let page = own(&rig, "/__gin/requests/0", "text/html").await;
    assert!(
        page.contains("href=\"/__gin/requests/0/incident\""),
        "{page}"
    );
    let incident = own(&rig, "/__gin/requests/0/incident", "text/html").await;
    assert!(incident.contains("POST /users was rejected"), "{incident}");
}

#[tokio::test]
async fn a_program_gets_the_app_s_own_response_and_the_way_to_the_incident() {
    let (rig, app) = Rig::reporting().await;
    let request = "POST /users HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nContent-Length: 0\r\n\r\n";
    let mut client = rig.send(request).await;
    let report = marked(&rig, "422 Unprocessable Content", &rejected("answer"));
    app.responds(&report).await;
    let head = client.head().await;
    assert_eq!(code(&head), 422);
    let media = field(&head, "content-type");
    assert_eq!(media, Some("application/problem+json"));
    let incident = field(&head, "x-gin-incident");
    assert_eq!(incident, Some("/__gin/requests/0/incident"));
    assert_eq!(field(&head, "x-gin-report"), None);
    assert_eq!(body(&mut client, &head).await, "{\"status\":422}");
    let text = own(&rig, "/__gin/requests/0/incident", "text/plain").await;
    assert!(text.contains("body age: invalid type"), "{text}");
    assert!(text.contains("(sent: \"old\")"), "{text}");
}

#[tokio::test]
async fn only_requests_that_failed_have_an_incident() {
    let (rig, app) = Rig::reporting().await;
    let mut client = rig.send(PAGE).await;
    app.responds("HTTP/1.1 204 No Content\r\n\r\n").await;
    client.head().await;
    for path in ["/__gin/requests/0/incident", "/__gin/requests/9/incident"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let mut client = rig.send(&request).await;
        assert_eq!(code(&client.head().await), 404, "{path}");
    }
}
