//! The transport of a server in a process of its own: TLS.

use std::env;
use std::process::Command;
use std::sync::LazyLock;

use gin::Server;
use gin::tls::Certificates;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::wire::{Stream, certified, paths};

/// The scheme of a request.
pub(crate) const SCHEME: &str = "https";

/// The number of connections that tests of many make: a handshake takes a thousand times as long as a connection.
pub(crate) const CROWD: usize = 500;

/// The most memory for an idle connection, in bytes.
pub(crate) const IDLE_MEMORY: usize = 20 << 10;

/// The variables with the paths of a process's certificate and key.
const PATHS: [&str; 2] = ["TEST_CERTIFICATE", "TEST_KEY"];

/// The certificate and the key for all processes that these tests start.
static SHARED: LazyLock<TempDir> = LazyLock::new(certified);

/// Returns the server as it runs in its process.
pub(crate) fn served(server: Server) -> Server {
    let [certificate, key] = PATHS.map(|name| env::var(name).expect("the fixture is set up"));
    server.tls(Certificates::pem(certificate, key))
}

/// Adds what [`served`] needs in its process.
pub(crate) fn prepare(command: &mut Command) {
    command.envs(PATHS.into_iter().zip(paths(&SHARED)));
}

/// Returns the socket of a stream.
pub(crate) fn socket(stream: &Stream) -> &TcpStream {
    stream.get_ref().0
}
