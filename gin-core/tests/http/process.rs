//! A server as a process of its own: its environment, its signals, the sockets it is given.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use command_fds::{CommandFdExt, FdMapping};
use gin::prelude::*;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{io::AsyncReadExt, net::TcpStream};

use crate::wire::Wire;

#[tokio::test]
#[ignore = "the tests below run it, in a process of its own"]
async fn server() {
    let app = Group::new("")
        .get("/", async || "hello")
        .get("/slow", async |cx: &mut Context| {
            cx.stop().begun().await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            "slow"
        })
        .get("/forever", async || std::future::pending::<()>().await);
    if let Err(error) = app.run().await {
        // As `main` does with what it returns.
        eprintln!("Error: {error:?}");
        std::process::exit(1);
    }
}

/// This program, told to run only the server.
fn command() -> Command {
    let program = std::env::current_exe().expect("a test is a program");
    let mut command = Command::new(program);
    command
        .args(["--exact", "process::server", "--ignored", "--nocapture"])
        .env_remove("LISTEN_FDS")
        .env_remove("PORT")
        .env_remove("HOST")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// The server, with a socket that was bound for it.
fn start() -> (Child, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    let mut command = command();
    let mapping = FdMapping {
        parent_fd: listener.into(),
        child_fd: 3,
    };
    command
        .fd_mappings(vec![mapping])
        .expect("no other descriptor is mapped")
        .env("LISTEN_FDS", "1");
    (command.spawn().expect("it starts"), address)
}

async fn ask(address: std::net::SocketAddr, path: &str) -> Wire {
    let stream = TcpStream::connect(address)
        .await
        .expect("the socket listens");
    let mut wire = Wire(stream);
    wire.send(format!(
        "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    ))
    .await;
    wire
}

fn tell(child: &Child, signal: Signal) {
    let process = i32::try_from(child.id()).expect("a process's id is positive");
    kill(Pid::from_raw(process), signal).expect("it runs");
}

#[tokio::test]
async fn a_socket_that_was_passed_on_is_served() {
    let (mut child, address) = start();
    // Sent before the server can be ready: the request waits in the socket.
    assert!(ask(address, "/").await.rest().await.ends_with("hello"));
    tell(&child, Signal::SIGTERM);
    assert!(child.wait().expect("it ends").success());
}

#[tokio::test]
async fn a_signal_lets_requests_end_and_a_second_one_does_not() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let (mut child, address) = start();
        ask(address, "/").await.rest().await;
        let mut slow = ask(address, "/slow").await;
        ask(address, "/").await.rest().await;
        tell(&child, signal);
        assert!(slow.rest().await.ends_with("slow"));
        assert!(child.wait().expect("it ends").success());
    }
    let (mut child, address) = start();
    ask(address, "/").await.rest().await;
    let mut forever = ask(address, "/forever").await;
    ask(address, "/").await.rest().await;
    let begun = Instant::now();
    tell(&child, Signal::SIGTERM);
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    tell(&child, Signal::SIGTERM);
    child.wait().expect("it ends");
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    let _ = forever.0.read_to_end(&mut Vec::new()).await;
}

#[test]
fn an_environment_that_will_not_do_is_explained() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("it is bound");
    let cases = [
        (
            address.port().to_string(),
            vec![address.to_string(), std::process::id().to_string()],
        ),
        ("80x".to_owned(), vec!["PORT is `80x`".to_owned()]),
    ];
    for (port, said) in cases {
        let output = command().env("PORT", &port).output().expect("it starts");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}");
        for said in said {
            assert!(text.contains(&said), "{said} in {text}");
        }
    }
}
