//! Files that are part of the program.

use gin::files::Dir;
use gin::prelude::*;
use gin::testing::Client;

fn assets() -> Dir {
    Dir::embedded(|path| {
        let bytes: &'static [u8] = match path {
            "index.html" => b"home",
            "docs/index.html" => b"docs",
            "app-3f2a9c1b.js" => b"script",
            "app.css" => b"plain",
            "app.css.br" => b"brotli",
            _ => return None,
        };
        Some(bytes.into())
    })
}

#[tokio::test]
async fn embedded_files_behave_as_those_on_disk() {
    let client = Client::new(Group::new("").spa("/site", assets()));
    client
        .get("/site")
        .await
        .is(301)
        .has_header("location", "/site/");
    client
        .get("/site/")
        .await
        .is(200)
        .has_text("home")
        .has_header("cache-control", "no-cache");
    client
        .get("/site/docs")
        .await
        .is(301)
        .has_header("location", "/site/docs/");
    client.get("/site/docs/").await.is(200).has_text("docs");
    client.get("/site/none").await.is(404);
    client
        .get("/site/none")
        .header("accept", "text/html")
        .await
        .is(200)
        .has_text("home");
    client.get("/site/../site/app.css").await.is(404);
    client.get("/site/.env").await.is(404);
    client.put("/site/app.css").await.is(405);
    let script = client
        .get("/site/app-3f2a9c1b.js")
        .await
        .is(200)
        .has_text("script");
    let script = script.has_header("cache-control", "max-age=31536000, immutable");
    assert_eq!(script.header("last-modified"), None);
    let tag = script.header("etag").expect("files have tags");
    let again = client
        .get("/site/app-3f2a9c1b.js")
        .header("if-none-match", tag);
    again.await.is(304);
    let part = client.get("/site/app-3f2a9c1b.js").header("if-range", tag);
    part.header("range", "bytes=1-3")
        .await
        .is(206)
        .has_text("cri");
    let style = client
        .get("/site/app.css")
        .header("accept-encoding", "br, gzip")
        .await;
    style
        .has_text("brotli")
        .has_header("content-encoding", "br");
}

/// A debug build reads from disk, a release build has the files in it.
#[tokio::test]
async fn a_directory_is_the_same_on_disk_and_in_the_program() {
    let path = "/http/files/embedded.rs";
    let text = include_str!("embedded.rs");
    for dir in [
        gin::embed!("$CARGO_MANIFEST_DIR/tests"),
        gin::embed!(@disk "$CARGO_MANIFEST_DIR/tests"),
        gin::embed!(@program "$CARGO_MANIFEST_DIR/tests"),
    ] {
        let client = Client::new(Group::new("").files("/", dir));
        client.get(path).await.is(200).has_text(text);
        client.get("/http/files/none.rs").await.is(404);
        client.get("/http/files/").await.is(404);
    }
}
