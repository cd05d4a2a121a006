//! The connection of a client, as the requests on it see it.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;

use crate::proxy::access::{AllowedHosts, Arrival, Host, Scheme};
use crate::proxy::client::socket::{Socket, Transport};
use crate::proxy::client::stream::{ClientHandle, ClientStream};
use crate::proxy::places::{Place, Standing};
use crate::proxy::upstream::Pool;
use crate::tls::{Subject, Tls};

/// The first byte of TLS: the type of the record that opens a handshake (RFC 8446 §5.1). No method of HTTP begins with it.
const HANDSHAKE: u8 = 22;

/// A client's connection.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) arrival: Arrival,
    pub(crate) handle: ClientHandle,
    /// The requests that are served.
    pub(crate) standing: Standing,
    /// The connections to the app that its requests reuse.
    pub(crate) pool: Pool,
}

/// The way in which the server takes connections.
pub(crate) struct Security {
    /// `None` without TLS.
    pub(crate) tls: Option<Tls>,
    /// The hosts that certificates are issued for, besides the local ones.
    pub(crate) hosts: AllowedHosts,
}

impl Client {
    /// Splits an accepted connection into the stream that the HTTP server uses and the client that its requests see.
    ///
    /// Where TLS is on, this includes the handshake. A client that sends HTTP in the clear there is served as well, so that it can be
    /// redirected.
    pub(crate) async fn accept(
        security: &Security,
        stream: TcpStream,
        peer: SocketAddr,
        place: Place,
    ) -> anyhow::Result<(ClientStream, Client)> {
        let local = stream.local_addr()?;
        // Without it small responses wait for acknowledgements. Where it cannot be set, they do.
        let _ = stream.set_nodelay(true);
        let tls = match &security.tls {
            Some(tls) if is_handshake(&stream).await? => Some(tls),
            _ => None,
        };
        let scheme = match tls {
            Some(_) => Scheme::Https,
            None => Scheme::Http,
        };
        let arrival = Arrival {
            peer: peer.ip(),
            local: local.ip(),
            scheme,
        };
        let standing = place.standing;
        let socket = Socket::new(stream, place);
        let transport = match tls {
            Some(tls) => secure(socket, tls, arrival, &security.hosts).await?,
            None => Transport::Plain(socket),
        };
        let (stream, handle) = ClientStream::new(transport);
        let client = Client {
            arrival,
            handle,
            standing,
            pool: Pool::default(),
        };
        Ok((stream, client))
    }
}

async fn is_handshake(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0];
    let count = stream.peek(&mut first).await?;
    Ok(count == 1 && first == [HANDSHAKE])
}

/// Makes the handshake, with a certificate for the name or the address that the client connects to.
async fn secure(
    socket: Socket,
    tls: &Tls,
    arrival: Arrival,
    hosts: &AllowedHosts,
) -> anyhow::Result<Transport> {
    let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), socket).await?;
    let hello = start.client_hello();
    let name = hello.server_name().filter(|name| {
        let host = Host::parse(name);
        host.is_some_and(|host| hosts.allow(&host, arrival.local))
    });
    // RFC 6066 §3: a client sends no name where it connects to an address.
    let subject = match name {
        Some(name) => Subject::Name(name.to_ascii_lowercase()),
        None => Subject::Address(arrival.local.to_canonical()),
    };
    let config = tls.config(&subject).await?;
    match start.into_stream(config).await {
        Ok(stream) => Ok(Transport::Tls(Box::new(stream))),
        Err(error) => {
            let inner = error.get_ref();
            if let Some(reason) = inner.and_then(|inner| inner.downcast_ref()) {
                tls.refused(reason);
            }
            Err(error.into())
        }
    }
}
