//! Engines as services: in axum, in another engine, and by `handle`.

use std::net::SocketAddr;

use axum::Router;
use gin::Engine;
use gin::extract::Extension;
use gin::prelude::*;
use gin::tower::given;
use http::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::set_header::SetResponseHeaderLayer;

#[derive(Clone)]
struct User(&'static str);

fn engine() -> Engine {
    let app = Group::new("")
        .with(given::<User>())
        .get("/users/:id", async |Path(id): Path<u32>| {
            format!("user {id}")
        })
        .get("/me", async |Extension(user): Extension<User>| user.0)
        .get("/ip", async |cx: &mut Context| {
            format!("{:?}", cx.remote_ip())
        })
        .get("/upgrade", async |cx: &mut Context| {
            cx.upgrade("echo", async |mut connection| {
                let mut word = [0; 5];
                if connection.read_exact(&mut word).await.is_ok() {
                    let _ = connection.write_all(&word).await;
                }
            })
        })
        .post("/echo", async |body: Body| body);
    app.build().expect("it is valid")
}

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect_bytes(1024).await;
    String::from_utf8(bytes.expect("it is whole").to_vec()).expect("it is text")
}

#[tokio::test]
async fn handle_takes_any_body_and_the_address_of_the_client() {
    let engine = engine();
    let mut request = Request::get("http://localhost/ip")
        .body(String::new())
        .expect("it is valid");
    let address = SocketAddr::from(([203, 0, 113, 9], 4000));
    request.extensions_mut().insert(address);
    assert_eq!(
        text(engine.handle(request).await).await,
        "Some(203.0.113.9)"
    );

    let body = axum::body::Body::from("hello");
    let request = Request::post("http://localhost/echo")
        .body(body)
        .expect("it is valid");
    assert_eq!(text(engine.handle(request).await).await, "hello");

    let request = Request::get("/users/7")
        .body(Body::empty())
        .expect("it is valid");
    assert_eq!(engine.handle(request).await.status(), 400, "it has no host");

    let request = Request::get("http://localhost/nowhere")
        .body(Body::empty())
        .expect("it is valid");
    let response = engine.handle(request).await;
    assert_eq!(response.status(), 404);
    assert_eq!(text(response).await, "404 Not Found\n");

    let request = Request::builder()
        .method("HEAD")
        .uri("http://localhost/users/7")
        .body(Body::empty());
    let response = engine.handle(request.expect("it is valid")).await;
    assert_eq!(response.headers()["content-length"], "6");
    assert!(response.body().is_empty());
}

#[tokio::test]
async fn an_engine_is_a_service_that_layers_wrap() {
    let name = http::HeaderName::from_static("x-layer");
    let layer = SetResponseHeaderLayer::overriding(name, HeaderValue::from_static("outside"));
    let service = ServiceBuilder::new().layer(layer).service(engine());
    let mut request = Request::get("http://localhost/me")
        .body(Body::empty())
        .expect("it is valid");
    request.extensions_mut().insert(User("Ann"));
    let response = service.oneshot(request).await.expect("it never fails");
    assert_eq!(response.headers()["x-layer"], "outside");
    assert_eq!(text(response).await, "Ann");
}

#[tokio::test]
async fn an_engine_runs_inside_axum_upgrades_included() {
    let router = Router::new()
        .nest_service("/new", engine())
        .fallback_service(engine());
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let exchange = async |request: &str| {
        let mut client = TcpStream::connect(address).await.expect("it listens");
        client
            .write_all(request.as_bytes())
            .await
            .expect("it reads");
        let mut response = String::new();
        client
            .read_to_string(&mut response)
            .await
            .expect("it responds");
        response
    };
    let response =
        exchange("GET /new/users/7 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(response.ends_with("\r\n\r\nuser 7"), "{response}");
    let response = exchange("GET /users/x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(response.starts_with("HTTP/1.1 404 "), "{response}");
    let response = exchange(
        "GET /new/upgrade HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nhello",
    )
    .await;
    assert!(
        response.starts_with("HTTP/1.1 101 ") && response.ends_with("\r\n\r\nhello"),
        "{response}"
    );
    server.abort();
}
