//! Upgrades of a connection to another protocol, such as `WebSocket`.

use std::pin::Pin;
use std::task::{Context as Task, Poll};
use std::{fmt, io};

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connection::Connection;
use crate::failure::Problem;
use crate::request::Context;
use crate::response::{IntoResponse, Response};

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
pub struct Upgraded(TokioIo<hyper::upgrade::Upgraded>);

impl Context {
    /// Switches the connection to `protocol`, if the client requested it by `Upgrade` (RFC 9110 §7.8). Otherwise the response is 426.
    ///
    /// `serve` gets the connection once the response, 101, has been sent. A protocol that needs more headers in it, such as
    /// WebSocket's `Sec-WebSocket-Accept`, adds them to the response that is returned here.
    ///
    /// When the server shuts down, `serve` is cut off after [`Server::shutdown_timeout`](crate::Server::shutdown_timeout). It can
    /// watch [`Context::shutdown`] to end before that.
    pub fn upgrade<Fut>(
        &mut self,
        protocol: &'static str,
        serve: impl FnOnce(Upgraded) -> Fut + Send + 'static,
    ) -> Response
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        let (head, connection) = self.upgrade_parts();
        upgrade(head, connection, protocol, serve)
    }
}

fn upgrade<Fut>(
    head: &mut Parts,
    connection: &Connection,
    protocol: &'static str,
    serve: impl FnOnce(Upgraded) -> Fut + Send + 'static,
) -> Response
where
    Fut: Future<Output = ()> + Send + 'static,
{
    let is_requested = has_token(&head.headers, header::UPGRADE, protocol)
        && has_token(&head.headers, header::CONNECTION, "upgrade");
    let Some(upgraded) = head
        .extensions
        .remove::<OnUpgrade>()
        .filter(|_| is_requested)
    else {
        return Problem::new(426)
            .header(header::UPGRADE, HeaderValue::from_static(protocol))
            .into_response();
    };
    connection.set_upgrade(Box::pin(async move {
        // An error means that the client has gone.
        if let Ok(upgraded) = upgraded.await {
            serve(Upgraded(TokioIo::new(upgraded))).await;
        }
    }));
    switching(protocol)
}

fn switching(protocol: &'static str) -> Response {
    let mut response = http::StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static(protocol));
    response
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
        Pin::new(&mut self.0).poll_read(task, buffer)
    }
}

impl AsyncWrite for Upgraded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(task, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(task)
    }
}

impl fmt::Debug for Upgraded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgraded")
    }
}
