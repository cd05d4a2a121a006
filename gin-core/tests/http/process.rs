//! A server in a process of its own: its environment, its signals, its inherited sockets.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use command_fds::{CommandFdExt, FdMapping};
use gin::Server;
use gin::cookies::Key;
use gin::prelude::*;
use nix::sys::signal::Signal;
use nix::unistd::Uid;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::child::{Served, command, released_hello};
use crate::wire::LONG;

const SERVER: &str = "process::server";

#[tokio::test]
#[ignore = "the tests below run it, in a process of its own"]
async fn server() {
    let app = Group::new("")
        .get("/", async || "hello")
        .get("/until-shutdown", async |cx: &mut Context| {
            cx.shutdown().requested().await;
            "bye"
        })
        .get("/forever", async || std::future::pending::<()>().await);
    let server = Server::new(Engine::new(app).expect("it is sound"));
    if let Err(error) = server.shutdown_timeout(Duration::MAX).run().await {
        // As `main` prints the error that it returns.
        eprintln!("Error: {error:?}");
        std::process::exit(1);
    }
}

fn start() -> Served {
    Served::running(SERVER)
}

#[tokio::test]
async fn an_inherited_socket_is_served() {
    let server = start();
    // Sent before the server can be ready: the request waits in the socket.
    assert!(server.get("/").await.ends_with("hello"));
    server.signal(Signal::SIGTERM);
    server.ended();
}

#[tokio::test]
async fn every_kind_of_inherited_socket_is_served() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("app.sock");
    let unix = UnixListener::bind(&path).expect("the directory is ours");
    let tcp = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = tcp.local_addr().expect("it is bound");
    let sockets = [OwnedFd::from(unix), OwnedFd::from(tcp)];
    let mapping = |(child_fd, parent_fd)| FdMapping {
        parent_fd,
        child_fd,
    };
    let mut command = command(SERVER);
    command
        .fd_mappings((3..).zip(sockets).map(mapping).collect())
        .expect("no other descriptor is mapped")
        .env("LISTEN_FDS", "2");
    let mut command = tokio::process::Command::from(command);
    let mut process = command.kill_on_drop(true).spawn().expect("it starts");
    let unix = UnixStream::connect(&path).await.expect("it listens");
    let tcp = TcpStream::connect(address).await.expect("it listens");
    assert!(get(unix).await.ends_with("hello"));
    assert!(get(tcp).await.ends_with("hello"));
    process.kill().await.expect("it runs");
    assert!(
        path.exists(),
        "the file belongs to the process that bound the socket"
    );
}

#[tokio::test]
async fn a_service_manager_is_notified_of_the_start_and_of_the_shutdown() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("notify");
    let file = UnixDatagram::bind(&path).expect("the directory is ours");
    let mut cases = vec![(file, path.display().to_string())];
    #[cfg(target_os = "linux")]
    cases.push(abstract_socket());
    for (socket, address) in cases {
        let mut command = command(SERVER);
        command.env("NOTIFY_SOCKET", &address);
        let server = Served::with(command);
        assert_eq!(notification(&socket), "READY=1", "{address}");
        assert!(server.get("/").await.ends_with("hello"));
        server.signal(Signal::SIGTERM);
        assert_eq!(notification(&socket), "STOPPING=1", "{address}");
        let log = server.ended();
        assert!(!log.contains("NOTIFY_SOCKET"), "{log}");
    }
}

#[tokio::test]
async fn a_server_without_a_listening_service_manager_serves_and_warns() {
    let mut command = command(SERVER);
    command.env("NOTIFY_SOCKET", "/nowhere/notify");
    let server = Served::with(command);
    assert!(server.get("/").await.ends_with("hello"));
    server.signal(Signal::SIGTERM);
    let log = server.ended();
    let warning = "cannot send READY=1 to NOTIFY_SOCKET=/nowhere/notify: No such file";
    assert!(log.contains(warning), "{log}");
}

/// Opens a socket with a name outside the file system, and returns the name as `NOTIFY_SOCKET` has it.
#[cfg(target_os = "linux")]
fn abstract_socket() -> (UnixDatagram, String) {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::SocketAddr;

    let name = format!("gin-core-test/{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).expect("it is short");
    let socket = UnixDatagram::bind_addr(&address).expect("the name is free");
    (socket, format!("@{name}"))
}

/// Returns the next notification.
fn notification(socket: &UnixDatagram) -> String {
    let mut buffer = [0; 64];
    let wait = socket.set_read_timeout(Some(LONG));
    wait.expect("the time is not zero");
    let length = socket.recv(&mut buffer).expect("a notification comes");
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

/// Sends a plain `GET` on `socket` and returns the response.
async fn get(mut socket: impl AsyncRead + AsyncWrite + Unpin) -> String {
    let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    socket.write_all(request).await.expect("it reads");
    let mut response = String::new();
    let read = timeout(LONG, socket.read_to_string(&mut response)).await;
    read.expect("it responds").expect("the response is text");
    response
}

#[tokio::test]
async fn after_a_signal_running_requests_end() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let server = start();
        let mut wires = Vec::new();
        for _ in 0..200 {
            wires.push(server.begin("/until-shutdown").await);
        }
        // Requests are accepted in their order: once this one has its response, all of those run.
        server.get("/").await;
        server.signal(signal);
        for wire in &mut wires {
            assert!(wire.rest().await.ends_with("bye"));
        }
        assert!(TcpStream::connect(server.address).await.is_err());
        server.ended();
    }
}

#[tokio::test]
async fn a_second_signal_cuts_requests_off() {
    let server = start();
    let mut forever = server.begin("/forever").await;
    server.get("/").await;
    server.signal(Signal::SIGTERM);
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    // The timeout of this server never passes.
    server.signal(Signal::SIGTERM);
    assert_eq!(forever.rest().await, "");
    server.ended();
}

#[test]
fn the_environment_sets_the_address() {
    let mut served = command(SERVER)
        .env("HOST", "localhost")
        .env("PORT", "0")
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let log = served.stderr.take().expect("it was piped");
    let mut line = String::new();
    let read = BufReader::new(log).read_line(&mut line);
    served.kill().expect("it runs");
    served.wait().expect("it ends");
    read.expect("a log is UTF-8");
    let port = line
        .trim()
        .strip_prefix("INFO gin::server::acceptor: listening on http://127.0.0.1:");
    let port = port.and_then(|port| port.parse::<u16>().ok());
    assert!(port.is_some_and(|port| port > 0), "{line}");
}

#[test]
fn an_invalid_environment_is_explained() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("it is bound");
    let cases = [
        (
            address.port().to_string(),
            format!(
                "cannot listen on {address}: Address already in use (os error 98); process {} has it: stop it, or listen on another address",
                std::process::id()
            ),
        ),
        ("80x".to_owned(), "PORT is `80x`".to_owned()),
    ];
    for (port, expected) in cases {
        fails_with(command(SERVER).env("PORT", port), &expected);
    }
}

#[test]
fn a_port_that_needs_a_permission_is_named() {
    let first = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    if first.is_ok_and(|first| first.trim() == "0") {
        eprintln!("skipped: every user may bind every port here");
        return;
    }
    let mut command = command(SERVER);
    if Uid::effective().is_root() {
        const NOBODY: u32 = 65_534;
        command.uid(NOBODY).gid(NOBODY);
    }
    fails_with(
        command.env("PORT", "1"),
        "cannot listen on 127.0.0.1:1: Permission denied",
    );
}

#[test]
fn an_ipv6_address_is_named_where_ipv6_is_off() {
    let inner = command(SERVER);
    let mut outer = Command::new("unshare");
    let script = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 && exec \"$0\" \"$@\"";
    outer.args(["--map-root-user", "--net", "sh", "-c", script]);
    let is_possible = outer
        .args(["true"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_possible {
        eprintln!("skipped: a network namespace cannot be created here");
        return;
    }
    let mut outer = Command::new("unshare");
    outer.args(["--map-root-user", "--net", "sh", "-c", script]);
    outer.arg(inner.get_program()).args(inner.get_args());
    outer
        .env_remove("LISTEN_FDS")
        .env("HOST", "::1")
        .env("PORT", "0");
    fails_with(&mut outer, "cannot listen on [::1]:0: ");
}

#[tokio::test]
async fn a_profile_in_which_panics_abort_gives_a_warning() {
    let program = released_hello();
    let server = Served::with(Command::new(program));
    server.get("/").await;
    server.signal(Signal::SIGTERM);
    let log = server.ended();
    let warning = "WARN gin::server::running: `panic = \"abort\"` is set: a panic in a handler ends the process";
    assert!(log.contains(warning), "{log}");
}

#[tokio::test]
#[ignore = "the test below runs it, in a process of its own"]
async fn server_with_a_part_without_effect() {
    let guard = async |cx: &mut Context, next: Next<'_>| next.run(cx).await;
    let empty = Group::new("/empty").with(guard);
    let tunnel = Route::new(&["CONNECT"], "/tunnel", async || "");
    let app = Group::new("").get("/", async || "hello").mount([tunnel]);
    let app = app.nest(empty);
    let server = Server::new(Engine::new(app).expect("it is sound"));
    server.run().await.expect("it runs");
}

#[tokio::test]
async fn a_part_without_effect_is_a_warning_in_the_log() {
    let server = Served::running("process::server_with_a_part_without_effect");
    assert!(server.get("/").await.ends_with("hello"));
    server.signal(Signal::SIGTERM);
    let log = server.ended();
    for fault in ["is around no route", "CONNECT /tunnel"] {
        let warning = log.lines().find(|line| line.contains(fault));
        let warning = warning.unwrap_or_else(|| panic!("{fault}: {log}"));
        assert!(warning.contains("WARN gin::server::running: "), "{warning}");
        assert!(warning.contains("process.rs:"), "{warning}");
    }
}

#[test]
#[ignore = "the test below runs it, in a process of its own"]
fn program_with_a_key() {
    if let Err(error) = Key::from_env("APP_KEY") {
        // As `main` prints the error that it returns.
        eprintln!("Error: {error}");
        std::process::exit(1);
    }
}

#[test]
fn a_key_that_is_too_short_ends_the_program_with_the_remedy() {
    let program = || command("process::program_with_a_key");
    let good = "0123456789abcdef0123456789abcdef";
    let mixed = format!("{good} {}", &good[1..]);
    let mut unset = program();
    fails_with(unset.env_remove("APP_KEY"), "variable APP_KEY is not set");
    for (secrets, expected) in [
        (" ", "variable APP_KEY is not set"),
        ("short", "has 5 bytes and needs 32 or more; make one with"),
        (&mixed, "has 31 bytes and needs 32 or more; make one with"),
    ] {
        fails_with(program().env("APP_KEY", secrets), expected);
    }
    let both = format!("{good} {good}");
    for secrets in [good, &both] {
        let status = program().env("APP_KEY", secrets).status();
        assert!(status.expect("it starts").success(), "{secrets}");
    }
}

/// Checks that the server exits with 1 and prints `expected`.
fn fails_with(command: &mut Command, expected: &str) {
    let output = command.output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains(expected), "{expected} in {text}");
}
