//! A server that was suspended, as by a laptop that sleeps.

use std::time::Duration;

use gin::Server;
use gin::prelude::*;
use nix::sys::signal::Signal;
use tokio::net::TcpStream;

use crate::child::Served;
use crate::wire::Wire;

const SHORT: Duration = Duration::from_millis(200);

#[tokio::test]
#[ignore = "a test below runs it, in a process of its own"]
async fn server() {
    let app = Group::new("").get("/", async || "hello");
    let server = Server::new(Engine::new(app).expect("it is sound"));
    let server = server.keep_alive_timeout(SHORT);
    server.run().await.expect("a socket was passed on");
}

/// The server looked at the clock before the sockets, and closed connections whose next request had come in time.
#[tokio::test]
async fn a_server_that_was_suspended_does_not_time_out_its_clients() {
    let server = Served::running("suspension::server");
    let request = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    for _ in 0..3 {
        let mut wire = idle_on_a_suspended(&server).await;
        wire.send(request).await;
        tokio::time::sleep(2 * SHORT).await;
        server.signal(Signal::SIGCONT);
        assert!(wire.until("hello").await.starts_with("HTTP/1.1 200 "));
    }
}

/// Returns a connection that was between two requests when the server was suspended.
async fn idle_on_a_suspended(server: &Served) -> Wire {
    loop {
        let mut wire = server.connect().await;
        wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        wire.until("hello").await;
        server.suspend();
        let socket = wire.0.into_std().expect("it is open");
        if let Err(error) = socket.peek(&mut [0]) {
            assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
            return Wire(TcpStream::from_std(socket).expect("it is open"));
        }
        // On a busy machine the timeout came first.
        server.signal(Signal::SIGCONT);
    }
}
