//! A server with HTTP/3, and clients for it.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use gin::prelude::*;
use gin::{Server, server::Listener};
use h3::client::{RequestStream, SendRequest};
use h3::error::StreamError;
use http::{HeaderMap, Request, Response as HttpResponse};
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, ConnectionError, Endpoint};
use rustls::version::TLS13;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::tls::Authority;

/// The longest that a test waits, so that it fails where it would hang.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn in_time<T>(future: impl Future<Output = T>) -> T {
    timeout(PATIENCE, future).await.expect("it comes in time")
}

/// Returns a TCP socket and a UDP socket of the same port. The clients of other tests have ports over UDP alone.
pub(crate) async fn sockets() -> (TcpListener, UdpSocket) {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        if let Ok(socket) = UdpSocket::bind(address) {
            return (listener, socket);
        }
    }
}

/// A server that runs.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) authority: Authority,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<gin::Result<()>>,
}

impl Running {
    pub(crate) async fn new(app: Group) -> Running {
        Running::with(app, |server| server).await
    }

    pub(crate) async fn with(app: Group, adjust: impl Fn(Server) -> Server) -> Running {
        let authority = Authority::new();
        authority.issue("a", &["localhost"]);
        let engine = Engine::new(app).expect("the app is sound");
        let (listener, _) = sockets().await;
        let address = listener.local_addr().expect("the fixture is set up");
        let (stop, stopped) = oneshot::channel();
        let (started_tx, started) = oneshot::channel();
        let server = Server::new(engine)
            .listen(Listener::from(listener))
            .tls(authority.certificates("a"))
            .http3()
            .on_start(async move || started_tx.send(()).expect("the test waits"))
            .shutdown_on(async { drop(stopped.await) });
        let server = tokio::spawn(adjust(server).run());
        in_time(started).await.expect("the server starts");
        Running {
            address,
            authority,
            stop: Some(stop),
            server,
        }
    }

    pub(crate) async fn connect(&self) -> Client {
        let connection = self.connection().await;
        Client::new(connection).await
    }

    pub(crate) async fn connection(&self) -> quinn::Connection {
        let connecting = self.endpoint().connect(self.address, "localhost");
        in_time(connecting.expect("the fixture is set up"))
            .await
            .expect("the fixture is set up")
    }

    /// Connects to a server whose timeout a slow machine may exceed: as often as necessary.
    pub(crate) async fn connection_in_the_end(&self) -> quinn::Connection {
        self.connection_in_the_end_with(self.client_settings())
            .await
    }

    pub(crate) async fn connection_in_the_end_with(
        &self,
        settings: ClientConfig,
    ) -> quinn::Connection {
        let endpoint = self.endpoint();
        in_time(async {
            loop {
                let settings = settings.clone();
                let connecting = endpoint.connect_with(settings, self.address, "localhost");
                if let Ok(connection) = connecting.expect("the fixture is set up").await {
                    return connection;
                }
            }
        })
        .await
    }

    /// Returns a client that trusts `authority`.
    pub(crate) async fn client_trusting(&self, authority: &Authority) -> Client {
        let connecting = endpoint(authority).connect(self.address, "localhost");
        Client::new(
            in_time(connecting.expect("the fixture is set up"))
                .await
                .expect("the fixture is set up"),
        )
        .await
    }

    pub(crate) fn client_settings(&self) -> ClientConfig {
        settings(self.authority.client(&[&TLS13], None))
    }

    /// Returns a client's socket.
    pub(crate) fn endpoint(&self) -> Endpoint {
        endpoint(&self.authority)
    }

    pub(crate) fn shut_down(&mut self) {
        self.stop = None;
    }

    pub(crate) async fn ended(self) {
        drop(self.stop);
        in_time(self.server)
            .await
            .expect("the fixture is set up")
            .expect("the fixture is set up");
    }
}

fn endpoint(authority: &Authority) -> Endpoint {
    let mut endpoint = Endpoint::client(([127, 0, 0, 1], 0).into()).expect("the fixture is set up");
    endpoint.set_default_client_config(settings(authority.client(&[&TLS13], None)));
    endpoint
}

/// Returns the settings of a client over HTTP/3.
pub(crate) fn settings(mut tls: rustls::ClientConfig) -> ClientConfig {
    tls.alpn_protocols = vec![b"h3".to_vec()];
    tls.enable_early_data = true;
    ClientConfig::new(Arc::new(
        QuicClientConfig::try_from(tls).expect("the fixture is set up"),
    ))
}

/// A client of h3, on one connection.
pub(crate) struct Client {
    pub(crate) connection: quinn::Connection,
    pub(crate) requests: SendRequest<h3_quinn::OpenStreams, Bytes>,
}

pub(crate) type Stream = RequestStream<h3_quinn::BidiStream<Bytes>, Bytes>;

/// A response that has come whole.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) head: HttpResponse<()>,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Option<HeaderMap>,
}

impl Whole {
    pub(crate) fn status(&self) -> u16 {
        self.head.status().as_u16()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the fixture is set up")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers().get(name)?.to_str().ok()
    }
}

impl Client {
    pub(crate) async fn new(connection: quinn::Connection) -> Client {
        let quic = h3_quinn::Connection::new(connection.clone());
        let (mut driver, requests) = in_time(h3::client::new(quic))
            .await
            .expect("the fixture is set up");
        tokio::spawn(async move { std::future::poll_fn(|task| driver.poll_close(task)).await });
        Client {
            connection,
            requests,
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Whole {
        self.send(
            Request::get(url(path))
                .body(Bytes::new())
                .expect("the fixture is set up"),
        )
        .await
        .expect("the fixture is set up")
    }

    /// Sends a request and its body, and receives the response.
    pub(crate) async fn send(&mut self, request: Request<Bytes>) -> Result<Whole, StreamError> {
        let (head, body) = request.into_parts();
        let mut stream = self.begin(Request::from_parts(head, ())).await;
        if !body.is_empty() {
            stream.send_data(body).await?;
        }
        stream.finish().await?;
        receive(stream).await
    }

    /// Sends a request's head.
    pub(crate) async fn begin(&mut self, head: Request<()>) -> Stream {
        in_time(self.requests.send_request(head))
            .await
            .expect("the fixture is set up")
    }

    /// Waits until the connection has ended.
    pub(crate) async fn ended(&self) -> ConnectionError {
        in_time(self.connection.closed()).await
    }
}

pub(crate) async fn receive(mut stream: Stream) -> Result<Whole, StreamError> {
    in_time(async {
        let head = stream.recv_response().await?;
        let mut body = Vec::new();
        while let Some(mut data) = stream.recv_data().await? {
            let length = data.remaining();
            body.extend_from_slice(&data.copy_to_bytes(length));
        }
        let trailers = stream.recv_trailers().await?;
        Ok(Whole {
            head,
            body,
            trailers,
        })
    })
    .await
}

pub(crate) fn url(path: &str) -> String {
    format!("https://localhost{path}")
}

/// Returns the code by which the server has reset a stream.
pub(crate) fn reset_code(error: &StreamError) -> Option<u64> {
    match error {
        StreamError::RemoteTerminate { code, .. } => Some(code.value()),
        _ => None,
    }
}

/// Returns the code by which the server has closed a connection.
pub(crate) fn close_code(error: &ConnectionError) -> Option<u64> {
    match error {
        ConnectionError::ApplicationClosed(close) => Some(close.error_code.into_inner()),
        _ => None,
    }
}
