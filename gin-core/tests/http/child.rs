//! A server in a process of its own, so that its memory, descriptors and log can be measured.

use std::fs::{self, File};
use std::io::{Read, Seek};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use command_fds::{CommandFdExt, FdMapping};
use gin::Server;
use gin::prelude::*;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use tokio::net::TcpStream;

use crate::transport;
use crate::wire::{Running, Stream, Wire};

#[tokio::test]
#[ignore = "other tests run it, in a process of its own"]
async fn server() {
    let app = Group::new("")
        .get("/", async || "hello")
        .post("/echo", async |body: Bytes| body)
        .get("/block/:for", async || {
            std::thread::sleep(Duration::from_millis(300));
        })
        .nest(
            // As long as it takes to write a long backtrace.
            Group::new("/panic")
                .with(Recovery::new())
                .get("", async || -> () {
                    std::thread::sleep(Duration::from_millis(300));
                    panic!("the handler panics")
                }),
        )
        .get("/until-shutdown", async |cx: &mut Context| {
            cx.shutdown().requested().await;
            "bye"
        })
        .get("/stream-until-shutdown", async |cx: &mut Context| {
            let shutdown = cx.shutdown();
            Body::from_writer(async move |mut out| {
                out.send("begun").await;
                shutdown.requested().await;
                out.send("ended").await;
            })
        });
    let server = Server::new(Engine::new(app).expect("it is sound"));
    let server = transport::served(server.keep_alive_timeout(Duration::MAX));
    if let Err(error) = server.run().await {
        // As `main` prints the error that it returns.
        eprintln!("Error: {error:?}");
        std::process::exit(1);
    }
}

/// Returns a command that runs one test of this program, which is a server, without the variables that a server reads.
pub(crate) fn command(test: &str) -> Command {
    let program = std::env::current_exe().expect("a test is a program");
    let mut command = Command::new(program);
    command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env_remove("LISTEN_FDS")
        .env_remove("PORT")
        .env_remove("HOST")
        .stdout(Stdio::null());
    transport::prepare(&mut command);
    command
}

/// Builds the template `hello` as it is released, without debug assertions and with panics that abort, but not optimized. Returns the
/// program.
pub(crate) fn released_hello() -> String {
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/released");
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--quiet", "--package", "hello"])
        .args(["--manifest-path", manifest, "--target-dir", target])
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env("CARGO_PROFILE_DEV_DEBUG_ASSERTIONS", "false")
        .env("CARGO_PROFILE_DEV_PANIC", "abort")
        .status();
    assert!(built.expect("cargo is there").success());
    format!("{target}/debug/hello")
}

/// A server in a process of its own. Dropping it kills the process.
pub(crate) struct Served {
    process: Child,
    log: File,
    pub(crate) address: SocketAddr,
}

impl Served {
    pub(crate) fn start() -> Served {
        Served::running("child::server")
    }

    /// Starts the server that the test `test` is.
    pub(crate) fn running(test: &str) -> Served {
        Served::with(command(test))
    }

    /// Starts the server of `command` on an inherited socket.
    pub(crate) fn with(mut command: Command) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let log = tempfile::tempfile().expect("there is room");
        command.stderr(log.try_clone().expect("it is open"));
        let mapping = FdMapping {
            parent_fd: listener.into(),
            child_fd: 3,
        };
        command
            .fd_mappings(vec![mapping])
            .expect("no other descriptor is mapped")
            .env("LISTEN_FDS", "1")
            .env_remove("RUST_LOG")
            .stdout(Stdio::null());
        Served {
            process: command.spawn().expect("it starts"),
            log,
            address,
        }
    }

    pub(crate) async fn connect(&self) -> Wire {
        Wire::from(self.stream().await)
    }

    /// Connects, and leaves the protocol to the caller.
    pub(crate) async fn stream(&self) -> Stream {
        let socket = TcpStream::connect(self.address).await;
        Running::over(socket.expect("the socket listens")).await
    }

    /// Sends a request on a connection of its own, and does not wait for the response.
    pub(crate) async fn begin(&self, path: &str) -> Wire {
        let mut wire = self.connect().await;
        wire.send(format!(
            "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
        ))
        .await;
        wire
    }

    pub(crate) async fn get(&self, path: &str) -> String {
        self.begin(path).await.rest().await
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.id(), signal).expect("it runs");
    }

    /// Suspends the process until SIGCONT.
    pub(crate) fn suspend(&self) {
        self.signal(Signal::SIGSTOP);
        let suspended = waitpid(self.id(), Some(WaitPidFlag::WUNTRACED)).expect("it is ours");
        assert!(
            matches!(suspended, WaitStatus::Stopped(..)),
            "{suspended:?}"
        );
    }

    /// Returns the peak of the process's memory, in bytes.
    pub(crate) fn peak(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()));
        let status = status.expect("this is Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kilobytes.map_or_else(|| panic!("no VmHWM in {status}"), |k: usize| k << 10)
    }

    /// Returns the number of its open files and sockets.
    pub(crate) fn descriptors(&self) -> usize {
        let open = fs::read_dir(format!("/proc/{}/fd", self.id()));
        open.expect("this is Linux").count()
    }

    /// Returns the number of its open files in `directory`, also of those without a name.
    pub(crate) fn open_in(&self, directory: &Path) -> usize {
        let open = fs::read_dir(format!("/proc/{}/fd", self.id())).expect("this is Linux");
        // One may be closed meanwhile.
        let paths = open.filter_map(|fd| fs::read_link(fd.ok()?.path()).ok());
        paths.filter(|path| path.starts_with(directory)).count()
    }

    /// Waits for the process to exit, which must be a success, and returns its log.
    pub(crate) fn ended(mut self) -> String {
        assert!(self.process.wait().expect("it ends").success());
        let mut log = String::new();
        self.log.rewind().expect("it is a file");
        self.log.read_to_string(&mut log).expect("a log is UTF-8");
        log
    }

    fn id(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.process.id()).expect("a process's id is positive"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
