//! The first certificate of a name.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use crate::fixture::{Running, acme, get, socket};
use crate::pebble::{Pebble, Settings};

#[tokio::test]
async fn each_name_gets_a_certificate() {
    let (listener, port) = socket().await;
    let Some(pebble) = Pebble::start(Settings::new(port)).await else {
        return;
    };
    let cache = tempdir().unwrap();
    let acme = acme(&pebble, &["example.com", "www.example.com"], cache.path());
    let server = Running::new(listener, acme);
    let client = pebble.client().await;
    for name in ["example.com", "www.example.com"] {
        let mut stream = server.secured(&client, name).await;
        assert!(get(&mut stream).await.ends_with("https"));
    }
    server.end().await;
    are_of_the_owner_alone(cache.path());
}

#[cfg(unix)]
fn are_of_the_owner_alone(directory: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mut files = 0;
    for entry in fs::read_dir(directory).expect("it is there") {
        let path = entry.expect("it is listed").path();
        let mode = path.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
        if path.is_dir() {
            are_of_the_owner_alone(&path);
        }
        let name = path.display().to_string();
        assert!(!name.ends_with(".challenge"), "{name} is left");
        files += 1;
    }
    assert!(files > 0);
}

#[cfg(not(unix))]
fn are_of_the_owner_alone(_: &Path) {}

#[tokio::test]
async fn nonces_that_the_authority_refuses_are_replaced() {
    let (listener, port) = socket().await;
    let mut settings = Settings::new(port);
    settings.refused_nonces = 20;
    let Some(pebble) = Pebble::start(settings).await else {
        return;
    };
    let cache = tempdir().unwrap();
    let server = Running::new(listener, acme(&pebble, &["example.com"], cache.path()));
    let client = pebble.client().await;
    let mut stream = server.secured(&client, "example.com").await;
    assert!(get(&mut stream).await.ends_with("https"));
}

#[tokio::test]
async fn a_certificate_in_the_cache_needs_no_authority() {
    let (listener, port) = socket().await;
    let Some(mut pebble) = Pebble::start(Settings::new(port)).await else {
        return;
    };
    let cache = tempdir().unwrap();
    let server = Running::new(listener, acme(&pebble, &["example.com"], cache.path()));
    let client = pebble.client().await;
    server.secured(&client, "example.com").await;
    server.end().await;
    pebble.stop();
    let (listener, _) = socket().await;
    let server = Running::new(listener, acme(&pebble, &["example.com"], cache.path()));
    let mut stream = server.connect(&client, "example.com").await.unwrap();
    assert!(get(&mut stream).await.ends_with("https"));
}

#[tokio::test]
async fn without_a_certificate_a_handshake_fails_with_an_alert() {
    let (listener, port) = socket().await;
    let Some(mut pebble) = Pebble::start(Settings::new(port)).await else {
        return;
    };
    let client = pebble.client().await;
    pebble.stop();
    let cache = tempdir().unwrap();
    let server = Running::new(listener, acme(&pebble, &["example.com"], cache.path()));
    let error = server.connect(&client, "example.com").await.unwrap_err();
    assert!(error.to_string().contains("alert"), "{error}");
    // The authority is back: the server has gone on requesting.
    pebble.run().await;
    let client = pebble.client().await;
    server.secured(&client, "example.com").await;
}
