//! Pebble, an ACME server for tests, with a DNS server by which each name is 127.0.0.1.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

const LONG: Duration = Duration::from_secs(60);

/// A Pebble on ports of its own. It ends when it is dropped.
pub(crate) struct Pebble {
    directory: TempDir,
    ports: Ports,
    settings: Settings,
    processes: Vec<Child>,
}

#[derive(Clone, Copy)]
struct Ports {
    acme: u16,
    management: u16,
    dns: u16,
}

/// The behavior of a Pebble, for certificates of the server that listens on `tls_port`.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) tls_port: u16,
    /// The life of its certificates, in seconds.
    pub(crate) life: u64,
    /// The percentage of good nonces that it refuses.
    pub(crate) refused_nonces: u8,
}

impl Settings {
    pub(crate) fn new(tls_port: u16) -> Settings {
        Settings {
            tls_port,
            life: 90 * 24 * 3600,
            refused_nonces: 0,
        }
    }
}

impl Pebble {
    /// Starts Pebble, or returns `None` if it is not installed.
    pub(crate) async fn start(settings: Settings) -> Option<Pebble> {
        let mut pebble = Pebble::stopped(settings);
        if pebble.run().await {
            return Some(pebble);
        }
        eprintln!("skipped: pebble and pebble-challtestsrv are not installed");
        None
    }

    fn stopped(settings: Settings) -> Pebble {
        let directory = tempfile::tempdir().expect("there is room");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "of Pebble");
        let key = KeyPair::generate().expect("it is generated");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("it is signed");
        let key = KeyPair::generate().expect("it is generated");
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("it is a name");
        let certificate = params.signed_by(&key, &issuer).expect("it is signed");
        let path = |name: &str| directory.path().join(name);
        fs::write(path("root.pem"), issuer.pem()).expect("there is room");
        fs::write(path("pebble.pem"), certificate.pem()).expect("there is room");
        fs::write(path("pebble.key"), key.serialize_pem()).expect("there is room");
        let ports = Ports {
            acme: free_port(),
            management: free_port(),
            dns: free_port(),
        };
        Pebble {
            directory,
            ports,
            settings,
            processes: Vec::new(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Returns the certificate by which clients trust Pebble itself.
    pub(crate) fn root(&self) -> PathBuf {
        self.path("root.pem")
    }

    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}/dir", self.ports.acme)
    }

    /// Starts the processes, and waits until they serve. Returns `false` if they are not installed.
    pub(crate) async fn run(&mut self) -> bool {
        let Ports {
            acme,
            management,
            dns,
        } = self.ports;
        let config = format!(
            r#"{{"pebble": {{"listenAddress": "127.0.0.1:{acme}", "managementListenAddress": "127.0.0.1:{management}",
            "certificate": "{}", "privateKey": "{}", "httpPort": 1, "tlsPort": {}, "certificateValidityPeriod": {},
            "domainBlocklist": ["refused.example"]}}}}"#,
            self.path("pebble.pem").display(),
            self.path("pebble.key").display(),
            self.settings.tls_port,
            self.settings.life,
        );
        fs::write(self.path("pebble.json"), config).expect("there is room");
        let mut names = Command::new("pebble-challtestsrv");
        names.args([
            "-defaultIPv4",
            "127.0.0.1",
            "-defaultIPv6",
            "",
            "-http01",
            "",
            "-https01",
            "",
        ]);
        names.args(["-tlsalpn01", "", "-dns01", &format!("127.0.0.1:{dns}")]);
        names.args(["-management", &format!("127.0.0.1:{}", free_port())]);
        let mut pebble = Command::new("pebble");
        pebble.arg("-config").arg(self.path("pebble.json"));
        pebble.args(["-dnsserver", &format!("127.0.0.1:{dns}")]);
        pebble.env("PEBBLE_VA_NOSLEEP", "1");
        let refused = self.settings.refused_nonces;
        pebble.env("PEBBLE_WFE_NONCEREJECT", refused.to_string());
        pebble.env("PEBBLE_AUTHZREUSE", "0");
        for command in [&mut names, &mut pebble] {
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let Ok(process) = command.spawn() else {
                self.stop();
                return false;
            };
            self.processes.push(process);
        }
        let connect = async {
            for port in [acme, management] {
                while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                    yield_now().await;
                }
            }
        };
        timeout(LONG, connect).await.expect("Pebble starts");
        true
    }

    /// Ends the processes. Pebble forgets its accounts.
    pub(crate) fn stop(&mut self) {
        for mut process in self.processes.drain(..) {
            process.kill().expect("it runs");
            process.wait().expect("it ends");
        }
    }

    /// Returns a client that trusts the certificates that Pebble issues, by its management interface.
    pub(crate) async fn client(&self) -> Arc<ClientConfig> {
        let pem = fs::read(self.root()).expect("it is there");
        let config = trusting(&pem);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.ports.management));
        let socket = TcpStream::connect(address).await.expect("it listens");
        let name = ServerName::try_from("127.0.0.1").expect("it is an address");
        let mut stream = TlsConnector::from(config)
            .connect(name, socket)
            .await
            .expect("it is Pebble");
        let request = "GET /roots/0 HTTP/1.0\r\nhost: pebble\r\n\r\n";
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it is sent");
        let mut response = Vec::new();
        drop(stream.read_to_end(&mut response).await);
        trusting(&response)
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        self.stop();
    }
}

pub(crate) fn trusting(pem: &[u8]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots
            .add(certificate.expect("it is a certificate"))
            .expect("it is a root");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// Returns a port that is free for TCP and UDP.
fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = listener.local_addr().expect("it is bound").port();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
