//! Limits of rates that several instances share in a real Redis.

use std::time::Duration;

use gin::Engine;
use gin::middleware::RateLimit;
use gin::prelude::*;
use gin::testing::{Client, TestResponse};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::redis_server::Redis;
use crate::wire::LONG;

/// A slow machine must not be taken for a Redis that is down.
const PATIENCE: Duration = LONG;

async fn instance(redis: &Redis, settings: impl FnOnce(RateLimit) -> RateLimit) -> Client {
    let limit = RateLimit::new(3, Duration::from_secs(3_600));
    let limit = limit.redis(&redis.url()).await.expect("it connects");
    let limit = limit.redis_timeout(PATIENCE);
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

/// A lost connection is reported at once, to those that wait for Redis and to those that come before it is made again.
#[tokio::test]
async fn a_redis_that_ends_delays_no_request() {
    const REQUESTS: usize = 1_000;
    let Some(mut redis) = Redis::start().await else {
        eprintln!("skipped: redis-server is not installed");
        return;
    };
    let settings = |limit: RateLimit| limit.redis_timeout(Duration::MAX).refuse_when_down();
    let client = instance(&redis, settings).await;
    client.get("/").await.is(200);
    pause(&redis).await;
    let requests = async {
        // The first is sent, and then Redis ends.
        let (first, ()) = tokio::join!(client.get("/"), async { redis.kill() });
        first.is(503);
        for _ in 0..REQUESTS {
            client.get("/").await.is(503);
        }
    };
    timeout(LONG, requests).await.expect("none waits for Redis");
}

type Rate = fn() -> RateLimit;

/// Rates at their ends.
const ENDS: [(&str, Rate); 9] = [
    ("a-second-0", || RateLimit::per_second(0)),
    ("a-second-max", || RateLimit::per_second(u32::MAX)),
    ("a-minute-max", || RateLimit::per_minute(u32::MAX)),
    ("an-hour-1", || RateLimit::per_hour(1)),
    ("an-hour-max", || RateLimit::per_hour(u32::MAX)),
    ("interval-0", || RateLimit::new(1, Duration::ZERO)),
    ("interval-max", || RateLimit::new(1, Duration::MAX)),
    ("burst-0", || RateLimit::per_hour(1).burst(0)),
    ("burst-max", || {
        RateLimit::new(1, Duration::MAX).burst(u32::MAX)
    }),
];

/// A year of seconds.
const YEAR: u64 = 31_536_000;

#[tokio::test]
async fn rates_at_their_ends_are_those_of_the_memory() {
    let Some(redis) = Redis::start().await else {
        eprintln!("skipped: redis-server is not installed");
        return;
    };
    let year = || RateLimit::new(2, Duration::from_secs(YEAR));
    let most = || RateLimit::new(u32::MAX, Duration::from_secs(YEAR));
    let years: [(&str, Rate); 2] = [("a-year-2", year), ("a-year-max", most)];
    for (name, rate) in ENDS.into_iter().chain(years) {
        let shared = rate().name(name).redis(&redis.url()).await;
        let shared = shared.expect("it connects").redis_timeout(LONG);
        // An error of Redis must not hide behind a limit in the memory.
        let shared = limited(shared.refuse_when_down());
        let alone = limited(rate().name(name));
        let (Some(shared), Some(alone)) = (&shared, &alone) else {
            assert!(name.ends_with("-0"), "{name} is refused");
            assert_eq!(shared.is_some(), alone.is_some(), "{name}");
            continue;
        };
        for _ in 0..3 {
            let (shared, alone) = (shared.get("/").await, alone.get("/").await);
            assert_eq!(shared.status(), alone.status(), "{name}");
            let policy = "ratelimit-policy";
            assert_eq!(shared.header(policy), alone.header(policy), "{name}");
            assert_close(wait(&shared), wait(&alone), name);
        }
    }
}

#[tokio::test]
async fn the_time_for_redis_has_ends_as_well() {
    let Some(redis) = Redis::start().await else {
        eprintln!("skipped: redis-server is not installed");
        return;
    };
    for (name, timeout, is_accepted) in [
        ("RateLimit::redis_timeout(0)", Duration::ZERO, false),
        ("RateLimit::redis_timeout(MAX)", Duration::MAX, true),
    ] {
        let limit = RateLimit::per_hour(1).redis(&redis.url()).await;
        let limit = limit.expect("it connects").refuse_when_down();
        let client = limited(limit.redis_timeout(timeout));
        assert_eq!(client.is_some(), is_accepted, "{name}");
        if let Some(client) = client {
            client.get("/").await.is(200);
            client.get("/").await.is(429);
        }
    }
}

/// Such a key stayed until the clock of Redis reached its time, and all requests were refused until then.
#[tokio::test]
async fn a_clock_that_was_set_back_costs_one_window() {
    let Some(redis) = Redis::start().await else {
        eprintln!("skipped: redis-server is not installed");
        return;
    };
    let limit = RateLimit::per_second(1).redis(&redis.url()).await;
    let limit = limit.expect("it connects").redis_timeout(PATIENCE);
    let client = limited(limit.refuse_when_down()).expect("it is sound");
    client.get("/").await.is(200);
    in_the_year_2100(&redis).await;
    let refused = client.get("/").await.is(429);
    assert_eq!(wait(&refused), 1);
    let again = async {
        while client.get("/").await.status() != 200 {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, again).await.expect("the window passes");
}

/// Leaves all keys as if they had been written by a clock that was far ahead.
async fn in_the_year_2100(redis: &Redis) {
    const MICROS: u64 = 4_102_444_800_000_000;
    let script = format!(
        "for _, key in ipairs(redis.call('KEYS', 'gin:rate:*')) do redis.call('SET', key, '{MICROS}') end return 'OK'"
    );
    order(redis, &format!("EVAL \"{script}\" 0"), b"$2\r\nOK\r\n").await;
}

/// A Redis that is there and does not respond in time counts as down.
#[tokio::test]
async fn a_redis_that_is_too_slow_is_down() {
    let Some(redis) = Redis::start().await else {
        eprintln!("skipped: redis-server is not installed");
        return;
    };
    let limit = RateLimit::per_hour(1).redis(&redis.url()).await;
    let limit = limit.expect("it connects").refuse_when_down();
    let client = limited(limit.redis_timeout(Duration::from_millis(1))).expect("it is sound");
    pause(&redis).await;
    client.get("/").await.is(503);
}

/// Lets Redis respond to nothing for longer than the test takes.
async fn pause(redis: &Redis) {
    let command = format!("CLIENT PAUSE {}", LONG.as_millis());
    order(redis, &command, b"+OK\r\n").await;
}

/// Sends a command and checks what Redis responds.
async fn order(redis: &Redis, command: &str, expected: &[u8]) {
    let url = redis.url();
    let address = url.strip_prefix("redis://").expect("it is a URL of Redis");
    let mut admin = TcpStream::connect(address).await.expect("it listens");
    let written = admin.write_all(format!("{command}\r\n").as_bytes()).await;
    written.expect("it is connected");
    let mut response = vec![0; expected.len()];
    let read = admin.read_exact(&mut response).await;
    read.expect("it responds");
    assert_eq!(response, expected);
}

/// Returns a client of an app with the limit, unless the app refuses it.
fn limited(limit: RateLimit) -> Option<Client> {
    let app = |limit| Group::new("").with(limit).get("/", async || "home");
    Engine::new(app(limit.clone())).ok()?;
    Some(Client::new(app(limit)).from("203.0.113.7:4000"))
}

/// Returns the seconds after which a client may come again.
fn wait(response: &TestResponse) -> u64 {
    let seconds = response.header("retry-after");
    seconds.map_or(0, |text| text.parse().expect("it is a number"))
}

/// Both clocks ran while the test did.
fn assert_close(one: u64, other: u64, name: &str) {
    let difference = one.abs_diff(other);
    assert!(difference <= LONG.as_secs(), "{name}: {one} and {other}");
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
