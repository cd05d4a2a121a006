//! URLs of routes with the prefixes of their groups.

use gin::prelude::*;
use gin::routing::{Proxies, UrlError};
use gin::testing::Client;

#[get("/users/:id")]
async fn show(id: u64) -> String {
    id.to_string()
}

#[get("")]
async fn home() -> &'static str {
    "home"
}

#[get("/go")]
async fn go(cx: &mut Context) -> Result<Redirect> {
    Ok(Redirect::to(gin::url!(cx, show(7))?))
}

#[test]
fn an_engine_knows_the_prefixes_of_routes() {
    let api = Group::new("/a pi").mount(routes![show]);
    let start = Group::new("/start").mount(routes![home]);
    let engine = Group::new("").nest(api).nest(start).build();
    let engine = engine.expect("the app has no flaws");
    assert_eq!(gin::url!(engine, show(7)).as_deref(), Ok("/a%20pi/users/7"));
    assert_eq!(gin::url!(engine, home()).as_deref(), Ok("/start"));
    let lost = gin::url!(engine, go());
    assert!(matches!(lost, Err(UrlError::NotMounted { .. })), "{lost:?}");
}

#[tokio::test]
async fn params_of_prefixes_are_those_of_the_request() {
    let app = || Group::new("/of/:org").mount(routes![show, go]);
    let client = Client::new(app());
    let response = client.get("/of/a%2Fb/go").await.is(303);
    response.has_header("location", "/of/a%2Fb/users/7");
    let engine = app().build().expect("the app has no flaws");
    let error = gin::url!(engine, show(7)).expect_err("no request, no org");
    assert!(error.to_string().contains("no param `org`"), "{error}");
}

#[tokio::test]
async fn the_prefix_of_a_trusted_proxy_comes_first() {
    let app = Group::new("/api").proxies(Proxies::trusted(["127.0.0.1"]));
    let client = Client::new(app.mount(routes![show, go]));
    let request = client.get("/api/go").header("x-forwarded-prefix", "/app");
    request.await.has_header("location", "/app/api/users/7");
}
