//! Who asks: a script, a browser, or a program that streams.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::patience::within;

/// A port of this machine that nobody listens on.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.expect("there is a free port").port()
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

    /// A request, to be awaited.
    pub fn get(self, path: &str) -> Ask {
        let request = Request::get(path).header("host", self.address.to_string());
        let request = request.body(Full::default()).expect("the path is one");
        Ask {
            address: self.address,
            request,
        }
    }
}

/// A request on a connection of its own. Awaited, it is answered.
#[derive(Debug)]
pub struct Ask {
    address: SocketAddr,
    request: Request<Full<Bytes>>,
}

impl Ask {
    /// With a header, in place of one of the same name.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Ask {
        let value = value.parse().expect("the value fits in a header");
        self.request.headers_mut().insert(name, value);
        self
    }

    /// As a browser asks for a page.
    #[must_use]
    pub fn as_navigation(self) -> Ask {
        self.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
    }

    /// As one who wants this type.
    #[must_use]
    pub fn accept(self, media: &str) -> Ask {
        self.header("accept", media)
    }

    /// With a body to be taken in.
    #[must_use]
    pub fn post(mut self, body: impl Into<Bytes>) -> Ask {
        *self.request.method_mut() = Method::POST;
        *self.request.body_mut() = Full::new(body.into());
        self
    }

    /// The answer, or how it went wrong.
    pub async fn outcome(self) -> hyper::Result<Answer> {
        let path = self.request.uri().path().to_owned();
        within(&format!("an answer to {path}"), async {
            let (head, body) = self.send().await?.into_parts();
            Ok(Answer {
                status: head.status.as_u16(),
                headers: head.headers,
                body: body.collect().await?.to_bytes(),
            })
        })
        .await
    }

    /// The answer's head, and its body as it comes.
    pub async fn open(self) -> Open {
        let response = within("the head of an answer", self.send()).await;
        let response = response.expect("the head is whole");
        let status = response.status().as_u16();
        Open {
            status,
            response,
            heard: Vec::new(),
        }
    }

    /// Goes over to another protocol, and says what the other side says back to `words`.
    pub async fn upgrade(self, protocol: &str) -> TokioIo<hyper::upgrade::Upgraded> {
        let ask = self
            .header("connection", "upgrade")
            .header("upgrade", protocol);
        let open = ask.open().await;
        assert_eq!(open.status, 101, "the upgrade is refused");
        let upgraded = within("the upgrade", hyper::upgrade::on(open.response)).await;
        TokioIo::new(upgraded.expect("the connection stands"))
    }

    async fn send(self) -> hyper::Result<Response<Incoming>> {
        let stream = TcpStream::connect(self.address).await;
        let stream = stream.expect("the connection is not refused");
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection.with_upgrades());
        sender.send_request(self.request).await
    }
}

impl IntoFuture for Ask {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { self.outcome().await.expect("the answer is whole") })
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Fails unless the status is this one.
    #[must_use = "a status is rarely all there is to an answer"]
    pub fn is(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.seen());
        self
    }

    /// Fails unless the body is exactly this text.
    pub fn says(&self, text: &str) {
        assert_eq!(self.text(), text, "status {}", self.status);
    }

    /// Fails unless a person sees this text.
    pub fn shows(&self, text: &str) -> &Answer {
        let seen = self.seen();
        assert!(seen.contains(text), "`{text}` is not shown:\n{seen}");
        self
    }

    /// Fails unless a header has exactly this value.
    pub fn has(&self, name: &str, value: &str) -> &Answer {
        let found = self.headers.get(name).and_then(|found| found.to_str().ok());
        assert_eq!(found, Some(value), "{name}, status {}", self.status);
        self
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// The text as a person sees it: HTML without its markup.
    fn seen(&self) -> String {
        let is_html = self.headers.get("content-type");
        let is_html = is_html.is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
        if is_html {
            without_markup(&self.text())
        } else {
            self.text()
        }
    }
}

/// An answer whose body is still coming.
#[derive(Debug)]
pub struct Open {
    /// Its status.
    pub status: u16,
    response: Response<Incoming>,
    heard: Vec<u8>,
}

impl Open {
    /// Waits until the body has come as far as `text`.
    pub async fn hears(&mut self, text: &str) {
        within(&format!("`{text}` in a stream"), async {
            while !self.has_heard(text) {
                assert!(self.next().await, "the stream ended before `{text}`");
            }
        })
        .await;
    }

    /// Fails when the body has ended.
    pub async fn goes_on(&mut self) {
        let next = tokio::time::timeout(Duration::ZERO, self.next());
        assert_ne!(next.await, Ok(false), "the stream has ended");
    }

    /// Waits for the end of the body, whole or cut.
    pub async fn ends(mut self) {
        within("the end of a stream", async { while self.next().await {} }).await;
    }

    /// What has come so far.
    pub fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard).into_owned()
    }

    fn has_heard(&self, text: &str) -> bool {
        self.heard().contains(text)
    }

    async fn next(&mut self) -> bool {
        let Some(Ok(frame)) = self.response.body_mut().frame().await else {
            return false;
        };
        if let Some(data) = frame.data_ref() {
            self.heard.extend_from_slice(data);
        }
        true
    }
}

fn without_markup(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, markup)) = rest.split_once('<') {
        text.push_str(before);
        // What these hold is not for people.
        let end = ["style", "script", "template"]
            .iter()
            .find(|name| markup.starts_with(**name))
            .map_or_else(|| ">".to_owned(), |name| format!("</{name}>"));
        rest = markup.split_once(&end).map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}
