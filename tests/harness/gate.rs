//! A place where a build script or an app of a fixture waits for the test.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::timeout::within;

/// Where `http::wait_at_gate()` waits, when the variable `GATE` tells the address.
#[derive(Debug)]
pub struct Gate(TcpListener);

/// One who waits.
#[derive(Debug)]
pub struct Visitor(TcpStream);

impl Gate {
    /// A new gate.
    pub async fn new() -> Gate {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        Gate(listener.expect("there is a free port"))
    }

    /// What `GATE` must be.
    pub fn address(&self) -> String {
        let address: SocketAddr = self.0.local_addr().expect("it is open");
        address.to_string()
    }

    /// Waits for somebody to come.
    pub async fn arrival(&self) -> Visitor {
        let (stream, _) = within("somebody at the gate", self.0.accept())
            .await
            .expect("the gate is open");
        Visitor(stream)
    }
}

impl Visitor {
    /// Lets it go on.
    pub async fn pass(mut self) {
        self.0.write_all(b".").await.expect("it still waits");
    }

    /// Waits until its process is gone.
    pub async fn gone(mut self) {
        // Reset or closed, it is gone.
        let _ = within("the end of who waits at the gate", self.0.read(&mut [0])).await;
    }
}
