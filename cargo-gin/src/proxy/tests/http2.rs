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
    let answer = tokio::spawn(client.send_request(request));
    let (mut wire, head) = app.request().await;
    assert!(head.starts_with("POST /x?y HTTP/1.1\r\n"), "{head}");
    assert_eq!(field(&head, "host"), Some("localhost:3000"));
    assert_eq!(field(&head, "cookie"), Some("a=1; b=2"));
    assert_eq!(wire.octets(2).await, "hi");
    wire.send("HTTP/1.1 200 OK\r\nConnection: close, x\r\nX: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n").await;
    let answer = within("an answer", answer).await.unwrap().unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers().get("x").is_none() && answer.headers().get("connection").is_none());
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "ok");
}

#[tokio::test]
async fn the_authority_has_to_be_ours() {
    let (rig, app) = Rig::ready().await;
    let mut client = client(&rig).await;
    for target in ["http://evil.test/", "http://evil.test/__gin/status"] {
        let answer = client.send_request(request(Method::GET, target, ""));
        assert_eq!(
            within("an answer", answer).await.unwrap().status(),
            StatusCode::FORBIDDEN
        );
    }
    assert!(app.is_alone().await);
}

#[tokio::test]
async fn requests_at_once_do_not_wait_for_each_other() {
    let (rig, app) = Rig::ready().await;
    let mut client = client(&rig).await;
    let slow = tokio::spawn(client.send_request(request(Method::GET, "http://localhost/slow", "")));
    let (mut slow_wire, _) = app.request().await;
    let quick =
        tokio::spawn(client.send_request(request(Method::GET, "http://localhost/quick", "")));
    app.answers(OK).await;
    assert_eq!(
        within("an answer", quick).await.unwrap().unwrap().status(),
        StatusCode::OK
    );
    slow_wire.send(OK).await;
    assert_eq!(
        within("an answer", slow).await.unwrap().unwrap().status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_held_http_2_request_is_answered_by_the_new_app() {
    let (rig, app) = (Rig::start().await, super::app::App::listen().await);
    let mut client = client(&rig).await;
    let held = tokio::spawn(client.send_request(request(Method::POST, "http://localhost/", "hi")));
    rig.holds(1).await;
    rig.becomes(Phase::Ready(app.address));
    let (mut wire, _) = app.request().await;
    assert_eq!(wire.octets(2).await, "hi");
    wire.send(OK).await;
    assert_eq!(
        within("an answer", held).await.unwrap().unwrap().status(),
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
