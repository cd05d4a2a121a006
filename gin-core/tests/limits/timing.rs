//! The time of each middleware and of the handler.

use std::time::Duration;

use gin::middleware::{RequestId, ServerTiming};
use gin::prelude::*;
use gin::testing::Client;

/// Returns the names in `Server-Timing`, in order.
fn names(times: &str) -> Vec<&str> {
    let times = times.split(", ");
    let parts = times.map(|time| time.split_once(";dur=").expect("it has a time"));
    let names = parts.map(|(name, millis)| {
        assert!(millis.parse::<f64>().is_ok(), "{millis}");
        name
    });
    names.collect()
}

async fn signed_in(cx: &mut Context, next: Next<'_>) -> Response {
    if cx.header("x-user").is_none() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(cx).await
}

async fn users(cx: &mut Context) -> &'static str {
    cx.record_time("db", Duration::from_millis(2));
    cx.record_time("no token", Duration::from_millis(2));
    "users"
}

#[tokio::test]
async fn each_middleware_further_in_has_its_time() {
    let inner = Group::new("/in")
        .with(signed_in)
        .with(ServerTiming::new())
        .get("/", users);
    let app = Group::new("")
        .with(RequestId::new())
        .with(ServerTiming::new())
        .nest(inner);
    let client = Client::new(app);
    let response = client.get("/in/").header("x-user", "Ann").await.is(200);
    let times: Vec<_> = response.headers().get_all("server-timing").iter().collect();
    assert_eq!(times.len(), 1, "{times:?}");
    let times = response.header("server-timing").unwrap_or_default();
    assert_eq!(
        names(times),
        ["signed_in", "ServerTiming", "handler", "db", "total"]
    );
    assert!(times.contains("db;dur=2.000"), "{times}");

    let response = client.get("/in/").await.is(401);
    let times = response.header("server-timing").unwrap_or_default();
    assert_eq!(names(times), ["signed_in", "total"]);
}

#[tokio::test]
async fn routes_without_it_are_not_measured() {
    let timed = Group::new("/timed")
        .with(ServerTiming::new())
        .get("/", users);
    let client = Client::new(Group::new("").nest(timed).get("/", users));
    assert_eq!(client.get("/").await.is(200).header("server-timing"), None);
}
