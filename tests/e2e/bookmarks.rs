//! The bookmarks app, on gin-core and on axum: both pass the same test.

use std::pin::pin;

use gin_tests::{Dev, Request, Response, Sandbox, within};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt};

#[tokio::test]
async fn the_bookmarks_app_on_gin_works() {
    visit(Sandbox::example("bookmarks", "gin", "bookmarks")).await;
}

#[tokio::test]
async fn the_bookmarks_app_on_axum_works() {
    visit(Sandbox::example("bookmarks", "axum", "bookmarks-axum")).await;
}

async fn visit(project: Sandbox) {
    let app = project.dev().await;
    strangers_only_read(&app).await;
    let cookie = sign_in(&app).await;
    bookmarks_are_created_and_sent_to_all(&app, &cookie).await;
    bookmarks_are_listed_by_page_and_tag(&app, &cookie).await;
    bookmarks_are_changed_and_deleted(&app, &cookie).await;
    files_are_imported(&app, &cookie).await;
    one_other_site_may_use_the_api(&app).await;
    let left = app.get("/logout").post("").header("cookie", &cookie).await;
    let _ = left.is(303);
    create(&app, &cookie, "https://late.example")
        .await
        .is(401)
        .shows("sign in first");
}

async fn strangers_only_read(app: &Dev) {
    app.get("/")
        .await
        .is(200)
        .shows("0 bookmarks")
        .shows("Sign in");
    let style = app.get("/static/style.css").await.is(200);
    let media = style.headers["content-type"].to_str().expect("it is text");
    assert!(media.starts_with("text/css"), "{media}");
    let outside = app.get("/static/../gin/src/db.rs").await.is(404);
    assert!(!outside.text().contains("CREATE TABLE"));
    app.get("/api/bookmarks/7")
        .await
        .is(404)
        .shows("there is no such bookmark");
    create(app, "", "https://a.example")
        .await
        .is(401)
        .shows("sign in first");
}

async fn sign_in(app: &Dev) -> String {
    let wrong = form(app, "name=%3CAnn%3E&password=wrong").await.is(422);
    wrong.shows("The password is wrong.");
    assert!(
        wrong.text().contains("value=\"&lt;Ann&gt;\""),
        "{}",
        wrong.text()
    );
    let response = form(app, "name=Ann&password=secret").await.is(303);
    response.has("location", "/");
    let cookie = response.headers["set-cookie"].to_str().expect("it is text");
    assert!(cookie.contains("HttpOnly"), "{cookie}");
    let (cookie, _) = cookie.split_once(';').expect("it has attributes");
    let home = app.get("/").header("cookie", cookie).await.is(200);
    home.shows("Welcome, Ann!").shows("Sign out Ann");
    let home = app.get("/").header("cookie", cookie).await.is(200);
    assert!(
        !home.text().contains("Welcome"),
        "a flash message is shown once"
    );
    cookie.to_owned()
}

async fn bookmarks_are_created_and_sent_to_all(app: &Dev, cookie: &str) {
    let socket = app
        .get("/live")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .upgrade("websocket")
        .await;
    let wrong = json(app, cookie, &json!({ "url": "nonsense", "title": "" })).await;
    let wrong = wrong.is(422).json();
    let mut paths: Vec<_> = wrong["errors"]
        .as_array()
        .expect("the fields are listed")
        .iter()
        .map(|error| error["path"].as_str().expect("a path is text"))
        .collect();
    paths.sort_unstable();
    assert_eq!(paths, ["title", "url"]);

    let created = create(app, cookie, "https://a.example").await.is(201);
    let bookmark = created.json();
    let location = format!("/api/bookmarks/{}", bookmark["id"]);
    created.has("location", &location);
    assert_eq!(app.get(&location).await.is(200).json(), bookmark);
    let sent: Value = serde_json::from_str(&message(socket).await).expect("it is JSON");
    assert_eq!(sent, bookmark);
    create(app, cookie, "https://a.example")
        .await
        .is(409)
        .shows("saved already");
}

async fn bookmarks_are_listed_by_page_and_tag(app: &Dev, cookie: &str) {
    let tagged = json!({ "url": "https://b.example", "title": "B", "tags": ["x", "y"] });
    let _ = json(app, cookie, &tagged).await.is(201);
    let _ = create(app, cookie, "https://c.example").await.is(201);
    let page = app
        .get("/api/bookmarks?page=2&per_page=2")
        .await
        .is(200)
        .json();
    assert_eq!(page["total"], 3);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    let tagged = app.get("/api/bookmarks?tag=y").await.is(200).json();
    assert_eq!(
        (&tagged["total"], &tagged["items"][0]["title"]),
        (&json!(1), &json!("B"))
    );
    app.get("/api/bookmarks?per_page=1000")
        .await
        .is(422)
        .shows("per_page");
    app.get("/api/bookmarks?page=x").await.is(400).shows("page");
}

async fn bookmarks_are_changed_and_deleted(app: &Dev, cookie: &str) {
    let new = json!({ "url": "https://a.example/new", "title": "New" }).to_string();
    let put = |path: &str| {
        app.get(path)
            .post(new.clone())
            .method("PUT")
            .header("content-type", "application/json")
            .header("cookie", cookie)
    };
    assert_eq!(put("/api/bookmarks/1").await.is(200).json()["title"], "New");
    put("/api/bookmarks/99")
        .await
        .is(404)
        .shows("there is no such bookmark");
    let delete = |cookie| {
        app.get("/api/bookmarks/1")
            .post("")
            .method("DELETE")
            .header("cookie", cookie)
    };
    let _ = delete("").await.is(401);
    delete(cookie).await.is(204).says("");
    let _ = delete(cookie).await.is(404);
}

async fn files_are_imported(app: &Dev, cookie: &str) {
    let body = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"urls.txt\"\r\n\
                content-type: text/plain\r\n\r\nhttps://d.example\nhttps://e.example\n\r\n--b--\r\n";
    let import = |cookie| {
        app.get("/import")
            .post(body)
            .header("content-type", "multipart/form-data; boundary=b")
            .header("cookie", cookie)
    };
    let _ = import("").await.is(401);
    let _ = import(cookie).await.is(303);
    let home = app.get("/").header("cookie", cookie).await.is(200);
    home.shows("Imported 2 bookmarks.").shows("e.example");
}

async fn one_other_site_may_use_the_api(app: &Dev) {
    let preflight = |origin: &str| {
        app.get("/api/bookmarks")
            .post("")
            .method("OPTIONS")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
    };
    let allowed = preflight("https://app.example").await;
    assert!(allowed.status < 300, "{allowed:?}");
    allowed.has("access-control-allow-origin", "https://app.example");
    allowed.has("access-control-allow-credentials", "true");
    let refused = preflight("https://evil.example").await;
    let origin = refused.headers.get("access-control-allow-origin");
    assert!(
        origin.is_none_or(|origin| origin != "https://evil.example"),
        "{refused:?}"
    );
}

fn form(app: &Dev, fields: &'static str) -> Request {
    let media = "application/x-www-form-urlencoded";
    app.get("/login").post(fields).header("content-type", media)
}

fn json(app: &Dev, cookie: &str, value: &Value) -> Request {
    app.get("/api/bookmarks")
        .post(value.to_string())
        .header("content-type", "application/json")
        .header("cookie", cookie)
}

async fn create(app: &Dev, cookie: &str, url: &str) -> Response {
    json(app, cookie, &json!({ "url": url, "title": "A" })).await
}

/// Reads a short text message of a WebSocket (RFC 6455 §5.2).
async fn message(socket: impl AsyncRead) -> String {
    let mut socket = pin!(socket);
    let mut head = [0; 2];
    let read = within("a message", socket.read_exact(&mut head)).await;
    read.expect("the socket is open");
    let [first, length] = head;
    assert_eq!(first, 0x81, "a whole text message");
    assert!(length < 126, "a short message");
    let mut text = vec![0; length.into()];
    let read = within("the text", socket.read_exact(&mut text)).await;
    read.expect("the socket is open");
    String::from_utf8(text).expect("it is text")
}
