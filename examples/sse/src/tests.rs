//! Pages that are there, and one that was away.

use gin::testing::Client;

use super::*;

#[tokio::test]
async fn a_message_reaches_every_page() {
    let client = Client::new(app());
    let mut ann = client.get("/events").sse().await;
    let mut bob = client.get("/events").sse().await;
    client.post("/messages").form("text=hello").await.is(204);
    for page in [&mut ann, &mut bob] {
        assert_eq!(page.next().await.unwrap().data, "hello");
    }
}

#[tokio::test]
async fn a_page_that_was_away_gets_what_it_missed() {
    let client = Client::new(app());
    for text in ["one", "two", "three"] {
        client
            .post("/messages")
            .form(format!("text={text}"))
            .await
            .is(204);
    }
    let mut page = client
        .get("/events")
        .header("last-event-id", "1")
        .sse()
        .await;
    assert_eq!(page.next().await.unwrap().data, "two");
    assert_eq!(page.next().await.unwrap().data, "three");
}
