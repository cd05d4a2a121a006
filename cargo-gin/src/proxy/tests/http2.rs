//! Clients that speak HTTP/2.

use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};

use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{field, within};
use crate::state::Phase;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

type Body = Full<&'static [u8]>;

async fn client(rig: &Rig) -> SendRequest<Body> {
    let stream = rig.client().await.stream;
    let (requests, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    requests
}

fn request(method: Method, target: &str, body: &'static str) -> Request<Body> {
    let request = Request::builder().method(method).uri(target);
    request.body(Full::new(body.as_bytes())).unwrap()
}

#[tokio::test]
async fn an_http_2_request_is_an_http_1_request_to_the_app() {
    let (rig, app) = Rig::ready().await;
    let mut client = client(&rig).await;
    let mut request = request(Method::POST, "http://localhost:3000/x?y", "hi");
    request
        .headers_mut()
        .append("cookie", "a=1".parse().unwrap());
    request
        .headers_mut()
        .append("cookie", "b=2".parse().unwrap());
    let response = tokio::spawn(client.send_request(request));
    let (mut wire, head) = app.request().await;
    assert!(head.starts_with("POST /x?y HTTP/1.1\r\n"), "{head}");
    assert_eq!(field(&head, "host"), Some("localhost:3000"));
    assert_eq!(field(&head, "cookie"), Some("a=1; b=2"));
    assert_eq!(wire.bytes(2).await, "hi");
    wire.send("HTTP/1.1 200 OK\r\nConnection: close, x\r\nX: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n").await;
    let response = within("a response", response).await.unwrap().unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(
        response.headers().get("x").is_none() && response.headers().get("connection").is_none()
    );
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "ok"
    );
}

#[tokio::test]
async fn the_authority_must_be_allowed() {
    let (rig, app) = Rig::ready().await;
    let mut client = client(&rig).await;
    for target in ["http://evil.test/", "http://evil.test/__gin/status"] {
        let response = client.send_request(request(Method::GET, target, ""));
        assert_eq!(
            within("a response", response).await.unwrap().status(),
            StatusCode::FORBIDDEN
        );
    }
    assert!(app.is_alone().await);
}

#[tokio::test]
async fn concurrent_requests_do_not_wait_for_each_other() {
    let (rig, app) = Rig::ready().await;
    let mut client = client(&rig).await;
    let slow = tokio::spawn(client.send_request(request(Method::GET, "http://localhost/slow", "")));
    let (mut slow_wire, _) = app.request().await;
    let quick =
        tokio::spawn(client.send_request(request(Method::GET, "http://localhost/quick", "")));
    app.responds(OK).await;
    assert_eq!(
        within("a response", quick).await.unwrap().unwrap().status(),
        StatusCode::OK
    );
    slow_wire.send(OK).await;
    assert_eq!(
        within("a response", slow).await.unwrap().unwrap().status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_held_http_2_request_is_served_by_the_new_app() {
    let (rig, app) = (Rig::start().await, super::app::App::listen().await);
    let mut client = client(&rig).await;
    let held = tokio::spawn(client.send_request(request(Method::POST, "http://localhost/", "hi")));
    rig.holds(1).await;
    rig.becomes(Phase::ready_at(app.address));
    let (mut wire, _) = app.request().await;
    assert_eq!(wire.bytes(2).await, "hi");
    wire.send(OK).await;
    assert_eq!(
        within("a response", held).await.unwrap().unwrap().status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_cancelled_http_2_request_is_no_longer_held() {
    let rig = Rig::start().await;
    let mut client = client(&rig).await;
    let held = tokio::spawn(client.send_request(request(Method::GET, "http://localhost/", "")));
    rig.holds(1).await;
    held.abort();
    rig.holds(0).await;
}

#[tokio::test]
async fn the_reset_of_an_upload_does_not_end_it() {
    const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
    // `POST http://localhost/` (RFC 7541 appendix A) without END_STREAM.
    const POST: &[u8] = b"\0\0\x0E\x01\x04\0\0\0\x01\x83\x86\x84\x01\x09localhost";
    const DATA: &[u8] = b"\0\0\x04\0\0\0\0\0\x01half";
    const NO_ERROR: &[u8] = b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\0";
    let (rig, app) = Rig::ready().await;
    let mut client = rig.client().await;
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    client.send([SETTINGS, POST, DATA].concat()).await;
    let (mut wire, head) = app.request().await;
    assert_eq!(field(&head, "transfer-encoding"), Some("chunked"));
    assert_eq!(wire.until("half\r\n").await, "4\r\nhalf\r\n");
    client.send(NO_ERROR).await;
    assert_eq!(wire.rest().await, "", "the app has the whole body");
}
