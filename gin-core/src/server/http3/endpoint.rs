//! The UDP socket beside a TCP listener, and the connections that it accepts.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{
    EndpointConfig, IdleTimeout, Incoming, ServerConfig, TokioRuntime, TransportConfig, VarInt,
};
use rustls::pki_types::CertificateDer;
use tokio::select;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{debug, info, warn};

use crate::connection::{Connection, Limits, Shutdown, Traffic};
use crate::dispatch::Engine;
use crate::server::http3::session::Session;
use crate::tls::{Certificates, ClientCertificate};

/// A UDP socket that accepts connections over QUIC.
pub(crate) struct Endpoint {
    socket: quinn::Endpoint,
    address: SocketAddr,
    certificates: Certificates,
    settings: Settings,
}

/// The app that is served, and all that its connections share.
pub(crate) struct Served {
    pub(crate) engine: Engine,
    pub(crate) limits: Arc<Limits>,
    pub(crate) traffic: Arc<Traffic>,
    /// `Strict-Transport-Security` of the responses.
    pub(crate) hsts: Option<Arc<HeaderValue>>,
    /// Requested when no more clients are accepted.
    pub(crate) closing: Shutdown,
    pub(crate) shutdown: Shutdown,
}

impl Served {
    fn connection(&self, remote: SocketAddr) -> Connection {
        let mut connection =
            Connection::new(Some(remote), self.limits.clone(), self.shutdown.clone());
        connection.hsts.clone_from(&self.hsts);
        connection.counted(self.traffic.open())
    }
}

/// The settings of new connections, made of the certificates that they were made of.
struct Settings {
    loaded: Option<Arc<rustls::ServerConfig>>,
    quic: Arc<ServerConfig>,
}

/// The protocol's name in a handshake (ALPN).
const HTTP3: &[u8] = b"h3";

/// Streams of one connection, as over HTTP/2. A client has three of its own, and a few more that extensions may define.
const MAX_REQUESTS: u32 = 200;
const MAX_OTHERS: u32 = 16;

/// In bytes: what a client may send before a handler reads it, on one stream and on all streams of a connection, and what the server
/// keeps of responses until the client has acknowledged it.
const STREAM_WINDOW: u32 = 1 << 20;
const WINDOW: u32 = 2 << 20;
const SEND_WINDOW: u64 = 1 << 20;

/// Pings find clients that have gone without closing the connection, as over HTTP/2.
const PING: Duration = Duration::from_secs(20);
const SILENCE: u32 = 40_000;

/// With that many handshakes under way, a client must first show that it receives packets at its address (RFC 9000 §8.1.2). With the
/// larger number, it is refused.
const MANY_HANDSHAKES: usize = 64;
const TOO_MANY_HANDSHAKES: usize = 4096;

/// The time for the last packets of connections that were closed.
const CLOSING: Duration = Duration::from_millis(500);

impl Endpoint {
    /// Speaks QUIC on `socket`, which is bound to `address`.
    pub(super) fn new(
        socket: UdpSocket,
        address: SocketAddr,
        certificates: Certificates,
    ) -> io::Result<Endpoint> {
        let settings = Settings::new(&certificates)?;
        let server = Some((*settings.quic).clone());
        let runtime = Arc::new(TokioRuntime);
        let socket = quinn::Endpoint::new(EndpointConfig::default(), server, socket, runtime)?;
        Ok(Endpoint {
            socket,
            address,
            certificates,
            settings,
        })
    }

    /// Accepts clients until the server closes, and returns the connections that are still open.
    pub(crate) async fn run(mut self, served: Served) -> JoinSet<()> {
        info!("listening on https://{} over HTTP/3", self.address);
        let handshakes = Arc::new(());
        let mut connections = JoinSet::new();
        loop {
            let incoming = select! {
                biased;
                () = served.closing.requested() => break,
                incoming = self.socket.accept() => incoming,
                Some(_) = connections.join_next() => continue,
            };
            let Some(incoming) = incoming else {
                warn!(
                    "the UDP socket of {} has failed: HTTP/3 ends there",
                    self.address
                );
                break;
            };
            let begun = Arc::strong_count(&handshakes) - 1;
            let Some(incoming) = validated(incoming, begun, &served.traffic) else {
                continue;
            };
            let remote = incoming.remote_address();
            let connection = served.connection(remote);
            let settings = self.settings.current(&self.certificates);
            let handshake = handshakes.clone();
            let engine = served.engine.clone();
            connections.spawn(serve(engine, connection, incoming, settings, handshake));
        }
        self.close(connections)
    }

    /// Refuses new clients. Returns the connections that are open, and last until their last packets are sent.
    fn close(self, mut connections: JoinSet<()>) -> JoinSet<()> {
        self.socket.set_server_config(None);
        let mut rest = JoinSet::new();
        rest.spawn(async move {
            while connections.join_next().await.is_some() {}
            let _ = timeout(CLOSING, self.socket.wait_idle()).await;
        });
        rest
    }
}

/// Returns a client that may shake hands while `begun` others do. Another one is refused, or must show its address first.
fn validated(incoming: Incoming, begun: usize, traffic: &Traffic) -> Option<Incoming> {
    if begun >= TOO_MANY_HANDSHAKES {
        traffic.refuse();
        incoming.refuse();
        return None;
    }
    if begun >= MANY_HANDSHAKES && !incoming.remote_address_validated() {
        // It fails only for a client that has shown its address.
        let _ = incoming.retry();
        return None;
    }
    Some(incoming)
}

/// Shakes hands, and serves the connection.
async fn serve(
    engine: Engine,
    mut connection: Connection,
    incoming: Incoming,
    settings: Arc<ServerConfig>,
    handshake: Arc<()>,
) {
    let Some(quic) = shake_hands(&connection, incoming, settings).await else {
        return;
    };
    drop(handshake);
    let identity = quic.peer_identity();
    let chain =
        identity.and_then(|identity| identity.downcast::<Vec<CertificateDer<'static>>>().ok());
    let first = chain.as_ref().and_then(|chain| chain.first());
    connection.client_certificate = first.and_then(ClientCertificate::parse);
    connection.is_encrypted = true;
    Session::new(engine, connection, quic).serve().await;
}

/// Shakes hands within the timeout of a request's head. Returns `None` if that fails or the server shuts down.
async fn shake_hands(
    connection: &Connection,
    incoming: Incoming,
    settings: Arc<ServerConfig>,
) -> Option<quinn::Connection> {
    let time = connection.limits.header_read_timeout;
    let connecting = incoming.accept_with(settings).ok()?;
    let result = select! {
        result = timeout(time, connecting) => result,
        () = connection.shutdown.requested() => return None,
    };
    match result {
        Ok(Ok(quic)) => return Some(quic),
        Ok(Err(error)) => debug!(remote = ?connection.remote, "the QUIC handshake failed: {error}"),
        Err(_) => debug!(remote = ?connection.remote, "the QUIC handshake took too long"),
    }
    None
}

impl Settings {
    fn new(certificates: &Certificates) -> io::Result<Settings> {
        let loaded = certificates.current();
        let tls = loaded.as_deref().ok_or(io::ErrorKind::NotFound)?;
        let crypto = crypto(tls).map_err(io::Error::other)?;
        let mut quic = ServerConfig::with_crypto(crypto);
        quic.transport_config(Arc::new(transport()));
        Ok(Settings {
            loaded,
            quic: Arc::new(quic),
        })
    }

    /// Returns the settings of the next connection, after a look at the certificates.
    fn current(&mut self, certificates: &Certificates) -> Arc<ServerConfig> {
        let loaded = certificates.current();
        let is_same = match (&loaded, &self.loaded) {
            (Some(loaded), Some(last)) => Arc::ptr_eq(loaded, last),
            _ => true,
        };
        if let Some(tls) = loaded.as_deref().filter(|_| !is_same) {
            match crypto(tls) {
                Ok(crypto) => {
                    let mut quic = (*self.quic).clone();
                    quic.crypto = crypto;
                    self.quic = Arc::new(quic);
                }
                Err(error) => warn!("HTTP/3 goes on with the certificates from before: {error}"),
            }
            self.loaded = loaded;
        }
        self.quic.clone()
    }
}

/// Returns the settings of TLS, for HTTP/3. There is no early data, which an attacker could send again (RFC 8446 §8).
fn crypto(
    tls: &rustls::ServerConfig,
) -> Result<Arc<QuicServerConfig>, quinn::crypto::rustls::NoInitialCipherSuite> {
    let mut tls = tls.clone();
    tls.alpn_protocols = vec![HTTP3.to_vec()];
    tls.max_early_data_size = 0;
    Ok(Arc::new(QuicServerConfig::try_from(tls)?))
}

fn transport() -> TransportConfig {
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(MAX_REQUESTS))
        .max_concurrent_uni_streams(VarInt::from_u32(MAX_OTHERS))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(WINDOW))
        .send_window(SEND_WINDOW)
        // HTTP/3 needs no datagrams.
        .datagram_receive_buffer_size(None)
        .keep_alive_interval(Some(PING))
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(SILENCE))));
    transport
}
