//! Rooms with several guests.

use gin::testing::Client;

use super::*;

#[tokio::test]
async fn a_line_reaches_everyone_in_the_room_and_nobody_else() {
    let client = Client::new(app());
    let mut ann = client.websocket("/rooms/tea?name=Ann").await.unwrap();
    let mut bob = client.websocket("/rooms/tea?name=Bob").await.unwrap();
    let mut eve = client.websocket("/rooms/rum?name=Eve").await.unwrap();
    ann.send("hello").await;
    let line = Line {
        name: "Ann".to_owned(),
        text: "hello".to_owned(),
    };
    assert_eq!(ann.recv_json::<Line>().await.unwrap(), line);
    assert_eq!(bob.recv_json::<Line>().await.unwrap(), line);
    eve.send("alone").await;
    assert_eq!(eve.recv_json::<Line>().await.unwrap().text, "alone");
}

#[tokio::test]
async fn a_guest_has_a_name() {
    let refused = Client::new(app())
        .websocket("/rooms/tea")
        .await
        .unwrap_err();
    refused.is(400).contains("name");
}
