//! Upgrades of a connection to another protocol, such as `WebSocket`.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as Task, Poll};
use std::{fmt, io};

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use hyper::ext::Protocol;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use crate::connection::Connection;
#[cfg(feature = "tower")]
use crate::content::Body;
use crate::failure::Problem;
use crate::future::BoxFuture;
use crate::request::Context;
use crate::response::{IntoResponse, Response, respond};

/// A connection that speaks another protocol than HTTP, from [`Context::upgrade`].
///
/// ```
/// use gin::prelude::*;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// # use gin::Server;
/// # use std::time::Duration;
/// # use tokio::net::{TcpListener, TcpStream};
/// # use tokio::sync::oneshot;
///
/// async fn echo(cx: &mut Context) -> Response {
///     cx.upgrade("echo", async |mut connection| {
///         let mut word = [0; 5];
///         if connection.read_exact(&mut word).await.is_ok() {
///             let _ = connection.write_all(&word).await;
///         }
///     })
/// }
/// # #[tokio::main]
/// # async fn main() -> gin::Result<()> {
/// # let test = async {
/// # let engine = Engine::new(Group::new("").get("/echo", echo))?;
/// # let listener = TcpListener::bind("127.0.0.1:0").await?;
/// # let mut client = TcpStream::connect(listener.local_addr()?).await?;
/// # let (stop, stopped) = oneshot::channel::<()>();
/// # let server = Server::new(engine).listen(listener).shutdown_on(async { drop(stopped.await) });
/// # let server = tokio::spawn(server.run());
///
/// // In a client:
/// client.write_all(b"GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nhello").await?;
/// let mut response = String::new();
/// client.read_to_string(&mut response).await?;
/// assert!(response.starts_with("HTTP/1.1 101 ") && response.ends_with("\r\n\r\nhello"));
/// # drop(stop);
/// # server.await?
/// # };
/// # tokio::time::timeout(Duration::from_secs(60), test).await?
/// # }
/// ```
pub struct Upgraded {
    transport: Transport,
    /// Bytes were written since the last [`Upgraded::take_progress`].
    has_written: bool,
}

enum Transport {
    Http(TokioIo<hyper::upgrade::Upgraded>),
    Memory(DuplexStream),
}

impl Context {
    /// Switches the connection to `protocol`, if the client requested it by `Upgrade` (RFC 9110 §7.8). Otherwise the response is 426.
    ///
    /// Over HTTP/2, a client requests it by an extended `CONNECT` (RFC 8441), which is routed as a `GET`. Then `serve` gets a stream
    /// of the connection.
    ///
    /// `serve` gets the connection once the response, 101, has been sent. A protocol that needs more headers in it, such as
    /// WebSocket's `Sec-WebSocket-Accept`, adds them to the response that is returned here.
    ///
    /// When the server shuts down, `serve` is cut off after [`Server::shutdown_timeout`](crate::Server::shutdown_timeout). It can
    /// watch [`Context::shutdown`] to end before that.
    #[doc(alias = "Hijack")]
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn upgrade<Fut>(
        &mut self,
        protocol: &'static str,
        serve: impl FnOnce(Upgraded) -> Fut + Send + 'static,
    ) -> Response
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        match UpgradeRequest::take(self, protocol) {
            Some(request) => request.accept(|upgraded| Box::pin(serve(upgraded))),
            None => upgrade_required(protocol).into_response(),
        }
    }
}

/// A client's request to switch to another protocol. Dropping it refuses the request.
pub(crate) struct UpgradeRequest {
    protocol: &'static str,
    source: Source,
    connection: Arc<Connection>,
}

/// The place where the connection comes from once the request is accepted.
enum Source {
    Http1(OnUpgrade),
    Http2(OnUpgrade),
    Memory(DuplexStream),
}

/// The server's end of a connection in memory, which a request without a socket brings with it.
#[derive(Clone)]
pub(crate) struct MemorySocket(Arc<Mutex<Option<DuplexStream>>>);

/// The mark of a response over HTTP/2 that switches to another protocol.
#[derive(Debug, Clone)]
struct Switched;

impl UpgradeRequest {
    /// Takes the request out of `cx`, if it is one to switch to `protocol`.
    pub(crate) fn take(cx: &mut Context, protocol: &'static str) -> Option<UpgradeRequest> {
        let (head, connection) = cx.upgrade_parts();
        let source = Source::take(head, protocol)?;
        Some(UpgradeRequest {
            protocol,
            source,
            connection: connection.clone(),
        })
    }

    /// Returns `true` over HTTP/1.1, where the response is 101 and not 200.
    #[cfg(feature = "websocket")]
    pub(crate) fn is_http1(&self) -> bool {
        !matches!(self.source, Source::Http2(_))
    }

    /// Returns the response that accepts the request. `serve` gets the connection once it has been sent.
    pub(crate) fn accept(
        self,
        serve: impl FnOnce(Upgraded) -> BoxFuture<'static, ()> + Send + 'static,
    ) -> Response {
        let response = match self.source {
            Source::Http2(_) => tunnel(),
            Source::Http1(_) | Source::Memory(_) => switching(self.protocol),
        };
        let source = self.source;
        self.connection.add_upgrade(Box::pin(async move {
            // An error means that the client has gone.
            if let Ok(upgraded) = source.upgraded().await {
                serve(upgraded).await;
            }
        }));
        response
    }
}

impl Source {
    fn take(head: &mut Parts, protocol: &str) -> Option<Source> {
        if let Some(requested) = head.extensions.get::<Protocol>() {
            let is_requested = requested.as_str().eq_ignore_ascii_case(protocol);
            let upgrade = head.extensions.remove().filter(|_| is_requested);
            return upgrade.map(Source::Http2);
        }
        // RFC 9110 §7.8: an Upgrade in a request of HTTP/1.0 is ignored.
        let is_requested = head.version == Version::HTTP_11
            && has_token(&head.headers, header::UPGRADE, protocol)
            && has_token(&head.headers, header::CONNECTION, "upgrade");
        if !is_requested {
            return None;
        }
        match head.extensions.remove::<MemorySocket>() {
            Some(socket) => socket.take().map(Source::Memory),
            None => head.extensions.remove().map(Source::Http1),
        }
    }

    async fn upgraded(self) -> Result<Upgraded, hyper::Error> {
        let transport = match self {
            Source::Http1(upgrade) | Source::Http2(upgrade) => {
                Transport::Http(TokioIo::new(upgrade.await?))
            }
            Source::Memory(socket) => Transport::Memory(socket),
        };
        Ok(Upgraded {
            transport,
            has_written: false,
        })
    }
}

impl MemorySocket {
    #[cfg(feature = "websocket")]
    pub(crate) fn new(socket: DuplexStream) -> MemorySocket {
        MemorySocket(Arc::new(Mutex::new(Some(socket))))
    }

    fn take(&self) -> Option<DuplexStream> {
        let mut socket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        socket.take()
    }
}

/// Returns the problem of a request that does not request `protocol` (RFC 9110 §15.5.22).
pub(crate) fn upgrade_required(protocol: &'static str) -> Problem {
    Problem::new(426)
        .header(header::CONNECTION, HeaderValue::from_static("upgrade"))
        .header(header::UPGRADE, HeaderValue::from_static(protocol))
}

fn switching(protocol: &'static str) -> Response {
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static(protocol));
    response
}

/// RFC 8441 §5: over HTTP/2 the response is 200 and has none of these headers.
fn tunnel() -> Response {
    let mut response = Response::default();
    response.extensions_mut().insert(Switched);
    response
}

/// Makes a `GET` of an extended `CONNECT`, by which an HTTP/2 client requests another protocol on one stream (RFC 8441 §4). Returns
/// `true` if it is one.
pub(crate) fn take_as_get(cx: &mut Context) -> bool {
    let is_extended =
        *cx.method() == Method::CONNECT && cx.head().extensions.get::<Protocol>().is_some();
    if is_extended {
        cx.set_method(Method::GET);
    }
    is_extended
}

/// Makes the extended `CONNECT` again that [`take_as_get`] has made a `GET` of, for a service that knows it. Returns `true` if it is
/// one.
#[cfg(feature = "tower")]
pub(crate) fn make_connect(request: &mut http::Request<Body>) -> bool {
    let is_extended = request.extensions().get::<Protocol>().is_some();
    if is_extended {
        *request.method_mut() = Method::CONNECT;
    }
    is_extended
}

/// Marks a response with which a service switches the protocol of a stream, if it is a success (RFC 8441 §5).
#[cfg(feature = "tower")]
pub(crate) fn mark_switched(response: &mut Response) {
    if response.status().is_success() {
        response.extensions_mut().insert(Switched);
    }
}

/// Replaces a success that is not a switch of protocols: the client of an extended `CONNECT` would take it for one.
pub(crate) fn refuse_unswitched(cx: &mut Context, response: &mut Response) {
    if response.status().is_success() && response.extensions().get::<Switched>().is_none() {
        let problem = Problem::new(501).detail("this resource does not speak the protocol");
        *response = respond(cx, problem);
    }
}

impl Upgraded {
    /// Returns `true` if bytes were written since the last call.
    #[cfg(feature = "websocket")]
    pub(crate) fn take_progress(&mut self) -> bool {
        std::mem::take(&mut self.has_written)
    }
}

/// Returns `true` if the list header `name` contains `token`, ignoring case.
fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).into_iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| item.trim().eq_ignore_ascii_case(token))
}

impl AsyncRead for Upgraded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Http(socket) => Pin::new(socket).poll_read(task, buffer),
            Transport::Memory(socket) => Pin::new(socket).poll_read(task, buffer),
        }
    }
}

impl AsyncWrite for Upgraded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = match &mut self.transport {
            Transport::Http(socket) => Pin::new(socket).poll_write(task, bytes),
            Transport::Memory(socket) => Pin::new(socket).poll_write(task, bytes),
        };
        self.has_written |= written.is_ready();
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Http(socket) => Pin::new(socket).poll_flush(task),
            Transport::Memory(socket) => Pin::new(socket).poll_flush(task),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Http(socket) => Pin::new(socket).poll_shutdown(task),
            Transport::Memory(socket) => Pin::new(socket).poll_shutdown(task),
        }
    }
}

impl fmt::Debug for Upgraded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgraded")
    }
}
