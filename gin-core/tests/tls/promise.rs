//! The promise to browsers that a host has HTTPS (HSTS).

use std::sync::Arc;
use std::time::Duration;

use gin::middleware::SecurityHeaders;
use gin::prelude::*;
use gin::tls::Hsts;
use http::header::STRICT_TRANSPORT_SECURITY;

use crate::fixture::{Authority, Running, exchange_with};

fn app() -> Group {
    let own = async || ([("strict-transport-security", "max-age=1")], "own");
    let secure = SecurityHeaders::new();
    let without = SecurityHeaders::new().without(STRICT_TRANSPORT_SECURITY);
    Group::new("")
        .get("/", async || "hello")
        .get("/own", own)
        .nest(Group::new("/secure").with(secure).get("/", async || ""))
        .nest(Group::new("/without").with(without).get("/", async || ""))
}

fn promises(response: &str) -> Vec<&str> {
    let lines = response.lines();
    let values = lines.filter_map(|line| line.strip_prefix("strict-transport-security: "));
    values.collect()
}

#[tokio::test]
async fn a_response_over_tls_has_one_promise_at_most() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let server = Running::of(app(), authority.certificates("a"), |server| server).await;
    let client = Arc::new(authority.trusting());
    let cases: [(&str, &str, &[&str]); 9] = [
        ("/", "a.example", &["max-age=86400"]),
        ("/", "a.example:8443", &["max-age=86400"]),
        ("/missing", "a.example", &["max-age=86400"]),
        ("/own", "a.example", &["max-age=1"]),
        ("/secure/", "a.example", &["max-age=31536000"]),
        ("/without/", "a.example", &[]),
        ("/", "localhost:8443", &[]),
        ("/", "127.0.0.1", &[]),
        ("/", "[::1]:8443", &[]),
    ];
    for (path, host, expected) in cases {
        let mut stream = server.connect(&client, "localhost").await.unwrap();
        let response = exchange_with(&mut stream, path, host).await.unwrap();
        assert_eq!(promises(&response), expected, "{host}{path}: {response}");
    }
    server.ended().await;
}

#[tokio::test]
async fn the_promise_is_what_is_set_or_none() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let client = Arc::new(authority.trusting());
    let subdomains = Hsts::new(Duration::from_secs(300)).include_subdomains();
    for (hsts, expected) in [
        (Some(subdomains), &["max-age=300; includeSubDomains"][..]),
        (Some(Hsts::new(Duration::ZERO)), &["max-age=0"]),
        (None, &[]),
    ] {
        let server = Running::of(app(), authority.certificates("a"), |server| match hsts {
            Some(hsts) => server.hsts(hsts),
            None => server.without_hsts(),
        });
        let server = server.await;
        let mut stream = server.connect(&client, "localhost").await.unwrap();
        let response = exchange_with(&mut stream, "/", "a.example").await.unwrap();
        assert_eq!(promises(&response), expected, "{response}");
        server.ended().await;
    }
}
