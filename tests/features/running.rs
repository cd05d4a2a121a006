//! A server with a certificate, and what its clients need.

use std::fs;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;

use gin::prelude::*;
use gin::server::Listener;
use gin::tls::Certificates;
use gin::{Engine, Server};
use rcgen::generate_simple_self_signed;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A server that runs until the test ends.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) client: ClientConfig,
    _directory: TempDir,
}

impl Running {
    pub(crate) async fn new(app: Group, adjust: impl FnOnce(Server) -> Server) -> Running {
        let directory = TempDir::new().expect("there is room");
        let issued = generate_simple_self_signed(["localhost".to_owned()]).expect("it can sign");
        let [certificate, key] = ["a.pem", "a.key"].map(|name| directory.path().join(name));
        fs::write(&certificate, issued.cert.pem()).expect("there is room");
        fs::write(&key, issued.signing_key.serialize_pem()).expect("there is room");
        let mut roots = RootCertStore::empty();
        roots.add(issued.cert.der().clone()).expect("it is valid");
        let socket = TcpListener::bind("127.0.0.1:0").await;
        let socket = socket.expect("a port is free");
        let address = socket.local_addr().expect("it is bound");
        let (started_tx, started) = oneshot::channel();
        let server = Server::new(Engine::new(app).expect("it is valid"))
            .listen(Listener::from(socket))
            .tls(Certificates::pem(&certificate, &key))
            .on_start(async move || started_tx.send(()).expect("the test waits"))
            .shutdown_on(pending());
        tokio::spawn(adjust(server).run());
        started.await.expect("it starts");
        Running {
            address,
            client: trusting(roots),
            _directory: directory,
        }
    }
}

fn trusting(roots: RootCertStore) -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
