//! Ends without a `close_notify`, which anybody on the way can forge.

use std::sync::Arc;

use gin::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::fixture::{Authority, Running, status};

#[tokio::test]
async fn a_request_that_is_cut_off_is_never_taken_for_a_whole_one() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let app = Group::new("").post("/", async |body: Bytes| body);
    let server = Running::of(app, authority.certificates("a"), |server| server).await;
    let client = Arc::new(authority.trusting());
    let head = "POST / HTTP/1.1\r\nhost: a\r\n";
    for rest in [
        "content-length: 10\r\n\r\nhello",
        "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "",
    ] {
        let mut stream = server.connect(&client, "localhost").await.unwrap();
        stream
            .write_all(format!("{head}{rest}").as_bytes())
            .await
            .unwrap();
        // The end of TCP alone.
        stream.get_mut().0.shutdown().await.unwrap();
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response).await;
        let response = String::from_utf8_lossy(&response);
        assert!(
            ["400", "none"].contains(&status(&response)),
            "{rest}: {response}"
        );
    }
    server.ended().await;
}

#[tokio::test]
async fn a_response_that_ends_with_the_connection_has_a_close_notify() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let stream = async || Body::from_writer(async |mut out| out.send("hello").await);
    let app = Group::new("").get("/", stream);
    let server = Running::of(app, authority.certificates("a"), |server| server).await;
    let client = Arc::new(authority.trusting());
    let mut stream = server.connect(&client, "localhost").await.unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut response = String::new();
    // It fails without one.
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.ends_with("\r\n\r\nhello"), "{response}");
}
