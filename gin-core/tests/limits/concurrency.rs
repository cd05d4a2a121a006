//! Too many requests at once.

use std::pin::pin;
use std::time::Duration;

use gin::middleware::ConcurrencyLimit;
use gin::prelude::*;
use gin::testing::Client;
use tokio::time::Instant;

use crate::{flaws, poll_once};

const SECOND: Duration = Duration::from_secs(1);

fn client(limit: ConcurrencyLimit) -> Client {
    let app = Group::new("").with(limit).get("/", async || "home");
    Client::new(app.get("/panic", async || -> String { panic!("of a test") }))
}

#[tokio::test]
async fn a_request_counts_until_its_body_has_been_sent() {
    let client = client(ConcurrencyLimit::new(2).queue(0).retry_after(7 * SECOND));
    let mut first = client.get("/").stream().await.is(200);
    let second = client.get("/").stream().await.is(200);
    let refused = client
        .get("/")
        .header("accept", "application/json")
        .await
        .is(503);
    refused
        .has_header("retry-after", "7")
        .contains("the server is busy");

    assert_eq!(first.next_chunk().await.as_deref(), Some(&b"home"[..]));
    client.get("/").await.is(503);
    assert_eq!(first.next_chunk().await, None);
    client.get("/").await.is(200);

    // Its client goes before it has read anything.
    drop(second);
    let _third = client.get("/").stream().await.is(200);
    let _fourth = client.get("/").stream().await.is(200);
    client.get("/").await.is(503);
}

#[tokio::test]
async fn a_client_that_leaves_the_queue_frees_its_place() {
    let client = client(ConcurrencyLimit::new(1).queue(1));
    let first = client.get("/").stream().await.is(200);
    {
        let mut second = pin!(client.get("/").into_future());
        assert!(poll_once(second.as_mut()).await.is_none());
        client.get("/").await.is(503);
    }
    let mut third = pin!(client.get("/").into_future());
    assert!(poll_once(third.as_mut()).await.is_none());
    drop(first);
    third.await.is(200);
    client.get("/").await.is(200);
}

#[tokio::test]
async fn the_queue_is_served_in_order() {
    let client = client(ConcurrencyLimit::new(1).queue(2));
    let first = client.get("/").stream().await.is(200);
    let mut second = pin!(client.get("/").stream());
    let mut third = pin!(client.get("/").stream());
    assert!(poll_once(second.as_mut()).await.is_none());
    assert!(poll_once(third.as_mut()).await.is_none());
    drop(first);
    assert!(poll_once(third.as_mut()).await.is_none());
    let second = second.await;
    drop(second);
    drop(third.await.is(200));
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_only_so_long() {
    let client = client(ConcurrencyLimit::new(1).longest_wait(3 * SECOND));
    let _first = client.get("/").stream().await.is(200);
    let start = Instant::now();
    client.get("/").await.is(503);
    assert_eq!(start.elapsed().as_secs(), 3);
}

#[tokio::test]
async fn a_panic_frees_its_place() {
    let client = client(ConcurrencyLimit::new(1).queue(0));
    client.get("/panic").await.is(500);
    client.get("/").await.is(200);
}

#[tokio::test]
async fn clones_share_one_limit() {
    let limit = ConcurrencyLimit::new(1).queue(0);
    let one = Group::new("/one")
        .with(limit.clone())
        .get("/", async || "one");
    let other = Group::new("/other").with(limit).get("/", async || "other");
    let client = Client::new(Group::new("").nest(one).nest(other));
    let _one = client.get("/one/").stream().await.is(200);
    client.get("/other/").await.is(503);
}

#[tokio::test]
async fn extreme_limits_work() {
    client(ConcurrencyLimit::new(usize::MAX).queue(usize::MAX))
        .get("/")
        .await
        .is(200);
    client(ConcurrencyLimit::new(1).longest_wait(Duration::MAX))
        .get("/")
        .await
        .is(200);
    let errors = flaws(Group::new("").with(ConcurrencyLimit::new(0)));
    assert!(
        errors.contains("ConcurrencyLimit (gin-core/tests/limits/concurrency.rs:"),
        "{errors}"
    );
    assert!(errors.contains("set at least 1"), "{errors}");
}
