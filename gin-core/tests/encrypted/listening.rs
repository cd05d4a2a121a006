//! The sockets of a server with TLS: one that is taken, and one that was left over.

use std::net::TcpListener;

use gin::prelude::*;
use gin::server::Listener;
use tokio::net::{UnixListener, UnixStream};

use crate::child::command;
use crate::wire::{Running, Wire};

#[test]
fn a_port_that_is_in_use_is_named_with_its_process() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = taken.local_addr().expect("it is bound");
    let mut command = command("child::server");
    let output = command.env("PORT", address.port().to_string()).output();
    let output = output.expect("it starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let owner = format!("process {} has it", std::process::id());
    let error =
        format!("cannot listen on {address}: Address already in use (os error 98); {owner}");
    assert!(text.contains(&error), "{text}");
}

#[tokio::test]
async fn a_unix_socket_that_was_left_over_is_replaced() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("app.sock");
    drop(UnixListener::bind(&path).expect("the directory is ours"));
    let unix = Listener::unix(&path).await.expect("nobody listens there");
    let app = Group::new("").get("/", async || "hello");
    let server = Running::with(app, |server| server.listen(unix)).await;
    // It is for programs on this machine, and has no TLS.
    let socket = UnixStream::connect(&path).await;
    let mut wire = Wire::from(socket.expect("it listens"));
    wire.send("GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    assert!(wire.rest().await.ends_with("hello"));
    assert!(server.get("/").await.ends_with("hello"));
    server.ended().await;
    assert!(!path.exists(), "the socket's file is gone");
}
