//! Settings that no server can have, found before it listens.

use std::fs;

use gin::prelude::*;
use gin::tls::Acme;
use gin::{Server, server::Listener};
use tempfile::tempdir;

async fn refused(acme: Acme) -> String {
    let engine = Engine::new(Group::new("")).expect("it is valid");
    let listener = Listener::tcp("127.0.0.1:0").await.expect("a port is free");
    let server = Server::new(engine).listen(listener).tls(acme);
    server.run().await.expect_err("it cannot start").to_string()
}

#[tokio::test]
async fn settings_are_refused_with_place_and_remedy() {
    let cache = tempdir().unwrap();
    let of = |names: &[&str]| Acme::new(names.iter().copied(), cache.path()).agree_to_terms();
    let cases = [
        (of(&[]), "give at least one"),
        (of(&["*.example.com"]), "DNS-01"),
        (of(&["192.0.2.1"]), "an IP address is not a host name"),
        (of(&["a..b"]), "not a host name"),
        (of(&["example.com", "EXAMPLE.com"]), "there twice"),
        (
            of(&["example.com"]).directory("http://a.example"),
            "https://",
        ),
        (
            Acme::new(["example.com"], cache.path()),
            "`.agree_to_terms()`",
        ),
    ];
    for (acme, expected) in cases {
        let error = refused(acme).await;
        assert!(error.contains(expected), "{error}");
        assert!(error.contains("tests/acme/start.rs:"), "{error}");
    }
}

#[tokio::test]
async fn a_cache_that_cannot_be_written_is_refused() {
    let cache = tempdir().unwrap();
    let file = cache.path().join("file");
    fs::write(&file, "").unwrap();
    let error = refused(Acme::new(["example.com"], &file).agree_to_terms()).await;
    assert!(error.contains("cannot write to"), "{error}");
    assert!(error.contains("file"), "{error}");
}
