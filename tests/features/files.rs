//! `files`: directories and files.

use gin::files::{Dir, File};
use gin::prelude::*;
use gin::testing::Client;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test]
async fn a_directory_and_a_file_are_served() {
    let app = Group::new("")
        .files("/source", Dir::new(HERE))
        .get("/manifest", async || {
            File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).await
        });
    let client = Client::new(app);
    client
        .get("/source/files.rs")
        .await
        .is(200)
        .has_text(include_str!("files.rs"));
    client.get("/source/none.txt").await.is(404);
    let part = client.get("/manifest").header("range", "bytes=0-8").await;
    part.is(206).has_text("[package]");
}
