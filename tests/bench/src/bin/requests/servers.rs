//! The servers, each with the same three routes: text, JSON, and a param behind three middleware that count requests.

use std::net::TcpListener as StdListener;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use anyhow::{Context, Result};
use gin_bench::process::{self, on_one_thread};
use serde::Serialize;
use tokio::net::TcpListener;

/// A server that is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    Hyper,
    Gin,
    Axum,
    Actix,
}

/// The requests that passed a middleware, once for each.
static PASSED: AtomicU64 = AtomicU64::new(0);

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

const MESSAGE: Message = Message {
    message: "Hello, World!",
};

impl Server {
    pub(crate) const ALL: [Server; 4] = [Server::Hyper, Server::Gin, Server::Axum, Server::Actix];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Server::Hyper => "hyper",
            Server::Gin => "gin",
            Server::Axum => "axum",
            Server::Actix => "actix",
        }
    }

    /// The name of its column.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Server::Hyper => "bare hyper",
            Server::Gin => "gin",
            Server::Axum => "axum",
            Server::Actix => "actix-web",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Server> {
        let server = Server::ALL.into_iter().find(|server| server.name() == name);
        server.with_context(|| format!("there is no server `{name}`"))
    }

    /// Serves on one thread until standard input ends. The address is the first line of the output.
    pub(crate) fn serve(self) -> Result<()> {
        let listener = process::listener()?;
        match self {
            Server::Hyper => on_one_thread(hyper_app::serve(listener)),
            Server::Gin => on_one_thread(gin_app::serve(listener)),
            Server::Axum => on_one_thread(axum_app::serve(listener)),
            Server::Actix => actix_app::serve(listener),
        }
    }
}

/// The work of a middleware.
fn pass() {
    PASSED.fetch_add(1, Relaxed);
}

mod gin_app {
    use gin::Server;
    use gin::prelude::*;

    use super::{MESSAGE, Message, StdListener, TcpListener, pass};

    async fn count(cx: &mut Context, next: Next<'_>) -> Response {
        pass();
        next.run(cx).await
    }

    async fn json() -> Json<Message> {
        Json(MESSAGE)
    }

    #[get("/hello/:name")]
    async fn hello(name: &str) -> String {
        format!("Hello, {name}!")
    }

    pub(crate) async fn serve(listener: StdListener) -> anyhow::Result<()> {
        let counted = Group::new("").with(count).with(count).with(count);
        let app = Group::new("")
            .get("/plaintext", async || "Hello, World!")
            .get("/json", json)
            .nest(counted.mount(routes![hello]));
        let engine = Engine::new(app)?;
        let server = Server::new(engine)
            .listen(TcpListener::from_std(listener)?)
            .run();
        server.await.map_err(|error| anyhow::anyhow!("{error}"))
    }
}

mod hyper_app {
    use std::convert::Infallible;

    use bytes::Bytes;
    use http::header::CONTENT_TYPE;
    use http::{HeaderValue, Request, Response, StatusCode};
    use http_body_util::Full;
    use hyper::body::Incoming;
    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;

    use super::{MESSAGE, StdListener, TcpListener, pass};

    async fn respond(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        Ok(match request.uri().path() {
            "/plaintext" => typed(TEXT, "Hello, World!"),
            "/json" => typed(JSON, serde_json::to_vec(&MESSAGE).unwrap_or_default()),
            path => match path.strip_prefix("/hello/") {
                Some(name) => hello(name),
                None => not_found(),
            },
        })
    }

    /// Does the work of three middleware, because hyper has none.
    fn hello(name: &str) -> Response<Full<Bytes>> {
        pass();
        pass();
        pass();
        typed(TEXT, format!("Hello, {name}!"))
    }

    fn not_found() -> Response<Full<Bytes>> {
        let mut response = typed(TEXT, "");
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    }

    const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
    const JSON: HeaderValue = HeaderValue::from_static("application/json");

    fn typed(content_type: HeaderValue, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(body.into()));
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response
    }

    pub(crate) async fn serve(listener: StdListener) -> anyhow::Result<()> {
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let connection =
                http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(respond));
            tokio::spawn(connection);
        }
    }
}

mod axum_app {
    use axum::extract::{Path, Request};
    use axum::middleware::{Next, from_fn};
    use axum::response::Response;
    use axum::routing::get;
    use axum::{Json, Router};

    use super::{MESSAGE, Message, StdListener, TcpListener, pass};

    async fn count(request: Request, next: Next) -> Response {
        pass();
        next.run(request).await
    }

    async fn json() -> Json<Message> {
        Json(MESSAGE)
    }

    async fn hello(Path(name): Path<String>) -> String {
        format!("Hello, {name}!")
    }

    pub(crate) async fn serve(listener: StdListener) -> anyhow::Result<()> {
        let counted = Router::new()
            .route("/hello/{name}", get(hello))
            .layer(from_fn(count))
            .layer(from_fn(count))
            .layer(from_fn(count));
        let app = Router::new()
            .route("/plaintext", get(async || "Hello, World!"))
            .route("/json", get(json))
            .merge(counted);
        Ok(axum::serve(TcpListener::from_std(listener)?, app).await?)
    }
}

mod actix_app {
    use actix_web::body::MessageBody;
    use actix_web::dev::{ServiceRequest, ServiceResponse};
    use actix_web::middleware::{Next, from_fn};
    use actix_web::web::{Json, Path, get, resource};
    use actix_web::{App, Error, HttpServer};

    use super::{MESSAGE, Message, StdListener, pass};

    async fn count(
        request: ServiceRequest,
        next: Next<impl MessageBody>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        pass();
        next.call(request).await
    }

    async fn json() -> Json<Message> {
        Json(MESSAGE)
    }

    async fn hello(name: Path<String>) -> String {
        format!("Hello, {name}!")
    }

    pub(crate) fn serve(listener: StdListener) -> anyhow::Result<()> {
        let app = || {
            App::new()
                .route("/plaintext", get().to(async || "Hello, World!"))
                .route("/json", get().to(json))
                .service(
                    resource("/hello/{name}")
                        .wrap(from_fn(count))
                        .wrap(from_fn(count))
                        .wrap(from_fn(count))
                        .route(get().to(hello)),
                )
        };
        let server = HttpServer::new(app).workers(1).listen(listener)?.run();
        Ok(actix_web::rt::System::new().block_on(server)?)
    }
}
