//! `websocket`: messages both ways.

use gin::prelude::*;
use gin::testing::Client;
use gin::websocket::WebSocket;

async fn echo(ws: WebSocket) -> Response {
    ws.on_upgrade(async |mut socket| {
        while let Some(message) = socket.recv().await {
            socket.send(message).await?;
        }
        Ok(())
    })
}

#[tokio::test]
async fn a_message_comes_back() {
    let client = Client::new(Group::new("").get("/", echo));
    let mut socket = client.websocket("/").await.expect("it is accepted");
    socket.send("hello").await;
    let message = socket.recv().await.expect("it comes back");
    assert_eq!(message.as_text(), Some("hello"));
}
