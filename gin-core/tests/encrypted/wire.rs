//! The wire of the other tests, over TLS.

use std::fs;
use std::io::Result;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use gin::tls::Certificates;
use gin::{Group, Server};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

#[path = "../http/wire.rs"]
#[expect(dead_code, reason = "some of it has its like here")]
mod plain;

pub(crate) use plain::{LONG, status};

/// The client's end of a connection.
pub(crate) type Stream = TlsStream<TcpStream>;

/// A client's connection.
pub(crate) type Wire<S = Stream> = plain::Wire<S>;

/// The certificate of all servers.
static CERTIFIED: LazyLock<CertifiedKey<KeyPair>> = LazyLock::new(|| {
    generate_simple_self_signed(["localhost".to_owned()]).expect("the fixture is set up")
});

/// The settings of all clients.
static CLIENT: LazyLock<Arc<ClientConfig>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    let root = CERTIFIED.cert.der().clone();
    roots.add(root).expect("the fixture is set up");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions();
    let config = config.expect("the fixture is set up");
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
});

/// Returns a directory with the certificate and the key of all servers.
pub(crate) fn certified() -> TempDir {
    let directory = TempDir::new().expect("the fixture is set up");
    let pem = [CERTIFIED.cert.pem(), CERTIFIED.signing_key.serialize_pem()];
    for (path, pem) in paths(&directory).iter().zip(pem) {
        fs::write(path, pem).expect("the fixture is set up");
    }
    directory
}

pub(crate) fn paths(directory: &TempDir) -> [PathBuf; 2] {
    ["cert.pem", "key.pem"].map(|name| directory.path().join(name))
}

/// A server with TLS that runs until it is dropped or stopped.
pub(crate) struct Running {
    server: plain::Running,
    _directory: TempDir,
}

impl Running {
    pub(crate) async fn new(group: Group) -> Running {
        Running::with(group, |server| server).await
    }

    pub(crate) async fn with(group: Group, settings: impl FnOnce(Server) -> Server) -> Running {
        let directory = certified();
        let [certificate, key] = paths(&directory);
        // Its responses are the same as those of a server without TLS.
        let tls = |server: Server| {
            server
                .tls(Certificates::pem(certificate, key))
                .without_hsts()
        };
        Running {
            server: plain::Running::with(group, |server| settings(tls(server))).await,
            _directory: directory,
        }
    }

    pub(crate) async fn connect(&self) -> Wire {
        Wire::from(self.stream().await)
    }

    /// Connects, again where a slow machine takes longer for a handshake than the server's timeouts allow.
    pub(crate) async fn stream(&self) -> Stream {
        let connect = async {
            loop {
                let socket = TcpStream::connect(self.server.address).await;
                let stream = shake_hands(socket.expect("the server listens")).await;
                if let Ok(stream) = stream {
                    return stream;
                }
            }
        };
        let connected = timeout(LONG, connect).await;
        connected.expect("the server shakes hands")
    }

    /// Shakes hands.
    pub(crate) async fn over(socket: TcpStream) -> Stream {
        let stream = shake_hands(socket).await;
        stream.expect("the server shakes hands")
    }

    pub(crate) async fn exchange(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut wire = self.connect().await;
        wire.send(bytes).await;
        wire.rest().await
    }

    pub(crate) async fn get(&self, path: &str) -> String {
        let head = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        self.exchange(head).await
    }

    pub(crate) async fn ended(self) {
        self.server.ended().await;
    }
}

async fn shake_hands(socket: TcpStream) -> Result<Stream> {
    let name = ServerName::try_from("localhost").expect("it is a name");
    TlsConnector::from(CLIENT.clone())
        .connect(name, socket)
        .await
}

impl Deref for Running {
    type Target = plain::Running;

    fn deref(&self) -> &plain::Running {
        &self.server
    }
}

impl DerefMut for Running {
    fn deref_mut(&mut self) -> &mut plain::Running {
        &mut self.server
    }
}
