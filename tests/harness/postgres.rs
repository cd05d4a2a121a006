//! A `PostgreSQL` server of a test.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Signal, geteuid};
use tempfile::TempDir;

use crate::client::free_port;
use crate::command::command;
use crate::program::Program;

/// The user and the group `nobody`, as which root starts the server: it refuses to run as root.
const NOBODY: u32 = 65_534;

/// A `PostgreSQL` server on the loopback address, with an empty database `postgres` of the user `app`.
#[derive(Debug)]
pub struct Postgres {
    server: Program,
    port: u16,
    /// Its data, which end with it.
    _data: TempDir,
}

impl Postgres {
    /// Starts a server and waits until it accepts connections. Returns `None` if `PostgreSQL` is not installed.
    pub async fn start() -> Option<Postgres> {
        let Some(programs) = programs() else {
            eprintln!("skipped: PostgreSQL is not installed");
            return None;
        };
        let data = tempfile::tempdir().expect("the directory can be created");
        let run = |program: &str| unprivileged(&programs.join(program), data.path());
        let password = data.path().join("password");
        fs::write(&password, "app").expect("the file can be written");
        if geteuid().is_root() {
            for path in [data.path(), &password] {
                chown(path, Some(NOBODY), Some(NOBODY)).expect("root can give files away");
            }
        }
        let cluster = data.path().join("cluster");
        let initdb = run("initdb")
            .args(["--username=app", "--pwfile=password", "--pgdata=cluster"])
            .args(["--auth=scram-sha-256", "--locale=C", "--encoding=UTF8"])
            .args(["--no-sync"])
            .output()
            .expect("initdb can be started");
        assert!(initdb.status.success(), "initdb: {initdb:?}");

        let port = free_port();
        let mut server = run("postgres");
        server
            .arg("-D")
            .arg(&cluster)
            .args(["-p", &port.to_string(), "-c", "fsync=off"])
            .args(["-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories="]);
        let server = Program::start(server);
        let ready = "ready to accept connections";
        server.stderr.find_after(0, ready).await;
        Some(Postgres {
            server,
            port,
            _data: data,
        })
    }

    /// Returns the URL of its database.
    pub fn url(&self) -> String {
        format!("postgres://app:app@127.0.0.1:{}/postgres", self.port)
    }

    /// Ends it without waiting for its clients, and fails unless all of its processes exit.
    pub async fn stop(self) {
        self.server.stop(Signal::INT).await;
    }
}

/// Returns the directory of the newest `PostgreSQL` of Debian, which has most of its programs outside of `PATH`.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let directories = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    directories
        .filter(|directory| directory.join("postgres").is_file())
        .max_by_key(|directory| version(directory))
}

fn version(directory: &Path) -> Option<u32> {
    directory.parent()?.file_name()?.to_str()?.parse().ok()
}

/// Returns a command that runs in `directory`, and not as root.
fn unprivileged(program: &Path, directory: &Path) -> Command {
    let mut command = command(program);
    command.current_dir(directory).env("LC_ALL", "C");
    if geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}
