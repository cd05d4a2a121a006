//! The chat, tested without a socket.

use gin::prelude::*;
use gin::testing::Client;

use crate::app;
use crate::message::Message;
use crate::room::Room;

fn hello() -> Message {
    Message {
        name: "Ann".to_owned(),
        text: "hello".to_owned(),
    }
}

#[tokio::test]
async fn everyone_receives_each_message() {
    let client = Client::new(app(Room::alone()));
    let mut ann = client.websocket("/chat").await.expect("it is accepted");
    let mut bob = client.websocket("/chat").await.expect("it is accepted");
    let mut listener = client.get("/events").sse().await;

    ann.send_json(&hello()).await;
    assert_eq!(ann.recv_json().await, Some(hello()));
    assert_eq!(bob.recv_json().await, Some(hello()));
    let event = listener.next().await.expect("it goes on");
    assert_eq!(
        serde_json::from_str::<Message>(&event.data).ok(),
        Some(hello())
    );

    client.post("/messages").json(&hello()).await.is(202);
    assert_eq!(bob.recv_json().await, Some(hello()));
}

#[tokio::test]
async fn a_message_has_a_name_and_a_text() {
    let client = Client::new(app(Room::alone()));
    let empty = json!({ "name": "Ann", "text": " " });
    client
        .post("/messages")
        .json(&empty)
        .await
        .is(422)
        .contains("must have 1 to 500 characters");
    client
        .post("/messages")
        .json(&json!({ "name": "Ann" }))
        .await
        .is(422)
        .contains("\"path\":\"text\"");
    client
        .get("/")
        .await
        .is(200)
        .contains("<title>Chat</title>");
}

/// Runs with `REDIS_URL` set.
#[tokio::test]
async fn instances_share_the_room() -> gin::Result<()> {
    let Ok(url) = std::env::var("REDIS_URL") else {
        eprintln!("skipped: REDIS_URL is not set");
        return Ok(());
    };
    let one = Client::new(app(Room::shared(&url).await?));
    let other = Client::new(app(Room::shared(&url).await?));
    let mut listener = other.get("/events").sse().await;
    one.post("/messages").json(&hello()).await.is(202);
    let event = listener.next().await.expect("it goes on");
    assert_eq!(serde_json::from_str::<Message>(&event.data)?, hello());
    Ok(())
}
