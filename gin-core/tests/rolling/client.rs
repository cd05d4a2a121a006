//! A user: one connection, one session, and a request every eight milliseconds.

use std::io::{Error, ErrorKind, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::LONG;

/// A client that keeps its connection and its cookie.
pub(crate) struct Client {
    stream: TcpStream,
    port: u16,
    cookie: String,
}

impl Client {
    pub(crate) async fn connect(port: u16) -> Result<Client> {
        Ok(Client {
            stream: TcpStream::connect(("127.0.0.1", port)).await?,
            port,
            cookie: String::new(),
        })
    }

    /// Sends a request once and returns its response. A connection that the response closes is opened again.
    pub(crate) async fn request(&mut self, method: &str, path: &str) -> Result<String> {
        let cookie = &self.cookie;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: a\r\ncookie: {cookie}\r\ncontent-length: 0\r\n\r\n"
        );
        self.stream.write_all(head.as_bytes()).await?;
        let response = timeout(LONG, self.response()).await??;
        if let Some((_, set)) = response.split_once("set-cookie: ") {
            let pair = set.split(';').next().unwrap_or_default();
            pair.clone_into(&mut self.cookie);
        }
        if response.contains("connection: close\r\n") {
            self.stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        }
        Ok(response)
    }

    /// Reads a response with its body, whose length is declared.
    async fn response(&mut self) -> Result<String> {
        let mut bytes = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.split_once("content-length: ");
                let length = length.and_then(|(_, rest)| rest.lines().next()?.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    return Ok(text);
                }
            }
            if self.stream.read_buf(&mut bytes).await? == 0 {
                return Err(Error::new(ErrorKind::UnexpectedEof, text));
            }
        }
    }
}

/// Requests what is limited until the load is over, and returns the number of responses within the limit. All others are 429.
pub(crate) async fn served(port: u16, is_over: Arc<AtomicBool>) -> u32 {
    let mut client = Client::connect(port).await.expect("the proxy listens");
    let mut beat = interval(Duration::from_millis(8));
    beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut served = 0;
    while !is_over.load(Ordering::Relaxed) {
        beat.tick().await;
        let response = client.request("GET", "/scarce").await;
        let response = response.expect("no request is lost");
        if response.starts_with("HTTP/1.1 200 ") {
            served += 1;
        } else {
            assert!(response.starts_with("HTTP/1.1 429 "), "{response}");
        }
    }
    served
}

/// Counts in a session until the load is over, and returns the number. Each response must have the next number: a request that is
/// lost or done twice, and a session that is lost, show in it.
pub(crate) async fn counts(port: u16, is_over: Arc<AtomicBool>) -> u64 {
    let mut client = Client::connect(port).await.expect("the proxy listens");
    let mut beat = interval(Duration::from_millis(8));
    beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut count = 0;
    while !is_over.load(Ordering::Relaxed) {
        beat.tick().await;
        let response = client.request("POST", "/count").await;
        let response = response.expect("no request is lost");
        count += 1;
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
        assert!(
            response.ends_with(&format!("\r\n\r\n{count}")),
            "{count}: {response}"
        );
    }
    count
}
