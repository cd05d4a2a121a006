//! Responses that the engine gives in the place of routes: who runs for `OPTIONS`, 405, redirects and 404.

use gin::middleware::Cors;
use gin::prelude::*;
use gin::routing::{Routing, TrailingSlash};
use gin::testing::{Client, TestResponse};

use crate::around::{audit, inner, other, outer, ran};

/// Two groups without a prefix that share paths, each with a middleware.
fn shared() -> Group {
    let reads = Group::new("").with(inner).get("/both", async || "");
    let reads = reads.get("/read", async || "");
    let writes = Group::new("").with(other).post("/both", async || "");
    Group::new("").with(outer).nest(reads).nest(writes)
}

#[tokio::test]
async fn the_middleware_of_the_routes_that_match_runs_for_405_and_options() {
    let client = Client::new(shared());
    let response = client.put("/read").await.is(405);
    assert_eq!(ran(&response), ["outer", "inner"]);
    let response = client.request("OPTIONS", "/read").await.is(204);
    assert_eq!(ran(&response), ["outer", "inner"]);
    let response = client.put("/both").await.is(405);
    assert_eq!(ran(&response), ["outer"]);
    response.has_header("allow", "GET, HEAD, OPTIONS, POST");
    assert_eq!(ran(&client.get("/none").await.is(404)), ["outer"]);
}

#[tokio::test]
async fn the_middleware_of_the_target_runs_for_its_redirect() {
    let client = Client::new(shared());
    let response = client.get("/read/").await.is(301);
    assert_eq!(ran(&response), ["outer", "inner"]);
}

async fn preflight(client: &Client, path: &str, method: &str) -> TestResponse {
    let request = client
        .request("OPTIONS", path)
        .header("origin", "https://app.example");
    request
        .header("access-control-request-method", method)
        .await
}

#[tokio::test]
async fn the_route_that_a_preflight_is_for_determines_the_middleware() {
    let cors = || Cors::new(["https://app.example"]);
    let open = Group::new("").with(cors()).get("/notes", async || "");
    let closed = Group::new("").post("/notes", async || "");
    let own = Route::new(&["PUT"], "/notes", async || "").with(cors());
    let client = Client::new(Group::new("").nest(open).nest(closed).mount([own]));
    for (method, is_allowed) in [
        ("GET", true),
        ("POST", false),
        ("PUT", true),
        ("DELETE", false),
    ] {
        let response = preflight(&client, "/notes", method).await;
        let origin = response.header("access-control-allow-origin");
        assert_eq!(origin.is_some(), is_allowed, "{method}");
    }
}

#[tokio::test]
async fn the_rules_of_the_routes_that_match_count() {
    let quiet = Routing::new().without_method_not_allowed();
    let strict = Routing::new().trailing_slash(TrailingSlash::Strict);
    let quiet = Group::new("").routing(quiet).get("/quiet", async || "");
    let strict = Group::new("").routing(strict).get("/strict", async || "");
    let app = Group::new("")
        .nest(quiet)
        .nest(strict)
        .get("/plain", async || "");
    let client = Client::new(app);
    client.post("/quiet").await.is(404);
    client.post("/plain").await.is(405);
    client.get("/strict/").await.is(404);
    client.get("/plain/").await.is(301);
}

#[tokio::test]
async fn a_route_of_its_own_settings_responds_for_its_path() {
    let route = Route::new(&["GET"], "/own", async || "").with(audit);
    let client = Client::new(Group::new("").with(outer).mount([route]));
    let response = client.post("/own").await.is(405);
    assert_eq!(ran(&response), ["outer", "audit"]);
}

#[tokio::test]
async fn a_group_without_a_fallback_leaves_404_to_that_of_its_parent() {
    let admin = Group::new("/admin").with(inner).get("/", async || "");
    let own = Group::new("/own").with(other).fallback(async || "own");
    let app = Group::new("").with(outer).nest(admin).nest(own);
    let client = Client::new(app.fallback(async || "parent"));
    let response = client.get("/admin/none").await.has_text("parent");
    assert_eq!(ran(&response), ["outer"]);
    let response = client.get("/own/none").await.has_text("own");
    assert_eq!(ran(&response), ["outer", "other"]);
    let response = client.post("/admin/").await.is(405);
    assert_eq!(ran(&response), ["outer", "inner"]);
}

#[tokio::test]
async fn without_any_fallback_the_nearest_group_responds() {
    let admin = Group::new("/admin").with(inner).get("/", async || "");
    let client = Client::new(Group::new("").with(outer).nest(admin));
    let response = client.get("/admin/none").await.is(404);
    assert_eq!(ran(&response), ["outer", "inner"]);
}

#[tokio::test]
async fn several_slashes_count_as_one_where_the_group_says_so() {
    let merging = Routing::new().merge_slashes();
    let ignoring = merging.trailing_slash(TrailingSlash::Ignore);
    let raw = Group::new("/raw").routing(Routing::new());
    let lax = Group::new("/lax").routing(ignoring);
    let app = Group::new("")
        .routing(merging)
        .nest(raw.get("/a", async || ""))
        .nest(lax.get("/a", async || ""))
        .get("/a/:name", async |Path(name): Path<String>| name)
        .get("/rest/*rest", async |Path(rest): Path<String>| rest);
    let client = Client::new(app);
    client.get("//a///b%2F%2Fc").await.has_text("b//c");
    client.get("/rest/a//b").await.has_text("a//b");
    client.get("/lax//a//").await.is(200);
    client.get("/raw//a").await.is(404);
    client.post("//a//b").await.is(405);
    let response = client.get("//a//b/").await.is(301);
    response.has_header("location", "/a/b");
    client.get("//none").await.is(404);
}

#[test]
fn parts_without_effect_are_warnings() {
    let empty = Group::new("/empty").with(inner).nest(Group::new("/in"));
    let used = Group::new("/used").with(other).fallback(async || "");
    let tunnel = Route::new(&["CONNECT"], "/tunnel", async || "");
    let app = Group::new("")
        .with(outer)
        .nest(empty)
        .nest(used)
        .mount([tunnel]);
    let engine = app.build().expect("warnings are not flaws");
    let [unreachable, dead] = engine.warnings() else {
        panic!("two warnings: {:?}", engine.warnings());
    };
    let place = "inner (gin-core/tests/routes/instead.rs:";
    assert!(dead.starts_with(place), "{dead}");
    assert!(dead.contains("is around no route"), "{dead}");
    assert!(
        unreachable.starts_with("CONNECT /tunnel (gin-core/"),
        "{unreachable}"
    );
}

#[test]
fn a_group_returns_its_prefix() {
    assert_eq!(Group::new("/api").prefix(), "/api");
}
