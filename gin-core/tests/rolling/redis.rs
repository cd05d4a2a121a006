//! A Redis on a port of its own.

use std::process::{Child, Command, Stdio};

use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{LONG, free_port};

/// A Redis on a port of its own. It ends when it is dropped.
pub(crate) struct Redis {
    port: u16,
    process: Child,
}

impl Redis {
    /// Starts Redis, or returns `None` if it is not installed.
    pub(crate) async fn start() -> Option<Redis> {
        let port = free_port();
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let redis = Redis { port, process };
        listens(port).await;
        Some(redis)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

/// Waits until a process listens on a port.
pub(crate) async fn listens(port: u16) {
    let connect = async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, connect).await.expect("it starts");
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
