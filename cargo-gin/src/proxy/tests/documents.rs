//! The reload script: where it is appended, and that nothing else is changed.

use crate::proxy::tests::app::App;
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{Wire, code, field};
use crate::state::Phase;

pub(super) const VISIT: &str = "GET / HTTP/1.1\r\nHost: localhost:3000\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n\
                     Accept-Encoding: gzip, br\r\nIf-None-Match: \"old\"\r\nIf-Modified-Since: yesterday\r\n\r\n";
const END: &str = "})();</script>";

/// Returns the client's view of this response to this request: the head, and the rest up to the end of the connection.
async fn exchange(request: &str, response: &str) -> (String, String) {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(request).await;
    app.responds(response).await;
    let head = client.head().await;
    rig.status.send_modify(|status| status.attempt += 1);
    drop(rig.status);
    (head, client.rest().await)
}

/// Returns the client's view of a page with these header fields.
async fn page(fields: &str) -> (String, String) {
    let page = "<h1>Hi</h1>";
    let length = page.len();
    let page = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n{fields}\r\n{page}"
    );
    exchange(VISIT, &page).await
}

async fn visits(rig: &Rig, app: &App) -> (Wire, String) {
    let mut client = rig.send(VISIT).await;
    app.responds("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n")
        .await;
    client.head().await;
    let script = client.until(">").await;
    (client, script)
}

#[tokio::test]
async fn a_page_gets_the_script_after_its_end() {
    let (head, body) = page("ETag: \"1\"\r\n").await;
    assert_eq!(
        field(&head, "content-length"),
        Some(&*body.len().to_string())
    );
    assert_eq!(field(&head, "etag"), Some("W/\"1\""));
    assert_eq!(field(&head, "vary"), Some("Sec-Fetch-Dest"));
    assert!(body.starts_with("<h1>Hi</h1><script nonce=\""), "{body}");
    assert!(body.ends_with(END), "{body}");
    assert_eq!(field(&head, "content-security-policy"), None);
}

#[tokio::test]
async fn the_script_knows_the_edition_of_its_page() {
    let (rig, app) = Rig::ready().await;
    rig.saves("a.css");
    rig.saves("b.html");
    let (_, script) = visits(&rig, &app).await;
    let edition =
        " data-build=\"1\" data-revision=\"2\" data-revisit=\"freely\" data-overlay=\"used\">";
    assert!(script.ends_with(edition), "{script}");
}

#[tokio::test]
async fn a_save_while_the_app_responds_is_newer_than_the_page() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(VISIT).await;
    let (mut wire, _) = app.request().await;
    rig.saves("a.html");
    wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n")
        .await;
    client.until("data-revision=\"0\"").await;
}

#[tokio::test]
async fn a_form_s_response_is_not_reloaded_without_confirmation() {
    let post = "POST / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Dest: document\r\nContent-Length: 0\r\n\r\n";
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n";
    let (_, body) = exchange(post, page).await;
    assert!(body.contains("data-revisit=\"asks\""), "{body}");
}

#[tokio::test]
async fn the_app_gets_a_request_for_an_extensible_page() {
    let (rig, app) = Rig::ready().await;
    let _client = rig.send(VISIT).await;
    let (_, head) = app.request().await;
    assert_eq!(field(&head, "accept-encoding"), Some("identity"));
    assert_eq!(field(&head, "if-none-match"), None);
    assert_eq!(field(&head, "if-modified-since"), None);
}

#[tokio::test]
async fn the_request_of_a_script_is_forwarded_unchanged() {
    let (rig, app) = Rig::ready().await;
    let request = VISIT
        .replace("document", "empty")
        .replace("navigate", "cors");
    let mut client = rig.send(&request).await;
    let (mut wire, head) = app.request().await;
    assert_eq!(field(&head, "accept-encoding"), Some("gzip, br"));
    assert_eq!(field(&head, "if-none-match"), Some("\"old\""));
    wire.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"1\"\r\nContent-Length: 3\r\n\r\n<p>",
    )
    .await;
    let head = client.head().await;
    assert_eq!(field(&head, "etag"), Some("\"1\""));
    assert_eq!(field(&head, "vary"), None);
    assert_eq!(field(&head, "content-length"), Some("3"));
    assert_eq!(client.bytes(3).await, "<p>");
}

#[tokio::test]
async fn a_chunked_page_is_passed_on_as_it_comes() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(VISIT).await;
    let (mut wire, _) = app.request().await;
    wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    wire.send("8\r\n<h1>Hi</\r\n").await;
    let head = client.head().await;
    assert_eq!(field(&head, "content-length"), None);
    client.until("8\r\n<h1>Hi</\r\n").await;
    wire.send("3\r\nh1>\r\n0\r\n\r\n").await;
    client.until("3\r\nh1>\r\n").await;
    client.until("<script nonce=").await;
    client.until(&format!("{END}\r\n0\r\n\r\n")).await;
}

#[tokio::test]
async fn trailers_come_after_the_script() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig
        .send(&VISIT.replace("\r\n\r\n", "\r\nTE: trailers\r\nConnection: te\r\n\r\n"))
        .await;
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTrailer: X-Took\r\nTransfer-Encoding: chunked\r\n\r\n\
                2\r\nHi\r\n0\r\nX-Took: 3\r\n\r\n";
    app.responds(page).await;
    let end = client.until(END).await;
    assert!(end.contains("2\r\nHi\r\n"), "{end}");
    let trailers = client.until("\r\n\r\n").await.to_ascii_lowercase();
    assert!(trailers.ends_with("0\r\nx-took: 3\r\n\r\n"), "{trailers}");
}

#[tokio::test]
async fn a_truncated_page_does_not_look_complete() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(VISIT).await;
    let (mut wire, _) = app.request().await;
    wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nHi\r\n").await;
    client.until("2\r\nHi\r\n").await;
    drop(wire);
    let rest = client.rest().await;
    assert_eq!(rest, "");
}

#[tokio::test]
async fn a_head_response_describes_the_get_response() {
    let request = VISIT.replace("GET", "HEAD");
    let page =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 11\r\nETag: \"1\"\r\n\r\n";
    let (head, body) = exchange(&request, page).await;
    let (get, _) = self::page("ETag: \"1\"\r\n").await;
    for name in ["content-length", "etag", "vary"] {
        assert_eq!(field(&head, name), field(&get, name));
    }
    assert_eq!(body, "");
}

#[tokio::test]
async fn a_policy_allows_the_script_by_its_nonce() {
    let (head, body) =
        page("Content-Security-Policy: default-src 'self'; script-src 'none'\r\n").await;
    let nonce = body.split('"').nth(1).unwrap();
    let policy = format!("default-src 'self'; script-src 'nonce-{nonce}'");
    assert_eq!(field(&head, "content-security-policy"), Some(&*policy));
    let (_, other) = page("").await;
    assert_ne!(other.split('"').nth(1), Some(nonce), "a nonce is used once");
}

#[tokio::test]
async fn a_response_that_is_not_plain_html_is_not_changed() {
    for fields in [
        "Content-Type: application/json",
        "Content-Type: text/event-stream",
        "Content-Type: application/octet-stream",
        "Content-Type: text/html\r\nContent-Encoding: gzip",
        "Content-Type: text/html\r\nContent-Encoding: br",
        "Content-Type: text/html\r\nContent-Disposition: attachment; filename=a.html",
        "Content-Type: text/html\r\nCache-Control: no-transform",
        "Content-Type: text/html\r\nContent-Security-Policy: sandbox",
    ] {
        let whole =
            format!("HTTP/1.1 200 OK\r\n{fields}\r\nETag: \"1\"\r\nContent-Length: 4\r\n\r\nfour");
        let (head, body) = exchange(VISIT, &whole).await;
        assert_eq!(
            (field(&head, "etag"), &*body),
            (Some("\"1\""), "four"),
            "{fields}"
        );
    }
}

#[tokio::test]
async fn a_part_of_a_page_is_not_changed() {
    let request = VISIT.replace("\r\n\r\n", "\r\nRange: bytes=0-3\r\n\r\n");
    let part = "HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\nContent-Range: bytes 0-3/9\r\nContent-Length: 4\r\n\r\nfour";
    assert_eq!(exchange(&request, part).await.1, "four");
}

#[tokio::test]
async fn the_proxy_s_own_pages_get_no_reload_script() {
    let rig = Rig::start().await;
    rig.becomes(Phase::Failed);
    let mut client = rig.send(VISIT).await;
    let head = client.head().await;
    let length = field(&head, "content-length").unwrap().parse().unwrap();
    assert_eq!(code(&head), 500);
    assert!(!client.bytes(length).await.contains("data-revision"));
}

#[tokio::test]
async fn without_reload_a_page_is_not_changed() {
    let (rig, app) = Rig::start_without_reload().await;
    let mut client = rig.send(VISIT).await;
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nHi";
    let (_, forwarded) = app.responds(page).await;
    assert_eq!(field(&forwarded, "accept-encoding"), Some("gzip, br"));
    assert_eq!(field(&client.head().await, "content-length"), Some("2"));
}

#[tokio::test]
async fn the_body_of_a_form_is_forwarded_unchanged() {
    let (rig, app) = Rig::ready().await;
    let post = "POST / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Dest: document\r\n\
                Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5\r\n\r\n--x--";
    let _client = rig.send(post).await;
    let (mut wire, head) = app.request().await;
    assert_eq!(field(&head, "content-length"), Some("5"));
    assert_eq!(wire.bytes(5).await, "--x--");
}
