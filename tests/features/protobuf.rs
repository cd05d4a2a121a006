//! `protobuf`: messages.

use gin::formats::Protobuf;
use gin::prelude::*;
use gin::testing::Client;

#[tokio::test]
async fn a_message_is_read_and_written() {
    // A text is the message `StringValue`.
    let app = Group::new("").post("/", async |text: Protobuf<String>| text);
    let client = Client::new(app);
    let send = |body: &'static [u8]| {
        let request = client.post("/");
        request
            .header("content-type", "application/x-protobuf")
            .body(body)
    };
    send(b"\x0a\x03Ann").await.is(200).has_text("\n\u{3}Ann");
    send(b"\x0a\x30Ann").await.is(400);
}
