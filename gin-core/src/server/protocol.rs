//! HTTP/1.1 or HTTP/2 on one connection, whichever the client speaks.

use std::{convert::Infallible, io, pin::Pin, sync::Arc, time::Duration};

use http::Request;
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{
    activity::Activity,
    body::Body,
    connection::Connection,
    context::Context,
    engine::Engine,
    limits::Limits,
    response::Response,
    server::{alarm::beside, io::Watched, linger::linger},
};

/// What an HTTP/2 connection starts with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What the requests of one connection are served with.
pub(crate) struct Session {
    pub(crate) engine: Engine,
    pub(crate) connection: Arc<Connection>,
}

impl Session {
    /// Serves the requests on `socket` until it ends or a deadline passes.
    pub(crate) async fn serve<S>(self, socket: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Arc::new(Activity::new(self.connection.limits.clone()));
        // How a connection ends is the client's affair: hyper has told it already, if it still could.
        let _ = beside(self.speak(socket, activity.clone()), activity.expired()).await;
    }

    async fn speak<S>(self, socket: S, activity: Arc<Activity>) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut socket = Watched::new(socket, activity.clone());
        if socket.starts_with(PREFACE).await? {
            self.http2(socket, activity).await;
        } else {
            self.http1(socket, activity).await;
        }
        Ok(())
    }

    async fn http1<S>(self, socket: Watched<S>, activity: Arc<Activity>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let limits = &self.connection.limits;
        let mut http = http1::Builder::new()
            .max_headers(limits.fields)
            .max_header_size(limits.head_size)
            .serve_connection(
                socket,
                service_fn(|request| self.respond(&activity, request)),
            )
            .with_upgrades();
        let ended = beside(&mut http, self.connection.stop.begun()).await;
        if ended.is_none() {
            Pin::new(&mut http).graceful_shutdown();
            let _ = (&mut http).await;
        }
        match (self.connection.take_successor(), http.into_parts()) {
            (Some(successor), None) => {
                // To the deadlines, another protocol is one long request.
                let _ongoing = activity.begin();
                successor.await;
            }
            (_, Some(parts)) => linger(parts.io.into_socket()).await,
            (None, None) => {}
        }
    }

    async fn http2<S>(self, socket: Watched<S>, activity: Arc<Activity>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut http = http2(&self.connection.limits).serve_connection(
            socket,
            service_fn(|request| self.respond(&activity, request)),
        );
        let ended = beside(&mut http, self.connection.stop.begun()).await;
        if ended.is_none() {
            Pin::new(&mut http).graceful_shutdown();
            let _ = http.await;
        }
    }

    fn respond(
        &self,
        activity: &Arc<Activity>,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response, Infallible>> + Send + use<> {
        let ongoing = activity.begin();
        let engine = self.engine.clone();
        let connection = self.connection.clone();
        // All in one block, so that the request is moved once: into hyper's place for this future.
        async move {
            let (head, body) = request.into_parts();
            let body = Body::incoming(body, connection.limits.pace);
            let mut cx = Context::new(head, body, connection, engine.site());
            let endpoint = engine.admit(&mut cx);
            let mut response = endpoint.answer(&mut cx).await;
            response.body_mut().track(ongoing);
            Ok(response)
        }
    }
}

/// HTTP/2 with its limits. A client that has gone silently is found out by pings.
fn http2(limits: &Limits) -> http2::Builder<TokioExecutor> {
    const PING: Duration = Duration::from_secs(20);
    let mut builder = http2::Builder::new(TokioExecutor::new());
    let head_size = u32::try_from(limits.head_size).unwrap_or(u32::MAX);
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(200)
        .max_header_list_size(head_size);
    builder
}
