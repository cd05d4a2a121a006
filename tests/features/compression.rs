//! `compression`: bodies with a coding, both ways.

use gin::middleware::{Compression, Decompression};
use gin::prelude::*;
use gin::testing::Client;

/// More than the size from which a response is compressed.
const LENGTH: usize = 4096;

#[tokio::test]
async fn responses_and_requests_have_codings() {
    let app = Group::new("")
        .with(Compression::new())
        .with(Decompression::new())
        .get("/", async || "a".repeat(LENGTH))
        .post("/", async |body: Bytes| body);
    let client = Client::new(app);
    for coding in ["br", "gzip", "zstd"] {
        let page = client.get("/").header("accept-encoding", coding).await;
        let page = page.is(200).has_header("content-encoding", coding);
        assert!(page.bytes().len() < LENGTH);
        let request = client.post("/").header("content-encoding", coding);
        let back = request.body(page.bytes().to_vec()).await;
        back.is(200).has_text(&"a".repeat(LENGTH));
    }
}
