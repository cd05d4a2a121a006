//! Directories below a prefix.

use std::fs;
use std::time::Duration;

use gin::testing::Client;

use crate::files::{Site, body, header};
use crate::wire::{Running, status};
use gin::prelude::*;

#[tokio::test]
async fn a_file_is_sent_with_its_metadata() {
    let site = Site::new(&[("css/app.css", "body {}"), ("café ☕.txt", "coffee")]);
    let server = Running::new(Group::new("").files("/assets", site.dir())).await;
    let response = server.get("/assets/css/app.css").await;
    assert_eq!(status(&response), "200");
    assert_eq!(body(&response), "body {}");
    for (name, value) in [
        ("content-type", "text/css; charset=utf-8"),
        ("content-length", "7"),
        ("accept-ranges", "bytes"),
        ("cache-control", "no-cache"),
        ("vary", "accept-encoding"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(header(&response, name), Some(value), "{response}");
    }
    assert!(header(&response, "last-modified").is_some());
    let tag = header(&response, "etag").expect("files have tags");
    assert!(tag.starts_with('"'), "{tag} is strong");

    let response = server.get("/assets/caf%C3%A9%20%E2%98%95.txt").await;
    assert_eq!(body(&response), "coffee");
    server.ended().await;
}

#[tokio::test]
async fn head_is_the_head_of_get() {
    let site = Site::new(&[("small", "1234567"), ("large", &"x".repeat(1 << 20))]);
    let server = Running::new(Group::new("").files("/", site.dir())).await;
    for path in ["/small", "/large"] {
        let get = server.get(path).await;
        let head = server
            .exchange(format!(
                "HEAD {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
            ))
            .await;
        let (get, _) = get.split_once("\r\n\r\n").expect("there is a body");
        let sorted = |head: &str| {
            let mut lines: Vec<_> = head.trim_end().lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&head), sorted(get));
    }
    server.ended().await;
}

#[tokio::test]
async fn a_directory_is_its_page() {
    let site = Site::new(&[
        ("index.html", "home"),
        ("docs/index.html", "docs"),
        ("a/b", ""),
    ]);
    let client = Client::new(Group::new("").files("/site", site.dir()));
    client.get("/site/").await.is(200).has_text("home");
    client
        .get("/site")
        .await
        .is(301)
        .has_header("location", "/site/");
    client
        .get("/site?a=b")
        .await
        .is(301)
        .has_header("location", "/site/?a=b");
    client.get("/site/docs/").await.is(200).has_text("docs");
    client
        .get("/site/docs")
        .await
        .is(301)
        .has_header("location", "/site/docs/");
    let docs = client.get("/site/docs/index.html").await.is(200);
    docs.has_header("content-type", "text/html; charset=utf-8");
    for path in [
        "/site/a",
        "/site/a/",
        "/site/a/b/",
        "/site/none",
        "/site/a/b/c",
    ] {
        client.get(path).await.is(404);
    }
}

#[tokio::test]
async fn only_names_with_a_hash_are_immutable() {
    let site = Site::new(&[("app-3f2a9c1b.js", ""), ("app.js", ""), ("index.html", "")]);
    let forever = "max-age=31536000, immutable";
    let hour = Duration::from_secs(3600);
    for (dir, hashed, plain) in [
        (site.dir(), forever, "no-cache"),
        (site.dir().max_age(hour), forever, "max-age=3600"),
        (site.dir().cache_control("private"), forever, "private"),
        (site.dir().immutable(), forever, forever),
    ] {
        let client = Client::new(Group::new("").files("/", dir));
        let cached = async |path, value| {
            client
                .get(path)
                .await
                .is(200)
                .has_header("cache-control", value);
        };
        cached("/app-3f2a9c1b.js", hashed).await;
        cached("/app.js", plain).await;
        cached("/", "no-cache").await;
    }
}

#[tokio::test]
async fn a_compressed_sibling_is_chosen_by_weight() {
    let site = Site::new(&[
        ("app.js", "plain"),
        ("app.js.br", "brotli"),
        ("app.js.gz", "gzip"),
        ("logo.png", "plain"),
        ("logo.png.gz", "gzip"),
    ]);
    let client = Client::new(Group::new("").files("/", site.dir()));
    let mut tags = Vec::new();
    for (accepted, body, coding) in [
        ("gzip, deflate, br, zstd", "brotli", Some("br")),
        ("zstd", "plain", None),
        ("gzip, br;q=0.9", "gzip", Some("gzip")),
        ("br;q=0, *", "gzip", Some("gzip")),
        ("identity, gzip;q=0.5", "plain", None),
    ] {
        let request = client.get("/app.js").header("accept-encoding", accepted);
        let response = request.await.is(200).has_text(body);
        assert_eq!(response.header("content-encoding"), coding, "{accepted}");
        let response = response.has_header("vary", "accept-encoding");
        let response = response.has_header("content-type", "text/javascript; charset=utf-8");
        let tag = response.header("etag").expect("files have tags").to_owned();
        tags.push((coding, tag));
    }
    for (coding, tag) in &tags {
        for (other, same) in &tags {
            assert_eq!(coding == other, tag == same, "{tags:?}");
        }
    }
    // A range is one of the bytes that are sent.
    let request = client.get("/app.js").header("accept-encoding", "br");
    let part = request
        .header("range", "bytes=0-2")
        .await
        .is(206)
        .has_text("bro");
    part.has_header("content-encoding", "br")
        .has_header("content-range", "bytes 0-2/6");
    let image = client
        .get("/logo.png")
        .header("accept-encoding", "gzip")
        .await;
    assert_eq!(image.has_text("plain").header("vary"), None);

    let plain = site.dir().without_precompressed();
    let client = Client::new(Group::new("").files("/", plain));
    let response = client.get("/app.js").header("accept-encoding", "br").await;
    assert_eq!(response.has_text("plain").header("vary"), None);
}

#[tokio::test]
async fn a_directory_may_be_replaced_while_the_app_runs() {
    let site = Site::new(&[("a", "old")]);
    let client = Client::new(Group::new("").files("/", site.dir()));
    client.get("/a").await.is(200).has_text("old");
    fs::remove_dir_all(site.root()).expect("it is ours");
    client.get("/a").await.is(404);
    site.write("a", "new");
    client.get("/a").await.is(200).has_text("new");
}
