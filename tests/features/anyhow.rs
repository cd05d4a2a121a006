//! `anyhow`: `?` on its errors.

use anyhow::Context as _;
use gin::prelude::*;
use gin::testing::Client;

async fn settings() -> gin::Result<String> {
    let text = std::fs::read_to_string("/no/such/file").context("cannot read the settings")?;
    Ok(text)
}

#[tokio::test]
async fn its_errors_are_500_without_their_text() {
    let client = Client::new(Group::new("").get("/", settings));
    let response = client.get("/").await;
    response.is(500).has_text("500 Internal Server Error\n");
}
