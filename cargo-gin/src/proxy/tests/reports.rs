//! What an app built on gin-core tells of itself.

use serde_json::{Value, json};

use crate::proxy::tests::own::body;
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{Wire, code, field};
use crate::state::{Phase, Progress};

/// A request of a person's on this machine.
const PAGE: &str = "GET /greet HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nSec-Fetch-Mode: navigate\r\n\r\n";

const ROUTES: &str = "GET /__gin/routes HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// An answer of the app's that bears the token.
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

/// What `/__gin/routes` says, if it says anything.
async fn routes(mut client: Wire) -> Value {
    let head = client.head().await;
    assert_eq!(code(&head), 200, "{head}");
    let body = body(&mut client, &head).await;
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn the_routes_are_asked_for_once_and_kept() {
    let (rig, app) = Rig::reporting().await;
    let client = rig.asks(ROUTES).await;
    let told = marked(&rig, "200 OK", &json!({ "routes": [route()] }));
    let (_, asked) = app.answers(&told).await;
    let wish = format!("{} routes", rig.report);
    assert_eq!(field(&asked, "x-gin-report"), Some(wish.as_str()));
    let mut shown = route();
    shown["middleware"] = json!(["Logger", "auth"]);
    let shown = json!({ "routes": [shown] });
    assert_eq!(routes(client).await, shown);
    assert_eq!(routes(rig.asks(ROUTES).await).await, shown);
    rig.becomes(Phase::Building(Progress::default()));
    assert_eq!(routes(rig.asks(ROUTES).await).await, shown);
}

#[tokio::test]
async fn a_newer_app_is_asked_again() {
    let (rig, app) = Rig::reporting().await;
    for pattern in ["/old", "/new"] {
        let client = rig.asks(ROUTES).await;
        let mut route = route();
        route["pattern"] = pattern.into();
        let told = marked(&rig, "200 OK", &json!({ "routes": [route] }));
        app.answers(&told).await;
        assert_eq!(routes(client).await["routes"][0]["pattern"], pattern);
        rig.builds();
        rig.becomes(Phase::Ready(app.address));
    }
}

#[tokio::test]
async fn an_app_that_does_not_tell_has_no_routes() {
    let none = json!({ "routes": null });
    let (rig, app) = Rig::ready().await;
    assert_eq!(routes(rig.asks(ROUTES).await).await, none);
    assert!(app.is_alone().await);

    let (rig, app) = Rig::reporting().await;
    let facts = json!({ "routes": [route()] }).to_string();
    for answer in [
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
        // Without the token it is a handler's, whatever it says.
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{facts}",
            facts.len()
        ),
        marked(&rig, "200 OK", &json!([])),
    ] {
        let client = rig.asks(ROUTES).await;
        let (_, asked) = app.answers(&answer).await;
        assert!(asked.starts_with("OPTIONS * HTTP/1.1\r\n"), "{asked}");
        assert_eq!(routes(client).await, none, "{answer}");
        assert_eq!(routes(rig.asks(ROUTES).await).await, none);
        assert!(app.is_alone().await, "it is asked once");
        rig.builds();
        rig.becomes(Phase::Ready(app.address));
    }
}

#[tokio::test]
async fn routes_are_for_those_who_may_see_requests() {
    let (rig, app) = Rig::reporting().await;
    for (fields, method) in [
        ("Host: app.test\r\n", "GET"),
        ("Host: localhost\r\nOrigin: http://evil.test\r\n", "GET"),
        ("Host: localhost\r\nSec-Fetch-Site: cross-site\r\n", "GET"),
        ("Host: localhost\r\nContent-Length: 0\r\n", "POST"),
    ] {
        let mut client = rig
            .asks(&format!("{method} /__gin/routes HTTP/1.1\r\n{fields}\r\n"))
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

/// What the app is asked with for a report by such a request, if it is.
async fn wish(request: &str) -> Option<String> {
    let (rig, app) = Rig::reporting().await;
    let mut client = rig.asks(request).await;
    let (_, asked) = app.answers("HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(code(&client.head().await), 204);
    let wish = field(&asked, "x-gin-report")?;
    Some(wish.replace(&rig.report, "token"))
}

#[tokio::test]
async fn reports_are_asked_for_by_who_is_on_this_machine() {
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
        assert_eq!(wish(&get(fields)).await.as_deref(), expected, "{fields}");
    }
}

#[tokio::test]
async fn an_app_that_does_not_tell_is_not_asked() {
    let (rig, app) = Rig::ready().await;
    let _client = rig.asks(PAGE).await;
    let (_, asked) = app.request().await;
    assert_eq!(field(&asked, "x-gin-report"), None);
}

#[tokio::test]
async fn a_report_becomes_what_the_client_reads() {
    for (accept, media, shown) in [
        (
            "text/html",
            "text/html; charset=utf-8",
            "<h2 id=\"error-t\">no &lt;room&gt;</h2>",
        ),
        ("*/*", "text/plain; charset=utf-8", "panic: no <room>"),
        (
            "text/markdown",
            "text/markdown; charset=utf-8",
            "# GET /greet/•••••• panicked",
        ),
        (
            "application/json",
            "application/problem+json",
            "\"messages\":[\"no <room>\"]",
        ),
    ] {
        let (rig, app) = Rig::reporting().await;
        let ask = format!(
            "GET /greet/abc123?key=s3cret HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n"
        );
        let mut client = rig.asks(&ask).await;
        let told = marked(
            &rig,
            "500 Internal Server Error\r\nSet-Cookie: a=b",
            &panicked(),
        );
        app.answers(&told).await;
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
async fn a_page_of_a_report_is_kept_up_to_date_like_any_other() {
    let (rig, app) = Rig::reporting().await;
    let mut client = rig.asks(PAGE).await;
    app.answers(&marked(&rig, "500 Internal Server Error", &panicked()))
        .await;
    let head = client.head().await;
    let page = body(&mut client, &head).await;
    assert!(page.contains("data-revisit=\"freely\""), "{page}");
}

#[tokio::test]
async fn a_miss_is_explained_by_the_routes_and_says_which_methods_there_are() {
    let (rig, app) = Rig::reporting().await;
    let mut client = rig
        .asks("PUT /api/posts/7 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        .await;
    let facts =
        json!({ "kind": "miss", "problem": { "title": "Method Not Allowed", "status": 405 } });
    let told = marked(&rig, "405 Method Not Allowed\r\nAllow: GET, HEAD", &facts);
    let _asked = app.answers(&told).await;
    let routes = marked(&rig, "200 OK", &json!({ "routes": [route()] }));
    app.answers(&routes).await;
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
    assert!(text.contains("the path takes GET, HEAD"), "{text}");
}

#[tokio::test]
async fn what_only_looks_like_a_report_is_passed_on() {
    let facts = panicked().to_string();
    for token in ["", "x-gin-report: 0123\r\n"] {
        let (rig, app) = Rig::reporting().await;
        let mut client = rig.asks(PAGE).await;
        let answer = format!(
            "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/vnd.gin.report+json\r\n{token}Content-Length: {}\r\n\r\n{facts}",
            facts.len()
        );
        app.answers(&answer).await;
        let head = client.head().await;
        assert_eq!(field(&head, "x-gin-report"), None);
        assert_eq!(body(&mut client, &head).await, facts);
    }
}

#[tokio::test]
async fn a_report_that_makes_no_sense_is_a_bad_answer() {
    for facts in [
        json!([]),
        json!({ "kind": "surprise", "problem": {} }),
        json!("x".repeat(5 << 20)),
    ] {
        let (rig, app) = Rig::reporting().await;
        let mut client = rig.asks(PAGE).await;
        app.answers(&marked(&rig, "500 Internal Server Error", &facts))
            .await;
        assert_eq!(code(&client.head().await), 502);
    }
}
