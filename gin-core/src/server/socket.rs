//! The server's ends of connections, as one type for all kinds of sockets.

use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
#[cfg(any(unix, feature = "tls"))]
use tokio_util::either::Either;

use crate::connection::Addresses;

/// The server's end of a connection.
///
/// It is one type for both kinds of socket, so that the code that serves a connection, above all hyper's, is compiled and linked
/// only once.
#[cfg(unix)]
pub(crate) type PlainSocket = Either<TcpStream, UnixStream>;

/// The server's end of a connection.
#[cfg(not(unix))]
pub(crate) type PlainSocket = TcpStream;

/// The server's end of a connection, with TLS or without.
#[cfg(feature = "tls")]
pub(crate) type Socket = Either<PlainSocket, Box<tokio_rustls::server::TlsStream<TcpStream>>>;

/// The server's end of a connection.
#[cfg(not(feature = "tls"))]
pub(crate) type Socket = PlainSocket;

/// Returns the addresses of a connection over TCP.
pub(crate) fn addresses_of(socket: &Socket) -> Option<Addresses> {
    let stream = stream_of(socket)?;
    Some(Addresses {
        local: stream.local_addr().ok()?,
        remote: stream.peer_addr().ok()?,
    })
}

#[cfg(feature = "tls")]
fn stream_of(socket: &Socket) -> Option<&TcpStream> {
    match socket {
        Either::Left(plain) => plain_stream_of(plain),
        Either::Right(secure) => Some(secure.get_ref().0),
    }
}

#[cfg(not(feature = "tls"))]
fn stream_of(socket: &Socket) -> Option<&TcpStream> {
    plain_stream_of(socket)
}

#[cfg(unix)]
fn plain_stream_of(socket: &PlainSocket) -> Option<&TcpStream> {
    match socket {
        Either::Left(stream) => Some(stream),
        Either::Right(_) => None,
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "there are other sockets on Unix")]
fn plain_stream_of(socket: &PlainSocket) -> Option<&TcpStream> {
    Some(socket)
}
