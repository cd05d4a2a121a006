//! The sockets that a server listens on.

use gin::prelude::*;
use gin::server::Listener;
use gin::{Engine, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::oneshot;

fn engine() -> Engine {
    Engine::new(Group::new("").get("/", async || "hello")).expect("it is sound")
}

#[tokio::test]
async fn a_port_that_is_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("there is a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let error = Listener::tcp(&address)
        .await
        .expect_err("it is taken")
        .to_string();
    assert!(
        error.contains(&address) && error.contains("in use"),
        "{error}"
    );
}

#[tokio::test]
async fn a_unix_socket_serves_beside_tcp_and_is_removed() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("app.sock");
    // Left over: it was bound, and nobody listens any more.
    drop(UnixListener::bind(&path).expect("the directory is ours"));
    let tcp = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("there is a free port");
    let address = tcp.local_addr().expect("it is bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::new(engine())
        .listen(tcp)
        .listen(
            Listener::unix(&path)
                .await
                .expect("a socket that no one listens on is replaced"),
        )
        .shutdown_on(async { drop(stopped.await) });
    let server = tokio::spawn(server.run());
    let error = Listener::unix(&path)
        .await
        .expect_err("a socket in use is not replaced")
        .to_string();
    let owner = format!("process {} has it", std::process::id());
    assert!(
        error.contains("app.sock") && error.contains(&owner),
        "{error}"
    );
    let mut unix = UnixStream::connect(&path)
        .await
        .expect("the server listens");
    unix.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await
        .expect("it reads");
    let mut response = String::new();
    unix.read_to_string(&mut response)
        .await
        .expect("it responds");
    assert!(response.ends_with("hello"), "{response}");
    tokio::net::TcpStream::connect(address)
        .await
        .expect("TCP is served as well");
    drop(stop);
    server
        .await
        .expect("it does not panic")
        .expect("it does not fail");
    assert!(!path.exists(), "the socket's file is gone");
}

#[tokio::test]
async fn a_file_that_is_not_a_socket_is_never_replaced() {
    let directory = tempfile::tempdir().expect("there is room");
    let path = directory.path().join("notes.txt");
    std::fs::write(&path, "precious").expect("the directory is ours");
    let error = Listener::unix(&path).await.expect_err("it is taken");
    assert!(error.to_string().contains("notes.txt"), "{error}");
    assert_eq!(std::fs::read(&path).expect("it is there"), b"precious");
}
