//! Files among routes, groups and fallbacks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use gin::prelude::*;
use gin::routing::{Routing, TrailingSlash};
use gin::testing::Client;

use crate::files::Site;

#[tokio::test]
async fn routes_win_over_files() {
    let site = Site::new(&[
        ("about", "file"),
        ("users/7", "file"),
        ("index.html", "file"),
    ]);
    let app = Group::new("")
        .files("/", site.dir())
        .get("/about", async || "route")
        .get("/users/:id", async || "route")
        .get("/only/slash/", async || "route")
        .post("/form", async || "route");
    let client = Client::new(app);
    client.get("/about").await.has_text("route");
    client.get("/users/7").await.has_text("route");
    client.get("/").await.has_text("file");
    client
        .get("/about/")
        .await
        .is(301)
        .has_header("location", "/about");
    client
        .get("/only/slash")
        .await
        .is(301)
        .has_header("location", "/only/slash/");
    client
        .get("/form")
        .await
        .is(405)
        .has_header("allow", "OPTIONS, POST");
    client.post("/nowhere").await.is(404);
    client.post("/form").await.has_text("route");
}

#[tokio::test]
async fn a_page_and_the_form_that_it_sends_share_a_path() {
    let site = Site::new(&[("login", "page")]);
    let app = Group::new("")
        .files("/", site.dir())
        .post("/login", async || "sent");
    let client = Client::new(app);
    client.get("/login").await.is(200).has_text("page");
    client.post("/login").await.is(200).has_text("sent");
    client
        .put("/login")
        .await
        .is(405)
        .has_header("allow", "OPTIONS, POST");
}

#[tokio::test]
async fn a_longer_prefix_wins_over_a_catch_all() {
    let site = Site::new(&[("app.css", "file")]);
    let app = Group::new("")
        .get("/*path", async || "page")
        .put("/assets/form", async || "put")
        .files("/assets", site.dir());
    let client = Client::new(app);
    client.get("/assets/app.css").await.has_text("file");
    client.get("/assets/none").await.is(404);
    client
        .get("/assets/form")
        .await
        .is(405)
        .has_header("allow", "OPTIONS, PUT");
    client.get("/else").await.has_text("page");
}

#[tokio::test]
async fn other_methods_are_not_allowed_where_a_file_is() {
    let site = Site::new(&[("a", "file"), ("docs/index.html", "page")]);
    let client = Client::new(Group::new("").files("/files", site.dir()));
    for path in ["/files/a", "/files/docs/"] {
        client
            .put(path)
            .await
            .is(405)
            .has_header("allow", "GET, HEAD, OPTIONS");
        client
            .request("OPTIONS", path)
            .await
            .is(204)
            .has_header("allow", "GET, HEAD, OPTIONS");
    }
    client.put("/files/none").await.is(404);
    client.request("OPTIONS", "/files/none").await.is(404);

    let routing = Routing::new()
        .without_options()
        .without_method_not_allowed();
    let client = Client::new(Group::new("").routing(routing).files("/", site.dir()));
    client.put("/a").await.is(404);
    client.request("OPTIONS", "/a").await.is(404);
}

async fn count(cx: &mut Context, next: Next<'_>) -> Response {
    if let Some(runs) = cx.state::<Arc<AtomicU32>>() {
        runs.fetch_add(1, Ordering::Relaxed);
    }
    next.run(cx).await
}

#[tokio::test]
async fn a_path_without_a_file_gets_the_fallback_and_middleware_runs_once() {
    let site = Site::new(&[("a", "file")]);
    let runs = Arc::new(AtomicU32::new(0));
    let missing = async || (StatusCode::NOT_FOUND, "nothing here");
    let plain = Group::new("").files("/plain", site.dir());
    let own = Group::new("/own")
        .files("/", site.dir())
        .fallback(async || "own");
    let app = Group::new("")
        .with(count)
        .state(runs.clone())
        .files("/files", site.dir())
        .nest(plain)
        .nest(own)
        .fallback(missing);
    let client = Client::new(app);
    client.get("/files/a").await.is(200).has_text("file");
    client
        .get("/files/b")
        .await
        .is(404)
        .has_text("nothing here");
    client.get("/plain/a").await.is(200).has_text("file");
    client
        .get("/plain/b")
        .await
        .is(404)
        .has_text("nothing here");
    client.get("/own/a").await.is(200).has_text("file");
    client.get("/own/b").await.is(200).has_text("own");
    client.get("/else").await.is(404).has_text("nothing here");
    assert_eq!(runs.load(Ordering::Relaxed), 7);
}

#[tokio::test]
async fn files_are_inside_the_middleware_of_their_group() {
    let site = Site::new(&[("a", "file"), ("admin/b", "file")]);
    let private = async |cx: &mut Context, next: Next<'_>| match cx.header("x-user") {
        Some(_) => Ok(next.run(cx).await),
        None => Err(StatusCode::UNAUTHORIZED),
    };
    let within = Group::new("").with(private).files("/private", site.dir());
    let admin = Group::new("/admin")
        .with(private)
        .get("/", async || "admin");
    let app = Group::new("")
        .nest(within)
        .nest(admin)
        .files("/", site.dir());
    let client = Client::new(app);
    client.get("/private/a").await.is(401);
    client
        .get("/private/a")
        .header("x-user", "Ann")
        .await
        .is(200);
    client.get("/a").await.is(200);
    // A file below the prefix of another group is behind its middleware.
    client.get("/admin/b").await.is(401);
    client
        .get("/admin/b")
        .header("x-user", "Ann")
        .await
        .is(200)
        .has_text("file");
}

/// Without its slash, the path of the directory was none of the group's.
#[tokio::test]
async fn a_directory_may_be_a_whole_group() {
    let site = Site::new(&[("index.html", "docs")]);
    let closed = async |_: &mut Context, _: Next<'_>| StatusCode::UNAUTHORIZED;
    let docs = Group::new("/docs").files("/", site.dir());
    let admin = Group::new("/admin").with(closed);
    let client = Client::new(Group::new("").nest(docs).nest(admin));
    client.get("/docs/").await.is(200).has_text("docs");
    client.get("/docs").await.is(301);
    client.get("/docs/none").await.is(404);
    client.get("/admin/none").await.is(401);
}

#[tokio::test]
async fn directories_may_lie_below_params_and_each_other() {
    let outer = Site::new(&[("a", "outer"), ("inner/a", "outer"), ("inner/b", "outer")]);
    let inner = Site::new(&[("a", "inner")]);
    let user = Group::new("/of/:user").files("/files", inner.dir());
    let app = Group::new("")
        .files("/", outer.dir())
        .files("/inner", inner.dir())
        .nest(user);
    let client = Client::new(app);
    client.get("/a").await.has_text("outer");
    client.get("/inner/a").await.has_text("inner");
    client.get("/inner/b").await.has_text("outer");
    client.get("/of/ann/files/a").await.has_text("inner");
    client.get("/of/ann/files/b").await.is(404);
}

#[tokio::test]
async fn the_slash_rules_of_routes_hold_beside_files() {
    let site = Site::new(&[("a", "file")]);
    for (rule, status) in [(TrailingSlash::Ignore, 200), (TrailingSlash::Strict, 404)] {
        let app = Group::new("")
            .routing(Routing::new().trailing_slash(rule))
            .get("/about", async || "route")
            .files("/", site.dir());
        Client::new(app).get("/about/").await.is(status);
    }
}

#[tokio::test]
async fn mistakes_are_found_when_the_engine_is_built() {
    let site = Site::new(&[("file", "")]);
    let missing = gin::files::Dir::new("no-such-directory");
    let no_directory = gin::files::Dir::new(site.root().join("file"));
    for (app, texts) in [
        (
            Group::new("").files("/", missing),
            ["GET /*file", "`no-such-directory`", "create it"],
        ),
        (
            Group::new("").files("/", no_directory),
            ["GET /*file", "file`", "not a directory"],
        ),
        (
            Group::new("").files("/", site.dir()).files("/", site.dir()),
            ["GET /*file", "has the shape of", "places.rs"],
        ),
        (
            Group::new("")
                .files("/a", site.dir())
                .get("/a/*path", async || ""),
            ["GET /a/*", "has the shape of", "places.rs"],
        ),
        (
            Group::new("")
                .any("/a/*path", async || "")
                .files("/a", site.dir()),
            ["ANY /a/*", "has the shape of GET", "places.rs"],
        ),
        (
            Group::new("").files("a", site.dir()),
            ["places.rs", "`a`", "starts with `/`"],
        ),
        (
            Group::new("").files("/*all", site.dir()),
            ["places.rs", "*all", "bad pattern"],
        ),
        (
            Group::new("").files("/", site.dir().cache_control("a\nb")),
            ["GET /*file", "Cache-Control", "not valid"],
        ),
        (
            Group::new("")
                .nest(Group::new("").files("/", site.dir()))
                .nest(Group::new("").fallback(async || "")),
            ["`", "second fallback", "places.rs"],
        ),
    ] {
        let error = Engine::new(app).expect_err(texts[1]).to_string();
        for text in texts.iter().chain(&["places.rs:"]) {
            assert!(error.contains(text), "{error} has {text}");
        }
    }
}

#[tokio::test]
async fn files_are_among_the_routes_that_are_listed() {
    let site = Site::new(&[]);
    let app = Group::new("/a").files("/b", site.dir());
    let engine = Engine::new(app).expect("it is sound");
    let [entry] = engine.routes() else {
        panic!("one entry");
    };
    assert_eq!((entry.method, &*entry.pattern), ("GET", "/a/b/*file"));
    assert!(entry.file.ends_with("places.rs"));
}

/// The path of a mount itself was entered under a number that the next group got.
#[tokio::test]
async fn the_top_of_a_directory_belongs_to_its_own_group() {
    let site = Site::new(&[]);
    let api = Group::new("/api").fallback(async || "api");
    let app = Group::new("")
        .fallback(async || "top")
        .files("/", site.dir())
        .nest(api);
    let client = Client::new(app);
    client.get("/").await.has_text("top");
    client.get("/api/x").await.has_text("api");
}
