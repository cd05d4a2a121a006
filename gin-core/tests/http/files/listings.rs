//! Lists of a directory's files.

use std::os::unix::fs::symlink;

use gin::prelude::*;
use gin::testing::Client;

use crate::files::{Site, body};
use crate::wire::{Running, status};

#[tokio::test]
async fn directories_are_listed_only_on_request() {
    let site = Site::new(&[("a/b.txt", "")]);
    let client = Client::new(Group::new("").files("/", site.dir()));
    client.get("/").await.is(404);
    client.get("/a/").await.is(404);
    client.get("/a").await.is(404);

    let client = Client::new(Group::new("").files("/", site.dir().listing()));
    let page = client
        .get("/")
        .await
        .is(200)
        .contains("<a href=\"./a/\">a/</a>");
    page.has_header(
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'",
    );
    client.get("/a").await.is(301).has_header("location", "/a/");
    client
        .get("/a/")
        .await
        .is(200)
        .contains("<a href=\"./b%2Etxt\">".replace("%2E", ".").as_str());
    client.get("/none/").await.is(404);
}

#[tokio::test]
async fn names_in_a_list_are_escaped() {
    let evil = "<img src=x onerror=alert(1)>&\"'.txt";
    let site = Site::new(&[
        (evil, "evil"),
        ("javascript:alert(1)", ""),
        (".hidden", ""),
        ("a?#%", "odd"),
    ]);
    symlink("../secret", site.root().join("link")).expect("there is room");
    let server = Running::new(Group::new("").files("/files", site.dir().listing())).await;
    let page = server.get("/files/").await;
    assert_eq!(status(&page), "200");
    assert!(!page.contains("<img"), "{page}");
    assert!(
        page.contains("&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;.txt"),
        "{page}"
    );
    assert!(
        page.contains("href=\"./javascript%3Aalert%281%29\""),
        "{page}"
    );
    assert!(!page.contains("hidden"), "{page}");
    for (name, text) in [("&lt;img", "evil"), ("a?#%", "odd")] {
        let item = page
            .split("<li>")
            .find(|item| item.contains(name))
            .expect(name);
        let link = item.split('"').nth(1).expect("it is a link");
        let file = server.get(&link.replacen("./", "/files/", 1)).await;
        assert_eq!(body(&file), text, "{link}");
    }
    assert_eq!(status(&server.get("/files/link").await), "404");
    server.ended().await;
}
