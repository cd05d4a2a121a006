//! `embed`: a directory in the program.

use gin::prelude::*;
use gin::testing::Client;

#[tokio::test]
async fn a_directory_is_served_from_disk_and_from_the_program() {
    let app = Group::new("")
        .files("/disk", gin::embed!("$CARGO_MANIFEST_DIR"))
        // The part of the macro that counts in release builds.
        .files("/program", gin::embed!(@program "$CARGO_MANIFEST_DIR"));
    let client = Client::new(app);
    client.get("/disk/embed.rs").await.is(200);
    let file = client.get("/program/embed.rs").await.is(200);
    file.has_text(include_str!("embed.rs"));
}
