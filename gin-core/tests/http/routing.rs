//! Routing: from a method and a path to a route, or to the reason why none matches.

use gin::extract::Segments;
use gin::prelude::*;
use gin::routing::{Routing, TrailingSlash};
use gin::testing::Client;

async fn name(Path(name): Path<String>) -> String {
    name
}

#[tokio::test]
async fn params_are_decoded_once() {
    let client = Client::new(Group::new("").get("/p/:name", name).get("/all/*rest", name));
    let cases = [
        ("/p/ann", "ann"),
        ("/p/Ann%20B", "Ann B"),
        ("/p/a+b", "a+b"),
        ("/p/a%2Fb", "a/b"),
        ("/p/%252F", "%2F"),
        ("/p/%00", "\0"),
        ("/p/caf%C3%A9", "café"),
        ("/all/a/b%2Fc", "a/b/c"),
        ("/all/%2Fetc/x", "etc/x"),
        ("/all//etc/x", "etc/x"),
        ("/all/", ""),
    ];
    for (path, value) in cases {
        client.get(path).await.is(200).has_text(value);
    }
    for path in ["/p/%", "/p/%zz", "/p/a%2", "/p/%ff%fe", "/%"] {
        client.get(path).await.is(400);
    }
}

#[get("/text/:name")]
async fn owned(name: String) -> String {
    name
}

#[get("/borrowed/:name")]
async fn borrowed(name: &str) -> String {
    name.to_owned()
}

#[get("/number/:name")]
async fn number(name: u8) -> String {
    name.to_string()
}

#[get("/bytes/:name")]
async fn bytes(name: ParamBytes) -> Bytes {
    name.0
}

#[tokio::test]
async fn a_param_that_is_not_utf8_is_refused_as_text_and_passed_as_bytes() {
    let context = async |cx: &mut Context| {
        let is_text = cx.param("name").is_some() || cx.params().any(|(name, _)| name == "name");
        let bytes = cx.param_bytes("name").unwrap_or_default();
        format!("{is_text} {bytes:?} {:?}", cx.param("other"))
    };
    let app = Group::new("")
        .get("/path/:name", name)
        .get("/context/:name/:other", context)
        .mount(routes![owned, borrowed, number, bytes]);
    let client = Client::new(app);
    for path in ["/text", "/borrowed", "/number", "/path"] {
        let response = client.get(&format!("{path}/a%ff")).await;
        response.is(400).contains("`name` is not UTF-8");
    }
    let response = client.get("/context/a%FF/b%2F").await.is(200);
    response.has_text("false [97, 255] Some(\"b/\")");
    let cases: [(&str, &[u8]); 4] = [
        ("a%ff%fe", b"a\xff\xfe"),
        ("%00", b"\0"),
        ("caf%C3%A9", "café".as_bytes()),
        ("plain", b"plain"),
    ];
    for (sent, value) in cases {
        let response = client.get(&format!("/bytes/{sent}")).await.is(200);
        assert_eq!(response.bytes(), value, "{sent}");
    }
    assert_eq!(bytes::url("a b"), "/bytes/a%20b");
}

#[tokio::test]
async fn methods_follow_the_rules() {
    let app = Group::new("")
        .get("/x", async || "body")
        .post("/x", async || "posted")
        .any("/any", async |method: Method| method.to_string())
        .delete("/u/me", async || "me")
        .get("/u/:id", name);
    let client = Client::new(app);
    client
        .head("/x")
        .await
        .is(200)
        .has_header("content-length", "4")
        .has_text("");
    client
        .request("OPTIONS", "/x")
        .await
        .is(204)
        .has_header("allow", "GET, HEAD, OPTIONS, POST");
    client
        .delete("/x")
        .await
        .is(405)
        .has_header("allow", "GET, HEAD, OPTIONS, POST");
    client.request("BREW", "/x").await.is(405);
    client
        .request("BREW", "/any")
        .await
        .is(200)
        .has_text("BREW");
    client.get("/u/me").await.is(200).has_text("me");
    client
        .put("/u/me")
        .await
        .is(405)
        .has_header("allow", "DELETE, GET, HEAD, OPTIONS");
    client
        .request("OPTIONS", "*")
        .await
        .is(204)
        .has_header("allow", "DELETE, GET, HEAD, OPTIONS, POST");
    client.request(&"A".repeat(10_000), "/x").await.is(501);
}

#[tokio::test]
async fn a_trailing_slash_redirects_within_the_app() {
    let app = Group::new("")
        .get("/dir/", async || "dir")
        .post("/file", async || "file")
        .get("/:a/:b/", async || "two");
    let client = Client::new(app);
    client
        .get("/dir?a=1&b")
        .await
        .is(301)
        .has_header("location", "/dir/?a=1&b");
    client
        .post("/file/")
        .await
        .is(308)
        .has_header("location", "/file");
    client.get("/dir").await.is(301);
    client.head("/dir").await.is(301);
    client.delete("/dir").await.is(404);
    for path in [
        "//evil.example/x",
        "/%5Cevil.example/x",
        "/%2Fevil.example/x",
        "/%2f%2fevil/x",
    ] {
        let response = client.get(path).await;
        let location = response.header("location").unwrap_or("/ok");
        assert!(
            !location.starts_with("//") && !location.starts_with("/\\"),
            "{path} → {location}"
        );
    }
}

#[tokio::test]
async fn odd_paths_never_leave_a_group() {
    let client = Client::new(Group::new("").nest(Group::new("/in").get("/*rest", name)));
    for path in ["/../x", "/a/../b", "/%2e%2e/", "//", "///a//b", "/%00"] {
        client.get(path).await.is(404);
    }
    let traversals = [
        "..",
        "../x",
        "a/../../x",
        "a/..",
        ".",
        "a/./b",
        "%2e%2e/x",
        ".%2e/x",
        "%2E%2E%2Fx",
        "..%2fx",
        "a%2f..%2f..%2fx",
        "..%5cx",
        "..\\x",
        "%2e%2e%5cx",
        "a/%2e",
        "%2F..%2Fx",
    ];
    for traversal in traversals {
        client.get(&format!("/in/{traversal}")).await.is(404);
    }
}

#[tokio::test]
async fn a_typed_param_leaves_other_paths_to_other_routes() {
    #[get("/users/:id")]
    async fn by_id(id: u64) -> String {
        format!("id {id}")
    }
    #[delete("/users/:id")]
    async fn remove(id: u64) -> String {
        format!("removed {id}")
    }
    #[get("/users/*rest")]
    async fn rest(rest: Segments) -> String {
        format!("rest {:?}", rest.segments())
    }
    #[get("/:kind/:day/:borrowed")]
    async fn mixed(kind: char, day: u8, borrowed: &str) -> String {
        format!("{kind} {day} {borrowed}")
    }
    let app = Group::new("").mount(routes![by_id, remove, rest, mixed]);
    let client = Client::new(app.fallback(async || (StatusCode::NOT_FOUND, "fallback")));
    client.get("/users/7").await.is(200).has_text("id 7");
    client.get("/users/+7").await.is(200).has_text("id 7");
    client.get("/users/ann").await.has_text("rest [\"ann\"]");
    client.get("/users/-1").await.has_text("rest [\"-1\"]");
    client.get("/users/%37").await.has_text("id 7");
    client
        .get("/users/99999999999999999999")
        .await
        .has_text("rest [\"99999999999999999999\"]");
    client.delete("/users/7").await.has_text("removed 7");
    client.get("/a/7/b").await.has_text("a 7 b");
    client.get("/a/256/b").await.is(404).has_text("fallback");
    client.get("/ab/7/b").await.is(404).has_text("fallback");
    client.get("/users/%ff").await.is(400);
}

#[tokio::test]
async fn only_routes_whose_params_parse_count_for_other_methods() {
    #[get("/a/:id")]
    async fn by_id(id: u64) -> String {
        id.to_string()
    }
    #[post("/a/:name")]
    async fn create(name: String) -> String {
        name
    }
    let client = Client::new(Group::new("").mount(routes![by_id, create]));
    client
        .delete("/a/7")
        .await
        .is(405)
        .has_header("allow", "GET, HEAD, OPTIONS, POST");
    client
        .delete("/a/x")
        .await
        .is(405)
        .has_header("allow", "OPTIONS, POST");
    client
        .request("OPTIONS", "/a/x")
        .await
        .is(204)
        .has_header("allow", "OPTIONS, POST");
    client.get("/a/x").await.is(405);
    client
        .get("/a/7/")
        .await
        .is(301)
        .has_header("location", "/a/7");
    client.get("/a/x/").await.is(404);
    client.head("/a/7").await.is(200);
}

#[tokio::test]
async fn segments_keep_encoded_slashes_and_lack_empty_ones() {
    async fn list(rest: Segments) -> String {
        let slash = if rest.ends_with_slash() { "/" } else { "" };
        format!("{:?}{slash}", rest.segments())
    }
    let client = Client::new(Group::new("").get("/s/*rest", list));
    let cases = [
        ("/s/", "[]/"),
        ("/s/a", "[\"a\"]"),
        ("/s/a/b/", "[\"a\", \"b\"]/"),
        ("/s//a//b", "[\"a\", \"b\"]"),
        ("/s/a%2Fb/c", "[\"a/b\", \"c\"]"),
        ("/s/%C3%A9", "[\"é\"]"),
        ("/s/...", "[\"...\"]"),
    ];
    for (path, expected) in cases {
        client.get(path).await.is(200).has_text(expected);
    }
    client.get("/s/a/%ff").await.is(400);
    let error = Engine::new(Group::new("").get("/x/:id", list)).expect_err("there is no rest");
    assert!(error.to_string().contains("`Segments`"), "{error}");
}

#[test]
fn all_flaws_are_reported_at_once_with_their_lines() {
    #[derive(Clone)]
    struct Db;
    let users = Group::new("/users")
        .get("/:id", async || "")
        .get("/:name", async || "")
        .get("/db", async |State(_): State<Db>| "")
        .get("/{id}", async |Path(_): Path<u64>| "")
        .get("/maybe", async |_: Option<Path<u64>>| "");
    let app = Group::new("")
        .nest(users)
        .nest(Group::new("no-slash"))
        .nest(Group::new("/proxied").trust_proxies(["10.0.0.0/33"]))
        .nest(Group::new("/posts/:id").get("/comments/:id", async || ""))
        .get("/a/:", async || "")
        .mount([Route::new(&["GE T"], "/b", async || "")]);
    let error = Engine::new(app)
        .expect_err("there are mistakes")
        .to_string();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines.len(), 9, "{error}");
    let place = |line: &str| line.contains("tests/http/routing.rs:");
    assert!(lines[1..].iter().all(|line| place(line)), "{error}");
    for said in [
        "GET /users/:name (",
        "has the shape of GET /users/:id (",
        "needs State<",
        "`.state(…)`",
        "GET /users/{id} (",
        "takes a `Path`, but has no params",
        "no-slash",
        "10.0.0.0/33",
        "has two params named `id`",
        "GET /a/:",
        "`GE T` is not a method",
    ] {
        assert!(error.contains(said), "{said} in {error}");
    }
}

#[test]
fn routes_that_are_mounted_twice_are_named_with_both_lines() {
    let inner = || Group::new("/v1").get("/users/:id", async || "");
    let first = line!() - 1;
    let app = Group::new("")
        .nest(Group::new("/api").nest(inner()))
        .nest(Group::new("/api").get("/v1/users/:name", async || ""))
        .get("/api/v1/users/:id", async || "")
        .nest(Group::new("/api").nest(inner()));
    let last = line!() - 2;
    let error = Engine::new(app).expect_err("they conflict").to_string();
    let lines: Vec<_> = error.lines().skip(1).collect();
    assert_eq!(lines.len(), 3, "{error}");
    let places = |line: &str| line.matches("routing.rs:").count();
    assert!(lines.iter().all(|line| places(line) == 2), "{error}");
    for line in [first, last - 1, last] {
        let place = format!("routing.rs:{line}");
        assert!(error.contains(&place), "{place} in {error}");
    }
}

#[test]
fn two_fallbacks_of_one_prefix_are_a_flaw() {
    let group = || Group::new("/api").fallback(async || "");
    let error = Engine::new(Group::new("").nest(group()).nest(group()));
    let error = error.expect_err("there are two").to_string();
    assert!(error.contains("second fallback"), "{error}");
}

#[tokio::test]
async fn ten_thousand_routes_sixty_four_params_and_a_thousand_segments_work() {
    let mut app = Group::new("");
    for index in 0..10_000 {
        app = app.get(format!("/r{index}/:id/x"), name);
    }
    let params: Vec<_> = (0..64).map(|index| format!("/:p{index}")).collect();
    app = app.get(params.concat(), async |cx: &mut Context| {
        cx.params().count().to_string()
    });
    app = app.get("/segment".repeat(1_000), async || "long");
    let client = Client::new(app);
    client.get("/r9999/7/x").await.is(200).has_text("7");
    client.get(&"/v".repeat(64)).await.is(200).has_text("64");
    let long = "/segment".repeat(1_000);
    client.get(&long).await.is(200).has_text("long");
    client.get(&long[8..]).await.is(404);
}

#[tokio::test]
async fn each_rule_can_be_set_for_a_group() {
    let routing = Routing::new()
        .without_head()
        .without_options()
        .without_method_not_allowed()
        .trailing_slash(TrailingSlash::Strict);
    let strict = Group::new("/strict")
        .routing(routing)
        .get("/x", async || "x");
    let lax = Routing::new().trailing_slash(TrailingSlash::Ignore);
    let lax = Group::new("/lax").routing(lax).get("/:name/", name);
    let fixing = Group::new("/Fixing")
        .routing(Routing::new().fix_paths())
        .get("/Some/:name", name);
    let client = Client::new(Group::new("").nest(strict).nest(lax).nest(fixing));
    client.head("/strict/x").await.is(404);
    client.request("OPTIONS", "/strict/x").await.is(404);
    client.post("/strict/x").await.is(404);
    client.get("/strict/x/").await.is(404);
    client.get("/lax/ann").await.is(200).has_text("ann");
    client.get("/lax/ann/").await.is(200).has_text("ann");
    client
        .get("/Fixing/sOmE/./Ann")
        .await
        .is(301)
        .has_header("location", "/Fixing/Some/Ann");
}

async fn outer(cx: &mut Context, next: Next<'_>) -> Response {
    next.run(cx).await
}

#[test]
fn an_engine_lists_its_routes_with_line_and_chain() {
    let api = Group::new("/api").with(outer).get("/:name", name);
    let app = Group::new("")
        .with(Logger::new())
        .nest(api)
        .any("/any", async || "");
    let engine = Engine::new(app).expect("it is sound");
    let [any, api] = engine.routes() else {
        panic!("there are two: {:?}", engine.routes());
    };
    assert_eq!(
        (api.method, &*api.pattern, api.file),
        ("GET", "/api/:name", file!())
    );
    assert!(api.handler.ends_with("routing::name"), "{api}");
    assert_eq!(any.method, "ANY");
    let line = api.to_string();
    assert!(
        line.starts_with("GET     /api/:name  http::routing::name (")
            && line.ends_with(" in Logger, outer"),
        "{line}"
    );
}
