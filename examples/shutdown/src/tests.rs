//! A server that is shut down while it has work.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::*;

/// Sends a request on a connection of its own. Returns the whole response.
async fn send(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

#[tokio::test]
async fn accepted_orders_are_cooked_and_streams_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(|server| {
        server
            .listen(listener)
            .shutdown_on(async { drop(stopped.await) })
    }));

    let mut ticks = TcpStream::connect(address).await.unwrap();
    let head = "HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";
    ticks
        .write_all(format!("GET /ticks {head}\r\n").as_bytes())
        .await
        .unwrap();
    ticks.read_u8().await.unwrap();
    for dish in ["soup", "stew", "cake"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("POST /orders {head}content-length: 4\r\n\r\n{dish}");
        assert!(send(&mut stream, &request).await.contains("202 Accepted"));
    }
    drop(stop);
    assert!(send(&mut ticks, "").await.contains("the server goes"));
    // A server waits for clients to close, for a moment.
    drop(ticks);
    assert_eq!(server.await.unwrap().unwrap(), 3);
}
