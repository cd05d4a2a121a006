//! HTTP clients: one that sends single requests, and one that reuses its connection.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::atomic::{AtomicU16, Ordering};

use bytes::Bytes;
use http::Method;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::response::{Response, ResponseStream};
use crate::timeout::within;

/// Returns a free port that is not given out again: the system assigns higher ports to listeners on port 0, and each call
/// returns another one.
pub fn free_port() -> u16 {
    const FIRST: u16 = 10_000;
    const COUNT: u16 = 20_000;
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    // Test processes that run at the same time start at different ports.
    let [low, high, ..] = std::process::id().wrapping_mul(101).to_le_bytes();
    let start = u16::from_le_bytes([low, high]) % COUNT;
    loop {
        let port = FIRST + (start + GIVEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// A client of one server.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    address: SocketAddr,
}

impl Client {
    /// Returns a client of the server at `address`.
    pub fn new(address: SocketAddr) -> Client {
        Client { address }
    }

    /// Returns the server's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens a connection that can be reused.
    pub async fn connect(self) -> Connection {
        let sender = connect(self.address).await.expect("the server speaks HTTP");
        Connection {
            client: self,
            sender,
        }
    }

    /// Returns a GET request, which is sent when it is awaited.
    pub fn get(self, path: &str) -> Request {
        let request = http::Request::get(path).header("host", self.address.to_string());
        let request = request.body(Full::default()).expect("the path is valid");
        Request {
            address: self.address,
            request,
        }
    }
}

/// A connection that is reused for several requests.
#[derive(Debug)]
pub struct Connection {
    client: Client,
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    /// Sends a GET request on this connection, and waits for the complete response.
    pub async fn get(&mut self, path: &str) -> Response {
        let request = self.client.get(path).request;
        let what = format!("a response to {path}");
        let response = within(&what, self.sender.send_request(request)).await;
        let response = within(
            &what,
            Response::collect(response.expect("the connection is open")),
        );
        response.await.expect("the response is complete")
    }
}

/// A request on its own connection. Awaiting it returns the response.
#[derive(Debug)]
pub struct Request {
    address: SocketAddr,
    request: http::Request<Full<Bytes>>,
}

impl Request {
    /// Sets a header field, replacing one of the same name.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Request {
        let value = value.parse().expect("the value fits in a header");
        self.request.headers_mut().insert(name, value);
        self
    }

    /// Sets the header fields of a browser's navigation.
    #[must_use]
    pub fn as_navigation(self) -> Request {
        self.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
    }

    /// Sets the accepted media type.
    #[must_use]
    pub fn accept(self, media: &str) -> Request {
        self.header("accept", media)
    }

    /// Makes it a POST request with this body.
    #[must_use]
    pub fn post(mut self, body: impl Into<Bytes>) -> Request {
        *self.request.method_mut() = Method::POST;
        *self.request.body_mut() = Full::new(body.into());
        self
    }

    /// Sets the method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Request {
        *self.request.method_mut() = method.parse().expect("a method is a token");
        self
    }

    /// Sends the request, and returns the response or the error.
    pub async fn outcome(self) -> hyper::Result<Response> {
        let path = self.request.uri().path().to_owned();
        within(&format!("a response to {path}"), async {
            Response::collect(self.send().await?).await
        })
        .await
    }

    /// Sends the request, and returns the response once its head has been received.
    pub async fn stream(self) -> ResponseStream {
        let response = within("the head of a response", self.send()).await;
        let response = response.expect("the head is complete");
        ResponseStream::new(response)
    }

    /// Switches to another protocol, and returns the upgraded connection.
    pub async fn upgrade(self, protocol: &str) -> TokioIo<hyper::upgrade::Upgraded> {
        let request = self
            .header("connection", "upgrade")
            .header("upgrade", protocol);
        let response = request.stream().await;
        assert_eq!(response.status, 101, "the upgrade is refused");
        let upgraded = within("the upgrade", hyper::upgrade::on(response.into_response())).await;
        TokioIo::new(upgraded.expect("the connection is open"))
    }

    async fn send(self) -> hyper::Result<http::Response<Incoming>> {
        connect(self.address)
            .await?
            .send_request(self.request)
            .await
    }
}

impl IntoFuture for Request {
    type Output = Response;
    type IntoFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { self.outcome().await.expect("the response is complete") })
    }
}

async fn connect(address: SocketAddr) -> hyper::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await;
    let stream = stream.expect("the connection is not refused");
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection.with_upgrades());
    Ok(sender)
}
