//! Connections over TLS: the handshake, and its end for clients that do not speak TLS.

use std::io;
use std::sync::Arc;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::select;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;
use tracing::debug;

use crate::connection::Connection;
use crate::dispatch::Engine;
use crate::failure::Error;
use crate::server::handshakes::Handshake;
use crate::server::https::Secured;
use crate::server::linger::close;
use crate::server::protocol::Session;
use crate::server::socket::{PlainSocket, Socket};
use crate::tls::{Certificates, ClientCertificate, MAX_WAITING, watch};

/// The answer to a request without TLS. It is the same for every client, so that it is written out here.
const NOT_TLS: &str = concat!(
    "HTTP/1.1 400 Bad Request\r\n",
    "content-type: text/plain; charset=utf-8\r\n",
    "content-length: 49\r\n",
    "connection: close\r\n\r\n",
    "This port speaks HTTPS. Use a URL with https://.\n",
);

/// Loads the certificates, and watches their files as long as what is returned lives.
pub(crate) async fn start(certificates: &Certificates) -> Result<JoinSet<()>, Error> {
    let loading = certificates.clone();
    let load = move || {
        #[cfg(feature = "acme")]
        loading.create_caches()?;
        loading.reload()
    };
    spawn_blocking(load).await??;
    let mut watched = JoinSet::new();
    watched.spawn(watch(certificates.clone()));
    Ok(watched)
}

/// Keeps up the certificates that the server requests by itself as long as `watched` lives.
#[cfg(feature = "acme")]
pub(crate) fn keep_up(certificates: &Certificates, watched: &mut JoinSet<()>) {
    for acme in &certificates.acme {
        watched.spawn(crate::tls::keep_up(acme.clone(), certificates.clone()));
    }
}

/// Returns the TCP socket to speak TLS on or, on Unix sockets, the socket as it is.
#[cfg(unix)]
pub(crate) fn tcp(socket: PlainSocket) -> Result<TcpStream, Socket> {
    match socket {
        Either::Left(stream) => Ok(stream),
        other @ Either::Right(_) => Err(Either::Left(other)),
    }
}

/// Returns the TCP socket to speak TLS on.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "there are other sockets on Unix")]
pub(crate) fn tcp(socket: PlainSocket) -> Result<TcpStream, Socket> {
    Ok(socket)
}

/// Returns the socket without TLS.
pub(crate) fn plain(stream: TcpStream) -> Socket {
    #[cfg(unix)]
    let stream = Either::Left(stream);
    Either::Left(stream)
}

/// Shakes hands, and serves the connection.
pub(crate) async fn serve(
    engine: Engine,
    mut connection: Connection,
    secured: Arc<Secured>,
    begun: Handshake,
    socket: TcpStream,
) {
    // On the heap, as the future of every connection would have room for it otherwise.
    let handshake = Box::pin(handshake(&connection, &secured.certificates, begun, socket));
    let Some(stream) = handshake.await else {
        return;
    };
    let chain = stream.get_ref().1.peer_certificates();
    let first = chain.and_then(|chain| chain.first());
    connection.client_certificate = first.and_then(ClientCertificate::parse);
    connection.is_encrypted = true;
    connection.hsts.clone_from(&secured.hsts);
    drop(secured);
    let session = Session {
        engine,
        connection: Arc::new(connection),
    };
    session.serve(Either::Right(Box::new(stream))).await;
}

/// Shakes hands within the timeout of a request's head. Returns `None` if that fails, if the server shuts down, or if it
/// makes room for another one.
async fn handshake(
    connection: &Connection,
    certificates: &Certificates,
    mut begun: Handshake,
    socket: TcpStream,
) -> Option<TlsStream<TcpStream>> {
    let time = connection.limits.header_read_timeout;
    let result = select! {
        result = timeout(time, accept(certificates, socket)) => result,
        () = connection.shutdown.requested() => return None,
        () = begun.displaced() => {
            debug!(remote = ?connection.remote, "the TLS handshake made room for others");
            return None;
        }
    };
    // Scanners fail all the time, so that it is not worth a line in the log of an app.
    match result {
        Ok(Ok(stream)) => return stream,
        Ok(Err(error)) => debug!(remote = ?connection.remote, "the TLS handshake failed: {error}"),
        Err(_) => debug!(remote = ?connection.remote, "the TLS handshake took too long"),
    }
    None
}

async fn accept(
    certificates: &Certificates,
    socket: TcpStream,
) -> io::Result<Option<TlsStream<TcpStream>>> {
    let mut first = [0];
    if socket.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    // A method begins with a letter, and a TLS record of a handshake with 22.
    if first[0].is_ascii_alphabetic() {
        refuse(socket).await?;
        return Ok(None);
    }
    let Some(config) = certificates.current() else {
        return Ok(None);
    };
    #[cfg(feature = "acme")]
    if !certificates.acme.is_empty() {
        return crate::tls::accept(&certificates.acme, config, socket).await;
    }
    let acceptor = TlsAcceptor::from(config);
    let limit = |session: &mut rustls::ServerConnection| {
        session.set_buffer_limit(Some(MAX_WAITING));
    };
    Ok(Some(acceptor.accept_with(socket, limit).await?))
}

async fn refuse(mut socket: TcpStream) -> io::Result<()> {
    socket.write_all(NOT_TLS.as_bytes()).await?;
    close(plain(socket)).await;
    Ok(())
}
