//! Limits of rates that several instances share in a real Redis.

use std::time::Duration;

use gin::middleware::RateLimit;
use gin::prelude::*;
use gin::testing::Client;
use tokio::time::timeout;

use crate::redis_server::Redis;
use crate::wire::LONG;

async fn instance(redis: &Redis, settings: impl FnOnce(RateLimit) -> RateLimit) -> Client {
    let limit = RateLimit::new(3, Duration::from_secs(3_600));
    let limit = limit.redis(&redis.url()).await.expect("it connects");
    let app = Group::new("")
        .with(settings(limit))
        .get("/", async || "home");
    Client::new(app).from("203.0.113.7:4000")
}

#[tokio::test]
async fn instances_share_quotas_in_redis_which_may_fail_and_come_back() {
    let Some(mut redis) = Redis::start().await else {
        eprintln!("skipped: redis-server is not installed");
        return;
    };
    let one = instance(&redis, |limit| limit).await;
    let other = instance(&redis, |limit| limit).await;
    let strict = instance(&redis, |limit| limit.name("strict").refuse_when_down()).await;
    for (client, remaining) in [(&one, 2), (&other, 1), (&one, 0)] {
        let response = client.get("/").await.is(200);
        let shown = format!("\"default\";r={remaining};t=");
        let header = response.header("ratelimit").unwrap_or_default();
        assert!(header.starts_with(&shown), "{header}");
    }
    let refused = other.get("/").await.is(429);
    let seconds: u64 = refused
        .header("retry-after")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    assert!((1..=1_200).contains(&seconds), "{seconds}");
    other.from("203.0.113.8:4000").get("/").await.is(200);
    strict.get("/").await.is(200);

    redis.kill();
    // Each instance limits by itself.
    for client in [&one, &other] {
        for _ in 0..3 {
            client.get("/").await.is(200);
        }
        client.get("/").await.is(429);
    }
    strict.get("/").await.is(503);

    redis.restart().await;
    let again = async {
        while strict.get("/").await.status() != 200 {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, again).await.expect("it connects again");
    one.get("/").await.is(429);
}

#[tokio::test]
async fn a_redis_that_does_not_respond_is_found_at_the_start() {
    let limit = RateLimit::per_second(1)
        .redis("redis://:secret@127.0.0.1:1")
        .await;
    let error = limit.expect_err("nothing listens there").to_string();
    assert!(
        error.starts_with("cannot connect to Redis at 127.0.0.1:1: "),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
}
