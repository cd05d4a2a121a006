//! The connection of a client, as the requests on it see it.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpStream;

use crate::proxy::client::stream::{ClientHandle, ClientStream};
use crate::proxy::upstream::Pool;

/// A client's connection.
#[derive(Clone)]
pub(crate) struct Client {
    /// The address that the client connected from.
    pub(crate) peer: IpAddr,
    /// The address that it connected to.
    pub(crate) local: IpAddr,
    pub(crate) handle: ClientHandle,
    /// The connections to the app that its requests reuse.
    pub(crate) pool: Pool,
}

impl Client {
    /// Splits an accepted connection into the stream that the HTTP server uses and the client that its requests see.
    pub(crate) fn new(stream: TcpStream, peer: SocketAddr) -> io::Result<(ClientStream, Client)> {
        let local = stream.local_addr()?;
        // Without it small responses wait for acknowledgements. Where it cannot be set, they do.
        let _ = stream.set_nodelay(true);
        let (stream, handle) = ClientStream::new(stream);
        let client = Client {
            peer: peer.ip(),
            local: local.ip(),
            handle,
            pool: Pool::default(),
        };
        Ok((stream, client))
    }
}
