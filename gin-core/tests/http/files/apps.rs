//! Single-page apps.

use gin::prelude::*;
use gin::testing::{Client, TestResponse};

use crate::files::Site;
use crate::wire::{Running, status};

const CHROME: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

fn app(site: &Site) -> Group {
    let api = Group::new("/api").get("/users", async || "users");
    Group::new("")
        .nest(api)
        .get("/version", async || "7")
        .post("/login", async || "sent")
        .spa("/", site.dir())
}

async fn open(client: &Client, path: &str) -> TestResponse {
    let request = client.get(path).header("accept", CHROME);
    let request = request.header("sec-fetch-mode", "navigate");
    request.header("sec-fetch-dest", "document").await
}

#[tokio::test]
async fn pages_that_nothing_else_takes_get_the_page_of_the_app() {
    let site = Site::new(&[("index.html", "app"), ("assets/app.js", "script")]);
    let client = Client::new(app(&site));
    for path in [
        "/",
        "/settings",
        "/users/7/",
        "/users/jane.doe",
        "/v/1.2",
        "/login",
    ] {
        let page = open(&client, path).await.is(200).has_text("app");
        page.has_header("cache-control", "no-cache");
    }
    let page = open(&client, "/settings").await;
    page.has_header(
        "vary",
        "accept-encoding, accept, sec-fetch-dest, sec-fetch-mode",
    );
    client
        .get("/settings")
        .header("accept", CHROME)
        .await
        .is(200)
        .has_text("app");
    client
        .head("/settings")
        .header("accept", CHROME)
        .await
        .is(200)
        .has_text("");
    client
        .get("/assets/app.js")
        .await
        .is(200)
        .has_text("script");
    open(&client, "/version").await.is(200).has_text("7");
    client.post("/login").await.has_text("sent");
    let page = open(&client, "/settings").await;
    let tag = page.header("etag").expect("files have tags");
    let again = client.get("/settings").header("accept", CHROME);
    again.header("if-none-match", tag).await.is(304);
}

#[tokio::test]
async fn a_missing_asset_stays_missing() {
    let site = Site::new(&[("index.html", "app")]);
    let client = Client::new(app(&site));
    client.get("/data").await.is(404);
    client.get("/data").header("accept", "*/*").await.is(404);
    client
        .get("/data")
        .header("accept", "application/json")
        .await
        .is(404);
    client
        .get("/data")
        .header("accept", "text/html;q=0, */*")
        .await
        .is(404);
    client.post("/data").header("accept", CHROME).await.is(404);
    for path in ["/app.js", "/img/logo.PNG", "/app.css.map", "/.env", "/a//b"] {
        open(&client, path).await.is(404);
    }
    for (mode, dest) in [
        ("no-cors", "script"),
        ("cors", "empty"),
        ("navigate", "image"),
    ] {
        let request = client.get("/data").header("accept", CHROME);
        let request = request.header("sec-fetch-mode", mode);
        request.header("sec-fetch-dest", dest).await.is(404);
    }
}

#[tokio::test]
async fn an_unknown_path_of_an_api_stays_unknown() {
    let site = Site::new(&[("index.html", "app"), ("api/logo.svg", "<svg/>")]);
    let server = Running::new(app(&site)).await;
    for path in ["/api", "/api/", "/api/typo", "/api/users/7"] {
        let response = server
            .exchange(format!(
                "GET {path} HTTP/1.1\r\nhost: a\r\naccept: text/html\r\nconnection: close\r\n\r\n"
            ))
            .await;
        assert_eq!(status(&response), "404", "{path}: {response}");
    }
    assert_eq!(status(&server.get("/api/logo.svg").await), "200");
    server.ended().await;
}

#[tokio::test]
async fn an_app_may_have_a_prefix() {
    let site = Site::new(&[("index.html", "app")]);
    let app = Group::new("")
        .spa("/admin", site.dir())
        .get("/", async || "home");
    let client = Client::new(app);
    open(&client, "/admin")
        .await
        .is(301)
        .has_header("location", "/admin/");
    open(&client, "/admin/users/7")
        .await
        .is(200)
        .has_text("app");
    open(&client, "/users/7").await.is(404);
}
