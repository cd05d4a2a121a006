//! Clients that send too fast, and those that try to get around the limit.

use std::time::Duration;

use gin::middleware::RateLimit;
use gin::prelude::*;
use gin::routing::Proxies;
use gin::testing::Client;
use tokio::time::advance;

use crate::flaws;

fn client(limit: RateLimit) -> Client {
    Client::new(Group::new("").with(limit).get("/", async || "home"))
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_allowed_and_earned_again() {
    let client = client(RateLimit::per_second(2).burst(3)).from("203.0.113.7:4000");
    for remaining in ["r=2;t=1", "r=1;t=1", "r=0;t=2"] {
        let response = client.get("/").await.is(200);
        response
            .has_header("ratelimit-policy", "\"default\";q=3;w=2")
            .has_header("ratelimit", &format!("\"default\";{remaining}"));
    }
    let refused = client
        .get("/")
        .header("accept", "application/json")
        .await
        .is(429);
    refused
        .has_header("retry-after", "1")
        .has_header("ratelimit-policy", "\"default\";q=3;w=2")
        .has_header("ratelimit", "\"default\";r=0;t=2")
        .has_header("content-type", "application/problem+json")
        .contains("too many requests");
    advance(Duration::from_millis(499)).await;
    client.get("/").await.is(429);
    advance(Duration::from_millis(1)).await;
    client.get("/").await.is(200);
    client.get("/").await.is(429);
}

#[tokio::test(start_paused = true)]
async fn a_jump_of_the_clock_gives_one_burst_and_no_more() {
    let client = client(RateLimit::per_second(1).burst(2)).from("203.0.113.7:4000");
    for _ in 0..3 {
        client.get("/").await.is(200);
        client.get("/").await.is(200);
        client.get("/").await.is(429);
        // A server that is suspended, for a decade.
        advance(Duration::from_secs(10 * 365 * 86_400)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_addresses_of_one_client_share_a_quota() {
    let client = client(RateLimit::per_minute(1));
    for (address, status) in [
        ("203.0.113.7:1", 200),
        ("203.0.113.7:2", 429),
        ("[::ffff:203.0.113.7]:3", 429),
        ("203.0.113.8:1", 200),
        ("[2001:db8:0:1::1]:1", 200),
        ("[2001:db8:0:1:ffff::2]:1", 429),
        ("[2001:db8:0:2::1]:1", 200),
    ] {
        client.from(address).get("/").await.is(status);
    }
    // Without an address, all share one.
    client.get("/").await.is(200);
    client.get("/").await.is(429);
}

#[tokio::test(start_paused = true)]
async fn a_stranger_cannot_choose_an_address() {
    let limited = || {
        Group::new("")
            .with(RateLimit::per_minute(1))
            .get("/", async || "home")
    };
    let get = async |client: &Client, forwarded: &str| {
        let request = client.get("/").header("x-forwarded-for", forwarded);
        request.await.status().as_u16()
    };
    let stranger = Client::new(limited()).from("203.0.113.7:4000");
    assert_eq!(get(&stranger, "198.51.100.1").await, 200);
    assert_eq!(get(&stranger, "198.51.100.2").await, 429);

    let behind = limited().proxies(Proxies::trusted(["10.0.0.0/8"]));
    let proxy = Client::new(behind).from("10.0.0.1:4000");
    assert_eq!(get(&proxy, "198.51.100.1").await, 200);
    assert_eq!(get(&proxy, "198.51.100.2").await, 200);
    assert_eq!(get(&proxy, "6.6.6.6, 198.51.100.2").await, 429);
}

#[tokio::test(start_paused = true)]
async fn keys_of_ones_own_are_counted_apart() {
    let by_key = RateLimit::per_minute(1).by(|cx| cx.header("x-key").map(str::to_owned));
    let client = client(by_key).from("203.0.113.7:4000");
    client.get("/").header("x-key", "a").await.is(200);
    client.get("/").header("x-key", "a").await.is(429);
    client.get("/").header("x-key", "b").await.is(200);
    // A key cannot stand for an address, nor the other way around.
    client
        .get("/")
        .header("x-key", "ip:203.0.113.7")
        .await
        .is(200);
    client.get("/").await.is(200);
    client.get("/").await.is(429);
}

#[tokio::test(start_paused = true)]
async fn limits_around_each_other_show_both() {
    let app = Group::new("").with(RateLimit::per_hour(10).name("all"));
    let inner = Group::new("/in").with(RateLimit::per_minute(1).name("in"));
    let client = Client::new(app.nest(inner.get("/", async || "in")));
    let response = client.get("/in/").await.is(200);
    let shown: Vec<_> = response.headers().get_all("ratelimit").iter().collect();
    assert_eq!(shown, ["\"in\";r=0;t=60", "\"all\";r=9;t=360"]);
    client.get("/in/").await.is(429);
}

#[tokio::test(start_paused = true)]
async fn clones_share_quotas_and_exempt_requests_cost_nothing() {
    let limit = RateLimit::per_minute(1).exempt(|cx| cx.header("x-probe").is_some());
    let one = Group::new("/one")
        .with(limit.clone())
        .get("/", async || "one");
    let other = Group::new("/other").with(limit).get("/", async || "other");
    let client = Client::new(Group::new("").nest(one).nest(other));
    let probe = client.get("/one/").header("x-probe", "1").await.is(200);
    assert_eq!(probe.header("ratelimit"), None);
    client.get("/one/").await.is(200);
    client.get("/other/").await.is(429);
}

#[tokio::test(start_paused = true)]
async fn extreme_rates_work() {
    for limit in [
        RateLimit::per_second(u32::MAX),
        RateLimit::new(u32::MAX, Duration::MAX),
        RateLimit::new(1, Duration::MAX),
        RateLimit::new(1, Duration::from_nanos(1)),
    ] {
        client(limit).get("/").await.is(200);
    }
}

#[test]
fn contradictory_settings_are_found_at_start() {
    for (limit, message) in [
        (
            RateLimit::per_second(0),
            "a rate of 0 refuses every request; set at least 1",
        ),
        (
            RateLimit::new(1, Duration::ZERO),
            "a rate of 0 refuses every request",
        ),
        (
            RateLimit::per_second(1).burst(0),
            "a burst of 0 refuses every request",
        ),
        (
            RateLimit::per_second(1).name("a\"b"),
            "`a\"b` is not a name; use letters",
        ),
    ] {
        let errors = flaws(Group::new("").with(limit));
        assert!(
            errors.contains("RateLimit (gin-core/tests/limits/rates.rs:"),
            "{errors}"
        );
        assert!(errors.contains(message), "{errors}");
    }
}
