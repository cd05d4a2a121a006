//! Requests of other servers, and of tests, that an engine responds to.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Buf;
use http::header::{Entry, HOST};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Request};
use http_body::Body as HttpBody;

use crate::connection::{Connection, Shutdown};
use crate::content::{Body, header_pool};
use crate::dispatch::Engine;
use crate::failure::BoxError;
use crate::future::BoxFuture;
use crate::request::Context;
use crate::response::Response;
use crate::server::upgrade::{refuse_unswitched, take_as_get};

impl Engine {
    /// Responds to a request that does not come from a [`Server`](crate::Server): one of another server on hyper, of a test, or of a
    /// program that makes requests by itself.
    ///
    /// Some extensions of the request have a meaning: a [`SocketAddr`] is the client's address, for
    /// [`Context::remote_addr`](crate::Context::remote_addr), and hyper's `OnUpgrade` lets [`Context::upgrade`](crate::Context::upgrade)
    /// and a `WebSocket` take the connection. All others are there as [`Extension`](crate::extract::Extension)s. The timeouts and limits
    /// of a `Server` do not apply, and [`Context::shutdown`](crate::Context::shutdown) is never requested.
    ///
    /// A request of HTTP/1.1 needs a `Host` header, or a target with an authority as in the example: otherwise the response is 400,
    /// as it is on a socket (RFC 9112 §3.2).
    ///
    /// With the feature `tower`, an engine also is a `Service`.
    ///
    /// ```
    /// use std::net::SocketAddr;
    ///
    /// use gin::prelude::*;
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let app = Group::new("").post("/echo", async |cx: &mut Context, body: Body| (format!("{:?}", cx.remote_ip()), body).1);
    /// let engine = Engine::new(app)?;
    ///
    /// let mut request = http::Request::post("http://localhost/echo").body(Body::from("hello"))?;
    /// request.extensions_mut().insert(SocketAddr::from(([203, 0, 113, 9], 4000)));
    /// let response = engine.handle(request).await;
    /// assert_eq!(response.status(), 200);
    /// assert_eq!(response.into_body().collect_bytes(1024).await?, "hello");
    /// # gin::Result::Ok(())
    /// # }).map_err(gin::Error::into_std)?;
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    #[doc(alias("ServeHTTP", "Handler", "oneshot", "call"))]
    pub fn handle<B>(&self, request: Request<B>) -> BoxFuture<'static, Response>
    where
        B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        Box::pin(handle(self.clone(), request.map(Body::of_client)))
    }
}

/// Responds to a request of another server.
pub(crate) async fn handle(engine: Engine, request: Request<Body>) -> Response {
    let (mut head, body) = request.into_parts();
    name_host(&mut head);
    // An engine inside another one shares its connection, whose upgrades the server serves.
    let (connection, is_own) = match head.extensions.remove::<Arc<Connection>>() {
        Some(connection) => (connection, false),
        None => (foreign(head.extensions.get().copied()), true),
    };
    let mut cx = Context::new(head, body.into(), connection.clone(), engine.site());
    let is_tunnel = take_as_get(&mut cx);
    let mut response = engine.receive(&mut cx).await.respond(&mut cx).await;
    if is_tunnel {
        refuse_unswitched(&mut cx, &mut response);
    }
    header_pool::recycle(cx.headers_mut());
    if is_own && let Some(upgrade) = connection.take_upgrade() {
        // Nobody else waits for it: it begins when the other server has sent the response.
        tokio::spawn(upgrade);
    }
    response
}

/// Gives a request of a program the `Host` that its target names, as a client on a socket does.
fn name_host(head: &mut Parts) {
    let authority = head.uri.authority().map(Authority::as_str);
    let host = authority.and_then(|authority| HeaderValue::try_from(authority).ok());
    if let (Some(host), Entry::Vacant(entry)) = (host, head.headers.entry(HOST)) {
        entry.insert(host);
    }
}

/// Returns the connection of a request of another server, whose client may be at `remote`.
fn foreign(remote: Option<SocketAddr>) -> Arc<Connection> {
    Arc::new(Connection::new(remote, Arc::default(), Shutdown::default()))
}
