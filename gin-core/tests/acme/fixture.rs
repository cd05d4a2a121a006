//! A server with certificates of Pebble, and a client.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gin::prelude::*;
use gin::tls::{Acme, Certificates};
use gin::{Server, server::Listener};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::pebble::Pebble;

pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A server that runs.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<gin::Result<()>>,
}

/// Returns a socket for a server.
pub(crate) async fn socket() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    (listener, port)
}

pub(crate) fn acme(pebble: &Pebble, names: &[&str], cache: &Path) -> Acme {
    Acme::new(names.iter().copied(), cache)
        .directory(pebble.url())
        .directory_root(pebble.root())
        .contact("admin@example.com")
        .agree_to_terms()
}

impl Running {
    pub(crate) fn new(listener: TcpListener, certificates: impl Into<Certificates>) -> Running {
        let app = Group::new("").get("/", async |cx: &mut Context| cx.scheme());
        let address = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let server = Server::new(app.build().expect("it is valid"))
            .listen(Listener::from(listener))
            .tls(certificates)
            .shutdown_on(async { drop(stopped.await) });
        Running {
            address,
            stop,
            server: tokio::spawn(server.run()),
        }
    }

    pub(crate) async fn connect(
        &self,
        client: &Arc<ClientConfig>,
        host: &'static str,
    ) -> io::Result<TlsStream<TcpStream>> {
        let socket = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from(host).expect("it is a name");
        let connector = TlsConnector::from(client.clone());
        connector.connect(name, socket).await
    }

    /// Connects as soon as there is a certificate.
    pub(crate) async fn secured(
        &self,
        client: &Arc<ClientConfig>,
        host: &'static str,
    ) -> TlsStream<TcpStream> {
        let connect = async {
            loop {
                if let Ok(stream) = self.connect(client, host).await {
                    return stream;
                }
                yield_now().await;
            }
        };
        timeout(LONG, connect)
            .await
            .expect("there is a certificate")
    }

    pub(crate) async fn end(self) {
        drop(self.stop);
        let ended = self.server.await.expect("it does not panic");
        ended.expect("it has run");
    }
}

pub(crate) async fn get(stream: &mut TlsStream<TcpStream>) -> String {
    let request = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is open");
    let mut response = String::new();
    stream
        .read_to_string(&mut response)
        .await
        .expect("it is closed cleanly");
    response
}
