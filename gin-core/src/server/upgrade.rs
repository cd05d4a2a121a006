//! Another protocol on the connection of a request, as `WebSocket` begins.

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

/// A connection that speaks another protocol than HTTP from now on.
pub struct Upgraded(TokioIo<hyper::upgrade::Upgraded>);

impl Context {
    /// Agrees to speak `protocol` on this connection from now on, if the client asked for it; 426 if it did not.
    ///
    /// `talk` gets the connection once the response has been sent. It is cut off when the server's deadline to stop passes;
    /// [`Context::stop`] tells it to end before that.
    pub fn upgrade<Fut>(
        &mut self,
        protocol: &'static str,
        talk: impl FnOnce(Upgraded) -> Fut + Send + 'static,
    ) -> Response
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        let (head, connection) = self.upgrade_parts();
        upgrade(head, connection, protocol, talk)
    }
}

/// Agrees to speak `protocol` where the client asked for it, and has `talk` do so; 426 where it did not ask.
fn upgrade<Fut>(
    head: &mut Parts,
    connection: &Connection,
    protocol: &'static str,
    talk: impl FnOnce(Upgraded) -> Fut + Send + 'static,
) -> Response
where
    Fut: Future<Output = ()> + Send + 'static,
{
    let asked = has_token(&head.headers, header::UPGRADE, protocol)
        && has_token(&head.headers, header::CONNECTION, "upgrade");
    let Some(upgraded) = head.extensions.remove::<OnUpgrade>().filter(|_| asked) else {
        return Problem::new(426)
            .header(header::UPGRADE, HeaderValue::from_static(protocol))
            .into_response();
    };
    connection.hand_over(Box::pin(async move {
        // A client that has gone meanwhile has nothing to say.
        if let Ok(upgraded) = upgraded.await {
            talk(Upgraded(TokioIo::new(upgraded))).await;
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

/// Whether `token` is in the list that the header `name` holds, in any case of letters.
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
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(task, octets)
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
