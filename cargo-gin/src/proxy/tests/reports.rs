//! What an app built on gin-core tells of itself.

use serde_json::{Value, json};

use super::own::body;
use super::rig::{Rig, Wire, code, field};
use crate::phase::Phase;
use crate::progress::Progress;

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
        app.answers(&answer).await;
        assert_eq!(routes(client).await, none, "{answer}");
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
