//! One instance alone, and two instances with a Redis.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use gin::testing::Client;

use super::*;

async fn instance(redis: Option<&str>) -> Client {
    Client::new(app(Limits::new(redis).await.unwrap())).from("127.0.0.1:4000")
}

#[tokio::test]
async fn each_client_has_a_quota_for_each_route() {
    let client = instance(None).await;
    let ann = client.with_header("x-forwarded-for", "203.0.113.7");
    let bob = client.with_header("x-forwarded-for", "203.0.113.8");
    for _ in 0..3 {
        ann.post("/login").await.is(401);
    }
    let refused = ann.post("/login").await.is(429);
    assert!(refused.header("retry-after").is_some());
    ann.get("/search")
        .await
        .is(200)
        .has_header("ratelimit-policy", "\"search\";q=10;w=2");
    bob.post("/login").await.is(401);
}

#[tokio::test]
async fn instances_share_a_quota_in_redis() {
    let Some(redis) = Redis::start() else {
        return eprintln!("skipped: redis-server is not installed");
    };
    let one = instance(Some(&redis.url)).await;
    let other = instance(Some(&redis.url)).await;
    for client in [&one, &other, &one] {
        client.post("/login").await.is(401);
    }
    other.post("/login").await.is(429);
}

/// A Redis of the test's own. Dropping it stops it.
struct Redis {
    process: Child,
    url: String,
}

impl Redis {
    /// Returns `None` if there is no program.
    fn start() -> Option<Redis> {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let settings = [
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
        ];
        let process = Command::new("redis-server")
            .args(settings)
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::yield_now();
        }
        Some(Redis {
            process,
            url: format!("redis://127.0.0.1:{port}"),
        })
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
