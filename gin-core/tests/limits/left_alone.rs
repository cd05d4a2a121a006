//! Responses that are left as they are: compression would gain nothing, break them, or reveal a secret.

use std::fs;

use futures_util::stream;
use gin::files::Dir;
use gin::middleware::Compression;
use gin::prelude::*;
use gin::response::Sse;
use gin::testing::Client;

use crate::codings::decode;
use crate::compression::{compressed, text};

#[tokio::test]
async fn responses_that_would_gain_nothing_or_break_are_left_alone() {
    let app = compressed()
        .get("/small", async || text(1_023))
        .get("/image", async || {
            ([("content-type", "image/png")], text(5_000))
        })
        .get("/untyped", async || text(5_000).into_bytes())
        .get("/encoded", async || {
            ([("content-encoding", "identity")], text(5_000))
        })
        .get("/no-transform", async || {
            ([("cache-control", "public, No-Transform")], text(5_000))
        })
        .get("/digest", async || {
            ([("repr-digest", "sha-256=:AA==:")], text(5_000))
        })
        .get("/part", async || {
            (
                StatusCode::PARTIAL_CONTENT,
                [("content-range", "bytes 0-4999/9000")],
                text(5_000),
            )
        })
        .get("/none", async || StatusCode::NO_CONTENT)
        .get("/events", async || {
            Sse::new(stream::iter([Ok::<_, gin::Error>(text(5_000))]))
        });
    let client = Client::new(app);
    for path in [
        "/small",
        "/image",
        "/untyped",
        "/encoded",
        "/no-transform",
        "/digest",
        "/part",
        "/none",
        "/events",
    ] {
        let response = client
            .get(path)
            .header("accept-encoding", "gzip, br, zstd")
            .await;
        let coding = response.header("content-encoding");
        assert!(
            coding.is_none_or(|coding| coding == "identity"),
            "{path} {coding:?}"
        );
    }
}

#[tokio::test]
async fn pages_that_breach_could_read_are_left_alone() {
    let client = Client::new(compressed().get("/", async || text(5_000)));
    let cookie = ("cookie", "session=7f");
    let basic = ("authorization", "Basic QW5uOjEyMw==");
    let bearer = ("authorization", "Bearer 7f");
    let site = |site| ("sec-fetch-site", site);
    for (headers, is_compressed) in [
        (vec![], true),
        (vec![site("cross-site")], true),
        (vec![bearer], true),
        (vec![bearer, site("cross-site")], true),
        (vec![cookie, site("same-origin")], true),
        (vec![cookie, site("none")], true),
        (vec![cookie, ("referer", "http://localhost/page")], true),
        (vec![cookie], false),
        (vec![basic], false),
        (vec![cookie, site("cross-site")], false),
        (vec![cookie, site("same-site")], false),
        (vec![basic, site("cross-site")], false),
        (vec![cookie, ("referer", "http://evil.example/page")], false),
        (vec![cookie, ("origin", "null")], false),
    ] {
        let mut request = client.get("/").header("accept-encoding", "gzip");
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let response = request.await.is(200).has_header("vary", "accept-encoding");
        let coding = response.header("content-encoding");
        assert_eq!(coding.is_some(), is_compressed, "{headers:?}");
    }
    let open = Group::new("").with(Compression::new().any_site());
    let client = Client::new(open.get("/", async || text(5_000)));
    let request = client.get("/").header("accept-encoding", "gzip");
    let request = request
        .header("cookie", "session=7f")
        .header("sec-fetch-site", "cross-site");
    request.await.has_header("content-encoding", "gzip");
}

#[tokio::test]
async fn precompressed_files_keep_their_coding() {
    let directory = tempfile::tempdir().expect("there is room");
    fs::write(directory.path().join("app.js"), text(5_000)).expect("there is room");
    fs::write(directory.path().join("app.js.gz"), "precompressed").expect("there is room");
    fs::write(directory.path().join("page.css"), text(5_000)).expect("there is room");
    let client = Client::new(compressed().files("/", Dir::new(directory.path())));
    let get = async |path: &str| {
        client
            .get(path)
            .header("accept-encoding", "gzip")
            .await
            .is(200)
    };
    let response = get("/app.js").await.has_header("content-encoding", "gzip");
    assert_eq!(response.bytes().as_ref(), b"precompressed");
    let response = get("/page.css")
        .await
        .has_header("content-encoding", "gzip");
    assert!(decode("gzip", response.bytes()).await == text(5_000).as_bytes());
    assert!(
        response
            .header("etag")
            .is_some_and(|etag| etag.starts_with("W/"))
    );
    let range = client
        .get("/page.css")
        .header("accept-encoding", "gzip")
        .header("range", "bytes=0-99");
    let response = range.await.is(206);
    assert_eq!(response.bytes().as_ref(), &text(5_000).as_bytes()[..100]);
}
