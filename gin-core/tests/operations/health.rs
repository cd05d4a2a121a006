//! Health checks: their results, their timeouts, and probes that share them.

use std::collections::BTreeSet;
use std::io::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use gin::operations::Health;
use gin::prelude::*;
use gin::testing::Client;
use serde_json::Value;
use tokio::sync::{Barrier, Semaphore};
use tokio::time::advance;

fn probe(health: Health) -> Client {
    Client::new(Group::new("").health("/healthz", health))
}

/// A check that counts its runs.
fn counting(runs: &Arc<AtomicU32>) -> Health {
    let runs = runs.clone();
    Health::new().check("counted", move || {
        let runs = runs.clone();
        async move {
            runs.fetch_add(1, Ordering::Relaxed);
            Ok::<(), Error>(())
        }
    })
}

#[tokio::test]
async fn every_check_is_reported_whatever_it_does() {
    let health = Health::new()
        .check("fine", async || Ok::<(), Error>(()))
        .check("broken", async || {
            Err::<(), _>(Error::other("no route to host"))
        })
        .check("panics", async || -> Result<(), Error> { panic!("a bug") })
        .check("hangs", async || {
            std::future::pending::<Result<(), Error>>().await
        })
        .timeout(Duration::from_millis(1))
        .details();
    let response = probe(health).get("/healthz").await.is(503);
    let response = response
        .has_header("content-type", "application/json")
        .has_header("cache-control", "no-store");
    let report: Value = response.json();
    assert_eq!(report["status"], "down");
    let checks = &report["checks"];
    assert_eq!(checks["fine"]["status"], "up");
    assert!(checks["fine"]["took_ms"].is_u64());
    assert_eq!(checks["fine"]["error"], Value::Null);
    assert_eq!(checks["broken"]["error"], "no route to host");
    assert_eq!(checks["panics"]["error"], "the check panicked");
    assert_eq!(checks["hangs"]["error"], "timed out after 1ms");
    let keys: BTreeSet<_> = report
        .as_object()
        .expect("it is an object")
        .keys()
        .collect();
    assert_eq!(
        keys,
        BTreeSet::from([&"checks".to_owned(), &"status".to_owned()])
    );
}

#[tokio::test]
async fn checks_run_at_once() {
    // Each of them waits for the other one.
    let both = Arc::new(Barrier::new(2));
    let wait = |both: &Arc<Barrier>| {
        let both = both.clone();
        move || {
            let both = both.clone();
            async move {
                both.wait().await;
                Ok::<(), Error>(())
            }
        }
    };
    let health = Health::new()
        .check("one", wait(&both))
        .check("other", wait(&both))
        .timeout(Duration::from_secs(60));
    probe(health).get("/healthz").await.is(200);
}

#[tokio::test(start_paused = true)]
async fn a_result_is_kept_for_a_moment() {
    let runs = Arc::new(AtomicU32::new(0));
    let probe = probe(counting(&runs).cache(Duration::from_secs(5)));
    for _ in 0..10 {
        probe.get("/healthz").await.is(200);
    }
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    advance(Duration::from_secs(5)).await;
    probe.get("/healthz").await.is(200);
    assert_eq!(runs.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn probes_share_a_run_also_if_the_first_one_gives_up() {
    let (runs, gate) = (Arc::new(AtomicU32::new(0)), Arc::new(Semaphore::new(0)));
    let (seen, opened) = (runs.clone(), gate.clone());
    let health = Health::new().check("slow", move || {
        let (runs, gate) = (seen.clone(), opened.clone());
        async move {
            runs.fetch_add(1, Ordering::Relaxed);
            gate.acquire().await.map(drop)
        }
    });
    let client = probe(health.timeout(Duration::from_secs(60)));
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.get("/healthz").await }
    });
    while runs.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    first.abort();
    let _ = first.await;
    gate.add_permits(1);
    client.get("/healthz").await.is(200);
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}

#[test]
fn contradictory_settings_are_flaws() {
    let health = Health::new()
        .check("disk", async || Ok::<(), Error>(()))
        .check("disk", async || Ok::<(), Error>(()))
        .timeout(Duration::ZERO);
    let error = Group::new("").health("/healthz", health).build();
    let text = error.expect_err("it has two flaws").to_string();
    let at = format!("the health at {}:", file!());
    assert_eq!(text.matches(&at).count(), 2, "{text}");
    assert!(text.contains("two checks named `disk`"), "{text}");
    assert!(text.contains("set a timeout above 0"), "{text}");
}

#[test]
fn routes_of_the_framework_are_listed_by_the_methods_that_add_them() {
    let group = Group::new("")
        .health("/healthz", Health::new())
        .ready("/readyz")
        .metrics("/metrics", &gin::operations::Metrics::new())
        .file("/manifest", "Cargo.toml");
    let engine = group.build().unwrap();
    let handlers: Vec<_> = engine.routes().iter().map(|route| route.handler).collect();
    let expected = ["gin::health", "gin::ready", "gin::metrics", "gin::file"];
    assert_eq!(handlers, expected);
    assert!(
        engine
            .routes()
            .iter()
            .all(|route| route.file.ends_with("health.rs"))
    );
}
