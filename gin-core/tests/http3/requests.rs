//! Requests and responses: heads, bodies, trailers, and requests that are malformed.

use bytes::Bytes;
use gin::prelude::*;
use http::{HeaderMap, Method, Request, Version};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tokio::sync::mpsc;

use crate::fixture::{Client, Running, receive, reset_code, url};

const MESSAGE_ERROR: u64 = 0x10e;
const INTERNAL_ERROR: u64 = 0x102;

fn app() -> Group {
    Group::new("")
        .get("/", async |cx: &mut Context| {
            let is_https = cx.scheme() == "https" && cx.remote_addr().is_some();
            format!("{:?} {is_https}", cx.version())
        })
        .post("/echo", async |body: Body| body)
        .post("/whole", async |body: Bytes| body)
        .get("/panics", async || {
            Body::from_writer(async |mut out| {
                out.send("a part").await;
                panic!("a bug");
            })
        })
        .get("/switched", async || {
            let headers = [("connection", "upgrade"), ("upgrade", "echo")];
            (StatusCode::SWITCHING_PROTOCOLS, headers, "")
        })
        .get("/broken", async || {
            Body::from_writer(async |mut out| {
                out.send("a part").await;
                out.fail("the source is gone").await;
            })
        })
}

#[tokio::test]
async fn a_request_has_the_version_the_scheme_and_the_address() {
    let server = Running::new(app()).await;
    let mut client = server.connect().await;
    let response = client.get("/").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.text(), "HTTP/3.0 true");
    assert_eq!(response.head.version(), Version::HTTP_3);
    assert!(response.header("date").is_some());
    assert_eq!(response.header("content-length"), Some("13"));
    assert_eq!(response.header("alt-svc"), None);
    server.ended().await;
}

#[tokio::test]
async fn a_body_streams_in_both_directions() {
    let server = Running::new(app()).await;
    let mut client = server.connect().await;
    let head = Request::post(url("/echo")).body(()).unwrap();
    let mut stream = client.begin(head).await;
    stream.send_data(Bytes::from("one")).await.unwrap();
    assert_eq!(stream.recv_response().await.unwrap().status(), 200);
    for word in ["two", "three"] {
        // The last word has come back before the next one is sent.
        assert!(stream.recv_data().await.unwrap().is_some());
        stream.send_data(Bytes::from(word)).await.unwrap();
    }
    assert!(stream.recv_data().await.unwrap().is_some());
    stream.finish().await.unwrap();
    assert!(stream.recv_data().await.unwrap().is_none());
    server.ended().await;
}

#[tokio::test]
async fn a_large_body_comes_whole() {
    let server = Running::new(app().body_limit(32 << 20)).await;
    let mut client = server.connect().await;
    let body: Vec<u8> = (0..8_u32 << 20).map(|index| (index % 251) as u8).collect();
    let body = Bytes::from(body);
    for path in ["/echo", "/whole"] {
        let head = Request::post(url(path)).body(()).unwrap();
        let (mut send, mut recv) = client.begin(head).await.split();
        let copy = body.clone();
        let sending = tokio::spawn(async move {
            send.send_data(copy).await.unwrap();
            send.finish().await.unwrap();
        });
        assert_eq!(recv.recv_response().await.unwrap().status(), 200);
        let mut received = Vec::new();
        while let Some(mut data) = recv.recv_data().await.unwrap() {
            let length = bytes::Buf::remaining(&data);
            received.extend_from_slice(&bytes::Buf::copy_to_bytes(&mut data, length));
        }
        assert!(received == body, "{path}");
        sending.await.unwrap();
    }
    server.ended().await;
}

#[tokio::test]
async fn trailers_go_in_both_directions() {
    let app = Group::new("").post("/", async |body: Body| {
        let collected = body.collect().await?;
        let sum = collected.trailers().and_then(|it| it.get("sum")).cloned();
        let mut trailers = HeaderMap::new();
        trailers.extend(sum.map(|sum| (http::HeaderName::from_static("sum"), sum)));
        let frames = [
            Ok(Frame::data(collected.to_bytes())),
            Ok(Frame::trailers(trailers)),
        ];
        let frames = futures_util::stream::iter(frames);
        gin::Result::<Body>::Ok(Body::new(StreamBody::new(frames)))
    });
    let server = Running::new(app).await;
    let mut client = server.connect().await;
    let head = Request::post(url("/")).body(()).unwrap();
    let mut stream = client.begin(head).await;
    stream.send_data(Bytes::from("1 2 3")).await.unwrap();
    let mut trailers = HeaderMap::new();
    trailers.insert("sum", "6".parse().unwrap());
    stream.send_trailers(trailers).await.unwrap();
    stream.finish().await.unwrap();
    let response = receive(stream).await.unwrap();
    assert_eq!(response.text(), "1 2 3");
    assert_eq!(response.trailers.unwrap()["sum"], "6");
    server.ended().await;
}

#[tokio::test]
async fn a_response_that_fails_halfway_is_reset() {
    let server = Running::new(app()).await;
    let mut client = server.connect().await;
    for path in ["/broken", "/panics", "/switched"] {
        let request = Request::get(url(path)).body(Bytes::new()).unwrap();
        let error = client.send(request).await.unwrap_err();
        assert_eq!(reset_code(&error), Some(INTERNAL_ERROR), "{path}: {error}");
    }
    assert_eq!(client.get("/").await.status(), 200);
    server.ended().await;
}

#[tokio::test]
async fn a_body_of_another_length_than_announced_is_a_message_error() {
    let server = Running::new(app()).await;
    let mut client = server.connect().await;
    let lengths = [("3", "hello"), ("9", "hello"), ("5", ""), ("x", "hello")];
    for (path, (length, body)) in ["/whole", "/echo"]
        .iter()
        .flat_map(|path| lengths.map(|it| (path, it)))
    {
        let request = Request::post(url(path)).header("content-length", length);
        let request = request.body(Bytes::from(body)).unwrap();
        let error = client.send(request).await.unwrap_err();
        assert_eq!(
            reset_code(&error),
            Some(MESSAGE_ERROR),
            "{length} {body:?}: {error}"
        );
    }
    let request = Request::post(url("/whole")).header("content-length", "5");
    let request = request.body(Bytes::from("hello")).unwrap();
    assert_eq!(client.send(request).await.unwrap().text(), "hello");
    server.ended().await;
}

#[tokio::test]
async fn headers_of_a_connection_are_a_message_error() {
    let server = Running::new(app()).await;
    let mut client = server.connect().await;
    for (name, value) in [
        ("connection", "close"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "websocket"),
        ("keep-alive", "1"),
        ("te", "gzip"),
    ] {
        let request = Request::get(url("/")).header(name, value);
        let error = client
            .send(request.body(Bytes::new()).unwrap())
            .await
            .unwrap_err();
        assert_eq!(reset_code(&error), Some(MESSAGE_ERROR), "{name}: {error}");
    }
    let request = Request::get(url("/")).header("te", "trailers");
    let response = client
        .send(request.body(Bytes::new()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    server.ended().await;
}

#[tokio::test]
async fn tunnels_are_not_offered() {
    let server = Running::new(app()).await;
    let mut client = server.connect().await;
    let plain = Request::builder()
        .method(Method::CONNECT)
        .uri("localhost:443");
    let websocket = Request::builder()
        .method(Method::CONNECT)
        .uri(url("/"))
        .extension(h3::ext::Protocol::WEB_TRANSPORT);
    for request in [plain, websocket] {
        let response = client
            .send(request.body(Bytes::new()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), 501);
        assert!(response.text().contains("does not know the method"));
    }
    server.ended().await;
}

#[tokio::test]
async fn the_handler_of_a_client_that_has_gone_is_dropped() {
    let (events_tx, mut events) = mpsc::unbounded_channel();
    let app = Group::new("")
        .state(events_tx)
        .get("/slow", async |cx: &mut Context| {
            let events = cx.state::<mpsc::UnboundedSender<&str>>().unwrap().clone();
            let _guard = Dropped(events.clone());
            events.send("begun").unwrap();
            std::future::pending::<()>().await;
        })
        .get("/stream", async |cx: &mut Context| {
            let events = cx.state::<mpsc::UnboundedSender<&str>>().unwrap().clone();
            Body::from_writer(async move |mut out| {
                let _guard = Dropped(events.clone());
                out.send("first").await;
                events.send("begun").unwrap();
                std::future::pending::<()>().await;
            })
        });
    let server = Running::new(app).await;
    for path in ["/slow", "/stream"] {
        let mut client = server.connect().await;
        let head = Request::get(url(path)).body(()).unwrap();
        let mut stream = client.begin(head).await;
        assert_eq!(events.recv().await, Some("begun"));
        stream.stop_sending(h3::error::Code::H3_REQUEST_CANCELLED);
        assert_eq!(events.recv().await, Some("dropped"), "reset {path}");

        let head = Request::get(url(path)).body(()).unwrap();
        let _stream = client.begin(head).await;
        assert_eq!(events.recv().await, Some("begun"));
        client.connection.close(0_u32.into(), b"");
        assert_eq!(events.recv().await, Some("dropped"), "closed {path}");
    }
    server.ended().await;
}

struct Dropped(mpsc::UnboundedSender<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

#[tokio::test]
async fn a_client_that_moves_keeps_its_connection_and_gets_the_promise_of_https() {
    let app = Group::new("").get("/", async |cx: &mut Context| {
        cx.remote_addr().map(|it| it.port()).unwrap().to_string()
    });
    let server = Running::new(app).await;
    let endpoint = server.endpoint();
    let connecting = endpoint.connect(server.address, "localhost").unwrap();
    let mut client = Client::new(connecting.await.unwrap()).await;
    for _ in 0..2 {
        let port = endpoint.local_addr().unwrap().port();
        // It is never made for `localhost`.
        let request = Request::get("https://shop.example/").body(Bytes::new());
        let response = client.send(request.unwrap()).await.unwrap();
        assert_eq!(response.text(), port.to_string());
        let promise = response.header("strict-transport-security");
        assert_eq!(promise, Some("max-age=86400"), "at port {port}");
        let other = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        endpoint.rebind(other).unwrap();
    }
    server.ended().await;
}
