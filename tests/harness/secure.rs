//! Clients that speak TLS, and certificates for servers.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::response::{Response, ResponseStream};
use crate::timeout::within;

/// A client of one server that trusts one authority.
#[derive(Clone, Debug)]
pub struct Secure {
    address: SocketAddr,
    roots: Arc<RootCertStore>,
}

impl Secure {
    /// Returns a client of the server at `address` that trusts the certificate in this PEM file, and no other.
    pub fn new(address: SocketAddr, authority: &Path) -> Secure {
        let certificate = CertificateDer::from_pem_file(authority);
        let mut roots = RootCertStore::empty();
        let added = roots.add(certificate.expect("the file is a certificate"));
        added.expect("an authority can be trusted");
        let roots = Arc::new(roots);
        Secure { address, roots }
    }

    /// Makes a handshake, and returns its error.
    pub async fn handshake(
        &self,
        name: &str,
        protocol: &str,
    ) -> Result<TlsStream<TcpStream>, std::io::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has the default versions")
            .with_root_certificates(self.roots.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let name = ServerName::try_from(name.to_owned()).expect("a name or an address");
        let stream = TcpStream::connect(self.address).await?;
        let connector = TlsConnector::from(Arc::new(config));
        within("the handshake", connector.connect(name, stream)).await
    }

    /// Sends a GET request to `host`, over HTTP/2, and waits for the complete response.
    pub async fn get(&self, host: &str, path: &str) -> Response {
        let port = self.address.port();
        let url = format!("https://{host}:{port}{path}");
        self.send(host, http::Request::get(url)).await
    }

    /// Sends a request without a body over HTTP/2.
    pub async fn send(&self, host: &str, request: http::request::Builder) -> Response {
        self.send_with(host, request, "").await
    }

    /// Sends a request with a body over HTTP/2.
    pub async fn send_with(
        &self,
        host: &str,
        request: http::request::Builder,
        body: &'static str,
    ) -> Response {
        let stream = self.handshake(host.trim_matches(['[', ']']), "h2").await;
        let stream = stream.expect("the certificate is trusted");
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let connection = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (mut sender, connection) = connection.await.expect("the server speaks HTTP/2");
        tokio::spawn(connection);
        let request = request.body(Full::new(Bytes::from_static(body.as_bytes())));
        let request = request.expect("the request is valid");
        let response = within("a response", sender.send_request(request)).await;
        let response = Response::collect(response.expect("the head is complete"));
        within("the body", response)
            .await
            .expect("the body is complete")
    }

    /// Sends a request over HTTP/1.1, and returns the response once its head has been received.
    pub async fn stream(&self, host: &str, request: http::request::Builder) -> ResponseStream {
        let stream = self.handshake(host, "http/1.1").await;
        let stream = stream.expect("the certificate is trusted");
        let connection = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = connection.expect("the server speaks HTTP");
        tokio::spawn(connection.with_upgrades());
        let host = format!("{host}:{}", self.address.port());
        let request = request.header("host", host).body(Full::<Bytes>::default());
        let request = request.expect("the request is valid");
        let response = within("the head of a response", sender.send_request(request)).await;
        ResponseStream::new(response.expect("the head is complete"))
    }
}

impl Secure {
    /// Switches to another protocol, and returns the upgraded connection.
    pub async fn upgrade(
        &self,
        host: &str,
        request: http::request::Builder,
    ) -> TokioIo<hyper::upgrade::Upgraded> {
        let response = self.stream(host, request).await;
        assert_eq!(response.status, 101, "the upgrade is refused");
        let upgraded = hyper::upgrade::on(response.into_response());
        TokioIo::new(within("the upgrade", upgraded).await.expect("it is open"))
    }
}

/// A certificate that vouches for itself, and its key, as PEM.
#[derive(Debug)]
pub struct Pair {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: String,
}

impl Pair {
    /// Makes a certificate for these names.
    pub fn of(names: &[&str]) -> Pair {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(names).expect("the names are valid");
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = params.self_signed(&key).expect("it can be signed");
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    /// Makes an authority as mkcert does: it can certify every name.
    pub fn authority() -> Pair {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let name = "mkcert ann@laptop (Ann Ö)";
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = params.self_signed(&key).expect("it can be signed");
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    /// Writes both files into a directory, as `cert.pem` and `key.pem`.
    pub fn write(&self, directory: &Path) {
        for (name, text) in [("cert.pem", &self.certificate), ("key.pem", &self.key)] {
            fs::write(directory.join(name), text).expect("the file can be written");
        }
    }
}
