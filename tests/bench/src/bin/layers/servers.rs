//! The servers, each with the same handler behind the same layers.

use std::env;
use std::net::TcpListener as StdListener;
use std::process::Command;

use anyhow::{Context, Result};
use gin_bench::process::{listener, on_one_thread};
use http::header::X_FRAME_OPTIONS;
use http::{HeaderName, HeaderValue};
use tokio::net::TcpListener;

/// A server that is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// gin-core, with `Group::layer`.
    Gin,
    /// axum, with `Router::layer`.
    Axum,
    /// axum, with `Router::route_layer`.
    AxumRoutes,
}

/// The response of all handlers.
pub(crate) const BODY: &str = "Hello, World!";

const HEADER: HeaderName = X_FRAME_OPTIONS;
const VALUE: HeaderValue = HeaderValue::from_static("DENY");

impl Server {
    pub(crate) const ALL: [Server; 3] = [Server::Gin, Server::Axum, Server::AxumRoutes];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Server::Gin => "gin",
            Server::Axum => "axum",
            Server::AxumRoutes => "axum-routes",
        }
    }

    /// The name of its column.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Server::Gin => "gin, `layer`",
            Server::Axum => "axum, `layer`",
            Server::AxumRoutes => "axum, `route_layer`",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Server> {
        let server = Server::ALL.into_iter().find(|server| server.name() == name);
        server.with_context(|| format!("there is no server `{name}`"))
    }

    /// The command that serves in a process of its own.
    pub(crate) fn command(self) -> Result<Command> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["serve", self.name()]);
        Ok(command)
    }

    /// Serves on one thread until standard input ends. The address is the first line of the output.
    pub(crate) fn serve(self) -> Result<()> {
        let listener = listener()?;
        match self {
            Server::Gin => on_one_thread(gin_app::serve(listener)),
            Server::Axum => on_one_thread(axum_app::serve(listener, axum_app::layered())),
            Server::AxumRoutes => on_one_thread(axum_app::serve(listener, axum_app::by_route())),
        }
    }
}

mod gin_app {
    use gin::Server;
    use gin::prelude::*;
    use tower::util::MapRequestLayer;
    use tower_http::set_header::SetResponseHeaderLayer;
    use tower_http::trace::TraceLayer;

    use super::{BODY, HEADER, StdListener, TcpListener, VALUE};

    async fn hello() -> &'static str {
        BODY
    }

    pub(crate) async fn serve(listener: StdListener) -> anyhow::Result<()> {
        let same = Group::new("")
            .layer(MapRequestLayer::new(|request: http::Request<Body>| request))
            .get("/same", hello);
        let header = Group::new("")
            .layer(SetResponseHeaderLayer::overriding(HEADER, VALUE))
            .get("/header", hello);
        let trace = Group::new("")
            .layer(TraceLayer::new_for_http())
            .get("/trace", hello);
        let app = Group::new("")
            .get("/none", hello)
            .nest(same)
            .nest(header)
            .nest(trace);
        let server = Server::new(Engine::new(app)?)
            .listen(TcpListener::from_std(listener)?)
            .run();
        server.await.map_err(|error| anyhow::anyhow!("{error}"))
    }
}

mod axum_app {
    use axum::Router;
    use axum::extract::Request;
    use axum::routing::get;
    use tower::util::MapRequestLayer;
    use tower_http::set_header::SetResponseHeaderLayer;
    use tower_http::trace::TraceLayer;

    use super::{BODY, HEADER, StdListener, TcpListener, VALUE};

    async fn hello() -> &'static str {
        BODY
    }

    fn at(path: &str) -> Router {
        Router::new().route(path, get(hello))
    }

    /// Returns the app whose layers are around routers.
    pub(crate) fn layered() -> Router {
        at("/none")
            .merge(at("/same").layer(MapRequestLayer::new(|request: Request| request)))
            .merge(at("/header").layer(SetResponseHeaderLayer::overriding(HEADER, VALUE)))
            .merge(at("/trace").layer(TraceLayer::new_for_http()))
    }

    /// Returns the app whose layers are around each route.
    pub(crate) fn by_route() -> Router {
        at("/none")
            .merge(at("/same").route_layer(MapRequestLayer::new(|request: Request| request)))
            .merge(at("/header").route_layer(SetResponseHeaderLayer::overriding(HEADER, VALUE)))
            .merge(at("/trace").route_layer(TraceLayer::new_for_http()))
    }

    pub(crate) async fn serve(listener: StdListener, app: Router) -> anyhow::Result<()> {
        Ok(axum::serve(TcpListener::from_std(listener)?, app).await?)
    }
}
