//! Files and attachments that handlers return.

use std::time::{Duration, UNIX_EPOCH};

use gin::files::{Attachment, File};
use gin::prelude::*;
use gin::testing::Client;

use crate::files::{Site, header};
use crate::wire::{Running, status};

#[derive(Clone)]
struct At(std::path::PathBuf);

async fn open(State(At(path)): State<At>) -> gin::Result<File> {
    File::open(path).await
}

#[tokio::test]
async fn a_handler_returns_a_file() {
    let site = Site::new(&[("a.txt", "hello")]);
    let path = site.root().join("a.txt");
    let app = Group::new("")
        .state(At(path))
        .get("/", open)
        .post("/", open);
    let client = Client::new(app);
    let whole = client.get("/").await.is(200).has_text("hello");
    let whole = whole.has_header("content-type", "text/plain; charset=utf-8");
    let tag = whole.header("etag").expect("files have tags");
    assert_eq!(whole.header("content-disposition"), None);
    client
        .get("/")
        .header("if-none-match", tag)
        .await
        .is(304)
        .has_text("");
    client
        .get("/")
        .header("range", "bytes=1-3")
        .await
        .is(206)
        .has_text("ell");
    client.get("/").header("if-match", "\"x\"").await.is(412);
    client
        .head("/")
        .header("range", "bytes=1-3")
        .await
        .is(200)
        .has_header("content-length", "5");
    // The handler of a POST has run when its conditions could be judged.
    let post = client
        .post("/")
        .header("if-none-match", tag)
        .header("range", "bytes=1-3");
    post.await.is(200).has_text("hello");
}

#[tokio::test]
async fn a_missing_file_is_404_and_shows_no_path() {
    let site = Site::new(&[("a/b", "")]);
    for path in ["none", "a", "a/b/c"] {
        let app = Group::new("")
            .state(At(site.root().join(path)))
            .get("/", open);
        let response = Client::new(app).get("/").await.is(404);
        assert!(!response.text().contains("root"), "{response:?}");
    }
}

#[tokio::test]
async fn a_file_as_an_error_page_is_whole() {
    let page = async || {
        (
            StatusCode::NOT_FOUND,
            File::from_bytes("404.html", "<h1>404</h1>"),
        )
    };
    let client = Client::new(Group::new("").fallback(page));
    let response = client
        .get("/")
        .header("range", "bytes=0-1")
        .header("if-none-match", "*");
    response.await.is(404).has_text("<h1>404</h1>");
}

#[tokio::test]
async fn the_metadata_of_a_file_can_be_set() {
    let file = async || {
        let time = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let file = File::from_bytes("data.bin", "content")
            .content_type("text/css")
            .etag("v7");
        file.cache_control("private")
            .last_modified(time)
            .name("b.css")
    };
    let client = Client::new(Group::new("").get("/", file));
    let response = client
        .get("/")
        .await
        .is(200)
        .has_header("content-type", "text/css");
    let response = response
        .has_header("etag", "\"v7\"")
        .has_header("cache-control", "private");
    let response = response.has_header("last-modified", "Tue, 14 Nov 2023 22:13:20 GMT");
    response.has_header("content-disposition", "inline; filename=\"b.css\"");
    client
        .get("/")
        .header("if-none-match", "\"v7\"")
        .await
        .is(304);
}

#[tokio::test]
async fn a_value_that_no_header_can_have_never_reaches_the_wire() {
    for make in [
        || File::from_bytes("a", "x").content_type("a\r\nx: y"),
        || File::from_bytes("a", "x").cache_control("a\nb"),
        || File::from_bytes("a", "x").etag("a\"b"),
        || File::from_bytes("a", "x").etag("a\r\nb"),
    ] {
        let make: fn() -> File = make;
        let app = Group::new("").state(make);
        let app = app.get("/", async |State(make): State<fn() -> File>| make());
        let server = Running::new(app).await;
        let response = server.get("/").await;
        assert_eq!(status(&response), "500", "{response}");
        assert!(header(&response, "x").is_none(), "{response}");
        server.ended().await;
    }
}

#[tokio::test]
async fn the_name_of_an_attachment_is_safe_in_any_script() {
    async fn named(cx: &mut Context) -> Attachment {
        let name = cx.query("name").unwrap_or_default().into_owned();
        Attachment::new(name, "content")
    }
    let server = Running::new(Group::new("").get("/", named)).await;
    for (name, expected) in [
        ("report.csv", "attachment; filename=\"report.csv\""),
        (
            "a%0d%0aset-cookie:%20x=y",
            "attachment; filename=\"a__set-cookie: x=y\"",
        ),
        ("a%00b", "attachment; filename=\"a_b\""),
        (
            "a%22b",
            "attachment; filename=\"a_b\"; filename*=UTF-8''a%22b",
        ),
        (
            "..%2f..%2fetc%2fpasswd",
            "attachment; filename=\".._.._etc_passwd\"",
        ),
        (
            "%E2%82%AC.txt",
            "attachment; filename=\"_.txt\"; filename*=UTF-8''%E2%82%AC.txt",
        ),
        ("a+b.txt", "attachment; filename=\"a b.txt\""),
        ("", "attachment"),
    ] {
        let response = server.get(&format!("/?name={name}")).await;
        assert_eq!(status(&response), "200");
        assert_eq!(
            header(&response, "content-disposition"),
            Some(expected),
            "{name}"
        );
        assert_eq!(header(&response, "set-cookie"), None);
    }
    server.ended().await;
}

#[tokio::test]
async fn an_attachment_of_a_file_can_be_resumed() {
    let site = Site::new(&[("a.txt", "hello")]);
    let path = site.root().join("a.txt");
    let open = async |State(At(path)): State<At>| -> gin::Result<Attachment> {
        Ok(Attachment::open(path).await?.name("b.txt"))
    };
    let client = Client::new(Group::new("").state(At(path)).get("/", open));
    let part = client
        .get("/")
        .header("range", "bytes=3-")
        .await
        .is(206)
        .has_text("lo");
    part.has_header("content-disposition", "attachment; filename=\"b.txt\"");
}

#[tokio::test]
async fn a_route_may_be_one_file() {
    let site = Site::new(&[("favicon.svg", "<svg/>"), ("none", "")]);
    let app = Group::new("")
        .file("/favicon.ico", site.root().join("favicon.svg"))
        .file("/none", site.root().join("none"));
    let client = Client::new(app);
    std::fs::remove_file(site.root().join("none")).expect("it is there");
    let icon = client.get("/favicon.ico").await.is(200).has_text("<svg/>");
    icon.has_header("content-type", "image/svg+xml");
    client
        .head("/favicon.ico")
        .await
        .is(200)
        .has_header("content-length", "6");
    client.put("/favicon.ico").await.is(405);
    client.get("/none").await.is(404);
}
