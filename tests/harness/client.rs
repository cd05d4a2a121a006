//! Who asks: a script, a browser, or a program that streams.

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

/// A port of this machine that nobody listens on, and that nobody is given meanwhile: the system gives higher ones to those
/// who name none, and this gives each only once.
pub fn free_port() -> u16 {
    const FIRST: u16 = 10_000;
    const COUNT: u16 = 20_000;
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    // Tests that run at the same time in another process begin elsewhere.
    let [low, high, ..] = std::process::id().wrapping_mul(101).to_le_bytes();
    let start = u16::from_le_bytes([low, high]) % COUNT;
    loop {
        let port = FIRST + (start + GIVEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// Asks one server.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    address: SocketAddr,
}

impl Client {
    /// A client of the server at `address`.
    pub fn new(address: SocketAddr) -> Client {
        Client { address }
    }

    /// The server's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A connection for one request after the other.
    pub async fn connect(self) -> Connection {
        let sender = connect(self.address).await.expect("the server speaks HTTP");
        Connection {
            client: self,
            sender,
        }
    }

    /// A request, to be awaited.
    pub fn get(self, path: &str) -> Request {
        let request = http::Request::get(path).header("host", self.address.to_string());
        let request = request.body(Full::default()).expect("the path is one");
        Request {
            address: self.address,
            request,
        }
    }
}

/// A connection that is used again and again.
#[derive(Debug)]
pub struct Connection {
    client: Client,
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    /// Asks on this connection, and waits for the whole answer.
    pub async fn get(&mut self, path: &str) -> Response {
        let request = self.client.get(path).request;
        let what = format!("an answer to {path}");
        let response = within(&what, self.sender.send_request(request)).await;
        let answer = within(
            &what,
            Response::collect(response.expect("the connection stands")),
        );
        answer.await.expect("the answer is whole")
    }
}

/// A request on a connection of its own. Awaited, it is answered.
#[derive(Debug)]
pub struct Request {
    address: SocketAddr,
    request: http::Request<Full<Bytes>>,
}

impl Request {
    /// With a header, in place of one of the same name.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Request {
        let value = value.parse().expect("the value fits in a header");
        self.request.headers_mut().insert(name, value);
        self
    }

    /// As a browser asks for a page.
    #[must_use]
    pub fn as_navigation(self) -> Request {
        self.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
    }

    /// As one who wants this type.
    #[must_use]
    pub fn accept(self, media: &str) -> Request {
        self.header("accept", media)
    }

    /// With a body to be taken in.
    #[must_use]
    pub fn post(mut self, body: impl Into<Bytes>) -> Request {
        *self.request.method_mut() = Method::POST;
        *self.request.body_mut() = Full::new(body.into());
        self
    }

    /// The answer, or how it went wrong.
    pub async fn outcome(self) -> hyper::Result<Response> {
        let path = self.request.uri().path().to_owned();
        within(&format!("an answer to {path}"), async {
            Response::collect(self.send().await?).await
        })
        .await
    }

    /// The answer's head, and its body as it comes.
    pub async fn stream(self) -> ResponseStream {
        let response = within("the head of an answer", self.send()).await;
        let response = response.expect("the head is whole");
        ResponseStream::new(response)
    }

    /// Goes over to another protocol, and says what the other side says back to `words`.
    pub async fn upgrade(self, protocol: &str) -> TokioIo<hyper::upgrade::Upgraded> {
        let request = self
            .header("connection", "upgrade")
            .header("upgrade", protocol);
        let open = request.stream().await;
        assert_eq!(open.status, 101, "the upgrade is refused");
        let upgraded = within("the upgrade", hyper::upgrade::on(open.into_response())).await;
        TokioIo::new(upgraded.expect("the connection stands"))
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
        Box::pin(async { self.outcome().await.expect("the answer is whole") })
    }
}

async fn connect(address: SocketAddr) -> hyper::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await;
    let stream = stream.expect("the connection is not refused");
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection.with_upgrades());
    Ok(sender)
}
