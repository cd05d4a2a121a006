//! A real Redis, which tests start, end and start again.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::wire::LONG;

/// A Redis on a port of its own. It ends when it is dropped.
pub(crate) struct Redis {
    port: u16,
    directory: TempDir,
    process: Child,
}

impl Redis {
    /// Starts Redis, or returns `None` if it is not installed.
    pub(crate) async fn start() -> Option<Redis> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let port = listener.local_addr().expect("it is bound").port();
        drop(listener);
        let directory = tempfile::tempdir().expect("there is room");
        let process = spawn(port, &directory)?;
        let redis = Redis {
            port,
            directory,
            process,
        };
        redis.listens().await;
        Some(redis)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    async fn listens(&self) {
        let connect = async {
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        timeout(LONG, connect).await.expect("Redis starts");
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }

    /// Starts it again on the same port.
    pub(crate) async fn restart(&mut self) {
        self.process = spawn(self.port, &self.directory).expect("it is installed");
        self.listens().await;
    }
}

/// Every write is on the disk before it is confirmed.
fn spawn(port: u16, directory: &TempDir) -> Option<Child> {
    let port = port.to_string();
    Command::new("redis-server")
        .args(["--port", &port, "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "yes", "--appendfsync", "always"])
        .arg("--dir")
        .arg(directory.path())
        .stdout(Stdio::null())
        .spawn()
        .ok()
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
