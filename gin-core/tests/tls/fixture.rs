//! A server with TLS, certificates for it, and a client.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gin::prelude::*;
use gin::tls::Certificates;
use gin::{Server, server::Listener};
use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::log;

/// Longer than anything here takes. A test that waits so long has failed.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// An authority, and a directory for the certificates that it issues.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: TempDir,
}

/// A certificate that a client holds.
pub(crate) struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        // Before the first server installs its own.
        log::collect();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "authority");
        let key = KeyPair::generate().expect("the fixture is set up");
        let authority = Authority {
            issuer: CertifiedIssuer::self_signed(params, key).expect("the fixture is set up"),
            directory: TempDir::new().expect("the fixture is set up"),
        };
        fs::write(authority.path("ca.pem"), authority.issuer.pem()).expect("the fixture is set up");
        authority
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes `NAME.pem` and `NAME.key` for the host names `hosts`.
    pub(crate) fn issue(&self, name: &str, hosts: &[&str]) {
        self.issue_with(name, hosts, |_| {});
    }

    /// Writes them for a certificate that `change` has changed.
    pub(crate) fn issue_with(
        &self,
        name: &str,
        hosts: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) {
        let hosts: Vec<_> = hosts.iter().map(|&host| host.to_owned()).collect();
        let mut params = CertificateParams::new(hosts).expect("the fixture is set up");
        change(&mut params);
        let key = KeyPair::generate().expect("the fixture is set up");
        let certificate = params
            .signed_by(&key, &self.issuer)
            .expect("the fixture is set up");
        fs::write(self.path(&format!("{name}.pem")), certificate.pem())
            .expect("the fixture is set up");
        fs::write(self.path(&format!("{name}.key")), key.serialize_pem())
            .expect("the fixture is set up");
    }

    pub(crate) fn certificates(&self, name: &str) -> Certificates {
        let (certificate, key) = (format!("{name}.pem"), format!("{name}.key"));
        Certificates::pem(self.path(&certificate), self.path(&key))
    }

    pub(crate) fn identity(&self, subject: &str) -> Identity {
        let mut params = CertificateParams::new(vec!["client.example".to_owned()])
            .expect("the fixture is set up");
        params.distinguished_name.push(DnType::CommonName, subject);
        let key = KeyPair::generate().expect("the fixture is set up");
        let certificate = params
            .signed_by(&key, &self.issuer)
            .expect("the fixture is set up");
        Identity {
            chain: vec![certificate.der().clone()],
            key: key.serialize_der(),
        }
    }

    /// Returns the settings of a client that trusts this authority.
    pub(crate) fn trusting(&self) -> ClientConfig {
        self.client(&[&version::TLS13, &version::TLS12], None)
    }

    pub(crate) fn client(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        identity: Option<Identity>,
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots
            .add(self.issuer.der().clone())
            .expect("the fixture is set up");
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = builder
            .with_protocol_versions(versions)
            .expect("the fixture is set up");
        let builder = builder.with_root_certificates(roots);
        match identity {
            Some(Identity { chain, key }) => {
                let key = PrivateKeyDer::Pkcs8(key.into());
                builder
                    .with_client_auth_cert(chain, key)
                    .expect("the fixture is set up")
            }
            None => builder.with_no_client_auth(),
        }
    }
}

fn app() -> Group {
    Group::new("")
        .get("/", async |cx: &mut Context| cx.scheme())
        .get("/who", async |cx: &mut Context| {
            let certificate = cx.client_certificate();
            certificate.map_or("nobody".to_owned(), |it| {
                format!("{} {:?} {}", it.subject(), it.names(), !it.der().is_empty())
            })
        })
        .get("/until-shutdown", async |cx: &mut Context| {
            let shutdown = cx.shutdown();
            Body::from_writer(async move |mut out| {
                out.send("begun").await;
                shutdown.requested().await;
                out.send("ended").await;
            })
        })
}

/// A server that runs.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<gin::Result<()>>,
}

impl Running {
    pub(crate) async fn new(
        certificates: Certificates,
        adjust: impl FnOnce(Server) -> Server,
    ) -> Running {
        Running::of(app(), certificates, adjust).await
    }

    /// Serves an app of the test's own.
    pub(crate) async fn of(
        app: Group,
        certificates: Certificates,
        adjust: impl FnOnce(Server) -> Server,
    ) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("the fixture is set up");
        let address = listener.local_addr().expect("the fixture is set up");
        let (stop, stopped) = oneshot::channel();
        let server = Server::new(Engine::new(app).expect("the fixture is set up"))
            .listen(Listener::from(listener))
            .tls(certificates)
            .shutdown_on(async { drop(stopped.await) });
        Running {
            address,
            stop: Some(stop),
            server: tokio::spawn(adjust(server).run()),
        }
    }

    pub(crate) async fn connect(
        &self,
        client: &Arc<ClientConfig>,
        host: &'static str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let socket = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from(host).expect("the fixture is set up");
        TlsConnector::from(client.clone())
            .connect(name, socket)
            .await
    }

    /// Requests `path` on a connection of its own.
    pub(crate) async fn get(
        &self,
        client: &Arc<ClientConfig>,
        path: &str,
    ) -> std::io::Result<String> {
        let mut stream = self.connect(client, "localhost").await?;
        exchange(&mut stream, path).await
    }

    pub(crate) fn shut_down(&mut self) {
        self.stop = None;
    }

    pub(crate) async fn ended(self) {
        drop(self.stop);
        self.server
            .await
            .expect("the fixture is set up")
            .expect("the fixture is set up");
    }
}

pub(crate) async fn exchange(
    stream: &mut TlsStream<TcpStream>,
    path: &str,
) -> std::io::Result<String> {
    exchange_with(stream, path, "localhost").await
}

/// Requests `path` of `host`.
pub(crate) async fn exchange_with(
    stream: &mut TlsStream<TcpStream>,
    path: &str,
    host: &str,
) -> std::io::Result<String> {
    let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    // TLS keeps what the socket did not take at once.
    stream.flush().await?;
    let mut response = String::new();
    // Without a `close_notify` this fails: the end would be indistinguishable from an attacker's.
    stream.read_to_string(&mut response).await?;
    Ok(response)
}

/// Returns the status code of the status line.
pub(crate) fn status(response: &str) -> &str {
    response.get(9..12).unwrap_or("none")
}
