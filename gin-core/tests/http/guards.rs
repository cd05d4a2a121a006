//! Guards on the wire: bodies that are read before their route is known, and responses without a handler.

use gin::middleware::{Cors, Csrf, MethodOverride, SecurityHeaders};
use gin::prelude::*;

use tokio::io::AsyncWriteExt;

use crate::wire::{Running, Wire};

fn app() -> Group {
    let show = async |cx: &mut Context, text: String| format!("{} {text}", cx.method());
    let group = Group::new("").method_override(MethodOverride::new());
    group.post("/", show).delete("/", show)
}

fn form(headers: &str, body: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\n{headers}\r\n{body}"
    )
}

/// Ends the connection in this direction.
async fn end(wire: &mut Wire) {
    wire.0.shutdown().await.expect("the connection is open");
}

#[tokio::test]
async fn a_form_is_read_once_and_the_next_request_follows() {
    let server = Running::new(app()).await;
    let deleted = form("content-length: 14\r\n", "_method=DELETE");
    let posted = form("content-length: 3\r\nconnection: close\r\n", "a=1");
    let responses = server.exchange(deleted + &posted).await;
    assert!(responses.contains("DELETE _method=DELETE"), "{responses}");
    assert!(responses.ends_with("POST a=1"), "{responses}");
}

#[tokio::test]
async fn a_form_of_unknown_length_is_left_to_its_route() {
    // The limit of the route is not known before the route is.
    let server = Running::new(app()).await;
    let headers = "transfer-encoding: chunked\r\nconnection: close\r\n";
    let request = form(headers, "e\r\n_method=DELETE\r\n0\r\n\r\n");
    let response = server.exchange(request).await;
    assert!(response.ends_with("POST _method=DELETE"), "{response}");
}

#[tokio::test]
async fn a_form_that_is_cut_off_deletes_nothing() {
    let server = Running::new(app()).await;
    let mut wire = server.connect().await;
    wire.send(form("content-length: 99\r\n", "_method=DELETE"))
        .await;
    end(&mut wire).await;
    let response = wire.rest().await;
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
}

#[tokio::test]
async fn a_forged_request_with_a_body_is_refused_without_it() {
    let group = app().with(SecurityHeaders::new()).with(Csrf::new());
    let server = Running::new(group).await;
    let headers = "origin: http://evil.test\r\ncontent-length: 3\r\nconnection: close\r\n";
    let response = server.exchange(form(headers, "a=1")).await;
    assert!(response.starts_with("HTTP/1.1 403 "), "{response}");
    assert!(
        response.contains("x-content-type-options: nosniff\r\n"),
        "{response}"
    );
}

#[tokio::test]
async fn a_malformed_request_still_has_the_headers_for_browsers() {
    let cors = Cors::new(["https://app.example"]);
    let group = Group::new("").with(SecurityHeaders::new()).with(cors);
    let server = Running::new(group).await;
    let request =
        "GET /%zz HTTP/1.1\r\nhost: a\r\norigin: https://app.example\r\nconnection: close\r\n\r\n";
    let response = server.exchange(request).await;
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    let allowed = "access-control-allow-origin: https://app.example\r\n";
    assert!(response.contains(allowed), "{response}");
    assert!(
        response.contains("x-frame-options: SAMEORIGIN\r\n"),
        "{response}"
    );
}

#[tokio::test]
async fn a_body_that_breaks_keeps_the_headers_for_browsers() {
    // The handler ignores the error, so the engine replaces its response.
    let ignore = async |cx: &mut Context| {
        let _ = cx.bytes().await;
        "accepted"
    };
    let group = Group::new("").with(Cors::any_origin()).post("/", ignore);
    let server = Running::new(group).await;
    let mut wire = server.connect().await;
    wire.send(form(
        "origin: https://app.example\r\ncontent-length: 99\r\n",
        "a=1",
    ))
    .await;
    end(&mut wire).await;
    let response = wire.rest().await;
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    assert!(
        response.contains("access-control-allow-origin: *\r\n"),
        "{response}"
    );
}
