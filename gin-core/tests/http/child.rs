//! A server in a process of its own, whose memory, descriptors and log are nobody else's.

use std::{
    fs::{self, File},
    io::{Read, Seek},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use command_fds::{CommandFdExt, FdMapping};
use gin::{Server, prelude::*};
use nix::{
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use tokio::net::TcpStream;

use crate::wire::Wire;

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
            // As long as a long backtrace takes to be written.
            Group::new("/panic")
                .with(Recovery::new())
                .get("", async || -> () {
                    std::thread::sleep(Duration::from_millis(300));
                    panic!("it is told")
                }),
        )
        .get("/until-stop", async |cx: &mut Context| {
            cx.shutdown().requested().await;
            "told"
        });
    let server = Server::new(Engine::new(app).expect("it is sound"));
    server
        .keep_alive_timeout(Duration::MAX)
        .run()
        .await
        .expect("a socket was passed on");
}

/// This program, told to run one test, which is a server, with nothing of our environment that it would go by.
pub(crate) fn command(test: &str) -> Command {
    let program = std::env::current_exe().expect("a test is a program");
    let mut command = Command::new(program);
    command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env_remove("LISTEN_FDS")
        .env_remove("PORT")
        .env_remove("HOST")
        .stdout(Stdio::null());
    command
}

/// The program of the template `hello`, built in a folder of its own with another setting for the dev profile.
pub(crate) fn hello(folder: &str, setting: &str, value: &str) -> String {
    let target = format!("{}/{folder}", env!("CARGO_TARGET_TMPDIR"));
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--quiet", "--package", "hello"])
        .args(["--manifest-path", manifest, "--target-dir", &target])
        .env(format!("CARGO_PROFILE_DEV_{setting}"), value)
        .status();
    assert!(built.expect("cargo is there").success());
    format!("{target}/debug/hello")
}

/// A server in a process of its own, which ends with this.
pub(crate) struct Served {
    process: Child,
    log: File,
    pub(crate) address: SocketAddr,
}

impl Served {
    pub(crate) fn start() -> Served {
        Served::running("child::server")
    }

    /// The server that `test` is.
    pub(crate) fn running(test: &str) -> Served {
        Served::with(command(test))
    }

    /// The server that `command` starts, with a socket that was bound for it.
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
        let stream = TcpStream::connect(self.address).await;
        Wire(stream.expect("the socket listens"))
    }

    /// A connection with a request that was not answered yet.
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

    pub(crate) fn tell(&self, signal: Signal) {
        kill(self.id(), signal).expect("it runs");
    }

    /// Stops it until it is told to go on.
    pub(crate) fn halt(&self) {
        self.tell(Signal::SIGSTOP);
        let halted = waitpid(self.id(), Some(WaitPidFlag::WUNTRACED)).expect("it is ours");
        assert!(matches!(halted, WaitStatus::Stopped(..)), "{halted:?}");
    }

    /// The most memory that it ever had, in octets.
    pub(crate) fn peak(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id()));
        let status = status.expect("this is Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        kilobytes.map_or_else(|| panic!("no VmHWM in {status}"), |k: usize| k << 10)
    }

    /// How many files and sockets it has open.
    pub(crate) fn descriptors(&self) -> usize {
        let open = fs::read_dir(format!("/proc/{}/fd", self.id()));
        open.expect("this is Linux").count()
    }

    /// Waits for its end, which must be a good one, and gives what it has logged.
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
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
