//! `HAProxy` in front of the servers.

use std::fmt::Write as _;
use std::fs;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio::time::timeout;

use crate::client::Client;
use crate::instance::Instance;
use crate::redis::listens;
use crate::{LONG, free_port};

/// A `HAProxy` that probes `/readyz`. It ends when it is dropped.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    process: Child,
    _directory: TempDir,
}

const SETTINGS: &str = "
global
  maxconn 1000
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
backend servers
  balance roundrobin
  option httpchk GET /readyz
  default-server check inter 100ms fall 1 rise 1
";

impl Proxy {
    /// Starts `HAProxy`, or returns `None` if it is not installed.
    pub(crate) async fn start(ports: &[u16]) -> Option<Proxy> {
        let port = free_port();
        let mut settings = SETTINGS.to_owned();
        for port in ports {
            let _ = writeln!(settings, "  server s{port} 127.0.0.1:{port}");
        }
        let _ = writeln!(
            settings,
            "frontend clients\n  bind 127.0.0.1:{port}\n  default_backend servers"
        );
        let directory = tempfile::tempdir().expect("there is room");
        let path = directory.path().join("haproxy.cfg");
        fs::write(&path, settings).expect("there is room");
        let process = Command::new("haproxy")
            .args(["-db", "-q", "-f"])
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let proxy = Proxy {
            port,
            process,
            _directory: directory,
        };
        listens(port).await;
        Some(proxy)
    }

    /// Waits until the proxy sends requests to a server.
    pub(crate) async fn reaches(&self, instance: &Instance) {
        let id = format!("x-instance: {}\r\n", instance.id());
        let ask = async {
            let mut client = Client::connect(self.port).await.expect("it listens");
            while !client
                .request("GET", "/")
                .await
                .expect("it responds")
                .contains(&id)
            {}
        };
        timeout(LONG, ask)
            .await
            .expect("the proxy finds the server");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
