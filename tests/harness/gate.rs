//! A gate at which a build script or an app of a fixture waits for the test.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::timeout::within;

/// A listener at which `http::wait_at_gate()` waits, if its address is in the variable `GATE`.
#[derive(Debug)]
pub struct Gate(TcpListener);

/// A process that waits at a [`Gate`].
#[derive(Debug)]
pub struct Visitor(TcpStream);

impl Gate {
    /// Opens a gate.
    pub async fn new() -> Gate {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        Gate(listener.expect("there is a free port"))
    }

    /// Returns the value for the variable `GATE`.
    pub fn address(&self) -> String {
        let address: SocketAddr = self.0.local_addr().expect("it is open");
        address.to_string()
    }

    /// Waits until a process arrives.
    pub async fn arrival(&self) -> Visitor {
        let (stream, _) = within("a process at the gate", self.0.accept())
            .await
            .expect("the gate is open");
        Visitor(stream)
    }
}

impl Visitor {
    /// Lets the process continue.
    pub async fn pass(mut self) {
        self.0.write_all(b".").await.expect("it still waits");
    }

    /// Responds with a page. The visitor is a browser here, not a process of a fixture.
    pub async fn respond(mut self, page: &str) {
        let length = page.len();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close";
        let response = format!("{head}\r\ncontent-length: {length}\r\n\r\n{page}");
        // A connection that is closed with an unread request is reset.
        let mut request = [0; 4096];
        let read = self.0.read(&mut request).await;
        read.expect("the browser has sent its request");
        let written = self.0.write_all(response.as_bytes()).await;
        written.expect("the browser still waits");
    }

    /// Waits until the process has exited.
    pub async fn gone(mut self) {
        // Its connection is closed or reset when it exits.
        let _ = within("the exit of a process at the gate", self.0.read(&mut [0])).await;
    }
}
