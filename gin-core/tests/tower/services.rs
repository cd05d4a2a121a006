//! Services of tower as routes: tower-http's and axum's.

use axum::Router;
use axum::extract::{Path as AxumPath, RawQuery};
use axum::routing::{get, post};
use gin::prelude::*;
use gin::testing::Client;
use gin::tower::{self, KeepPrefix, Matched, OriginalUri};
use http::{Request, Uri};
use tower_http::normalize_path::NormalizePath;
use tower_http::services::{ServeDir, ServeFile};

#[tokio::test]
async fn a_router_of_axum_gets_the_path_below_the_prefix() {
    let show = async |uri: Uri, AxumPath(id): AxumPath<u32>, RawQuery(query): RawQuery| {
        format!("{uri} {id} {}", query.unwrap_or_default())
    };
    let old = Router::new()
        .route("/", get(async || "old home"))
        .route("/users/{id}", get(show).post(async |body: String| body));
    let api = Group::new("/api/:tenant").service("/old/", old);
    let client = Client::new(
        Group::new("")
            .nest(api)
            .get("/api/:tenant/old/new", async || "new"),
    );
    client
        .get("/api/acme/old")
        .await
        .is(200)
        .has_text("old home");
    client
        .get("/api/acme/old/")
        .await
        .is(200)
        .has_text("old home");
    client
        .get("/api/acme/old/users/7?page=2")
        .await
        .has_text("/users/7?page=2 7 page=2");
    client
        .get("/api/a%20b/old/users/7")
        .await
        .has_text("/users/7 7 ");
    client
        .post("/api/acme/old/users/7")
        .body("Ann")
        .await
        .has_text("Ann");
    client
        .request("DELETE", "/api/acme/old/users/7")
        .await
        .is(405);
    client
        .get("/api/acme/old/nowhere")
        .await
        .is(404)
        .has_text("");
    client.get("/api/acme/old/new").await.has_text("new");
    client
        .get("/api/acme/older")
        .await
        .is(404)
        .contains("Not Found");
}

#[tokio::test]
async fn a_service_may_keep_the_prefix_and_see_the_whole_target() {
    let whole = Router::new().route("/old/{id}", get(async |uri: Uri| uri.to_string()));
    let both = ::tower::service_fn(async |request: Request<Body>| {
        let OriginalUri(original) = request.extensions().get().cloned().unwrap_or_default();
        let matched = request
            .extensions()
            .get::<Matched>()
            .expect("it is always there");
        let text = format!(
            "{} {original} {}",
            request.uri(),
            matched.pattern().unwrap_or_default()
        );
        Ok::<_, std::convert::Infallible>(http::Response::new(text))
    });
    let app = Group::new("")
        .service("/old", KeepPrefix(whole))
        .service("/both", both);
    let client = Client::new(app);
    client
        .get("/old/7?a=b")
        .await
        .is(200)
        .has_text("/old/7?a=b");
    client
        .get("/both/a%2Fb?c")
        .await
        .has_text("/a%2Fb?c /both/a%2Fb?c /both/*service");
    client
        .get("/both/a%20b%3Fc%23d")
        .await
        .has_text("/a%20b%3Fc%23d /both/a%20b%3Fc%23d /both/*service");
}

#[tokio::test]
async fn a_service_at_the_root_takes_what_no_route_does() {
    let old = Router::new().fallback(async |uri: Uri| format!("old {uri}"));
    let app = Group::new("").service("/", old).get("/new", async || "new");
    let client = Client::new(app);
    client.get("/").await.has_text("old /");
    client.get("/a/b").await.has_text("old /a/b");
    client.get("/new").await.has_text("new");
    client.post("/new").await.has_text("old /new");
}

#[tokio::test]
async fn services_of_the_same_prefix_are_a_flaw() {
    let service = || Router::<()>::new();
    let app = Group::new("")
        .service("/old", service())
        .service("/old", service());
    let error = app.build().expect_err("one hides the other").to_string();
    assert!(error.contains("has the shape of ANY /old"), "{error}");
    assert!(error.contains("services.rs"), "{error}");
}

#[tokio::test]
async fn serve_dir_and_serve_file_serve() {
    let public = tempfile::tempdir().expect("a directory can be made");
    std::fs::write(public.path().join("a.txt"), "hello").expect("it can be written");
    let file = public.path().join("a.txt");
    let app = Group::new("")
        .service("/public", ServeDir::new(public.path()))
        .get("/one", tower::handler(ServeFile::new(file)));
    let client = Client::new(app);
    client.get("/public/a.txt").await.is(200).has_text("hello");
    let range = client
        .get("/public/a.txt")
        .header("range", "bytes=1-2")
        .await;
    range.is(206).has_text("el");
    client.get("/public/../Cargo.toml").await.is(404);
    client
        .head("/one")
        .await
        .is(200)
        .has_header("content-length", "5");
    client.get("/public/none").await.is(404);
}

#[tokio::test]
async fn a_path_is_normalized_before_an_engine_routes() {
    let inner = Group::new("").get("/users", async |cx: &mut Context| {
        format!("{:?}", cx.remote_ip())
    });
    let inner = inner.build().expect("it is valid");
    let app = Group::new("").service("/", NormalizePath::trim_trailing_slash(inner));
    let client = Client::new(app).from("203.0.113.9:4000");
    client
        .get("/users///")
        .await
        .is(200)
        .has_text("Some(203.0.113.9)");
}

#[tokio::test]
async fn a_service_gets_no_more_of_a_body_than_the_group_takes() {
    let echo = || Router::new().route("/", post(async |body: String| body));
    let client = Client::new(Group::new("").body_limit(8).service("/echo", echo()));
    client
        .post("/echo")
        .body("12345678")
        .await
        .is(200)
        .has_text("12345678");
    let response = client.post("/echo").body("123456789").await;
    assert!(response.status().is_client_error(), "{}", response.status());
}
