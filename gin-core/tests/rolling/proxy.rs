//! A load balancer in front of the servers: `HAProxy`, which probes them, or nginx, which does not.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use tokio::time::timeout;

use crate::client::Client;
use crate::instance::Instance;
use crate::redis::listens;
use crate::{LONG, free_port};

/// A load balancer. It ends when it is dropped.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    process: Child,
    _directory: TempDir,
}

/// A program that can be the load balancer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    HaProxy,
    Nginx,
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

impl Kind {
    /// Writes the settings for servers at `ports`, and returns the command that starts the program.
    fn command(self, port: u16, ports: &[u16], directory: &Path) -> Command {
        let settings = match self {
            Kind::HaProxy => haproxy(port, ports),
            Kind::Nginx => nginx(port, ports, directory),
        };
        let path = directory.join("settings");
        fs::write(&path, settings).expect("there is room");
        let (program, options) = match self {
            Kind::HaProxy => ("haproxy", ["-db", "-q", "-f"]),
            Kind::Nginx => ("nginx", ["-e", "stderr", "-c"]),
        };
        let mut command = Command::new(program);
        command.args(options).arg(path);
        command
    }
}

fn haproxy(port: u16, ports: &[u16]) -> String {
    let mut settings = SETTINGS.to_owned();
    for port in ports {
        let _ = writeln!(settings, "  server s{port} 127.0.0.1:{port}");
    }
    let _ = writeln!(
        settings,
        "frontend clients\n  bind 127.0.0.1:{port}\n  default_backend servers"
    );
    settings
}

/// Returns settings of one process, which a signal ends whole. It sends even a `POST` to the next server if the first one closes the
/// connection without a response: a server that shuts down responds to each request that it has begun.
fn nginx(port: u16, ports: &[u16], directory: &Path) -> String {
    let directory = directory.display();
    let mut servers = String::new();
    for port in ports {
        let _ = write!(servers, "server 127.0.0.1:{port} fail_timeout=1s; ");
    }
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let paths = paths.map(|name| format!("{name}_temp_path {directory}/{name}; "));
    let paths = paths.concat();
    format!(
        "daemon off; master_process off; pid {directory}/pid; events {{ worker_connections 512; }}
        http {{
            access_log off; {paths}
            upstream servers {{ {servers} keepalive 16; }}
            server {{
                listen 127.0.0.1:{port};
                keepalive_requests 1000000;
                location / {{
                    proxy_pass http://servers;
                    proxy_http_version 1.1;
                    proxy_set_header Connection '';
                    proxy_next_upstream error timeout non_idempotent;
                }}
            }}
        }}
"
    )
}

impl Proxy {
    /// Starts the load balancer, or returns `None` if it is not installed.
    pub(crate) async fn start(kind: Kind, ports: &[u16]) -> Option<Proxy> {
        let port = free_port();
        let directory = tempfile::tempdir().expect("there is room");
        let process = kind
            .command(port, ports, directory.path())
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
