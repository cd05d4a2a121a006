//! Certificates beside those in files, and servers that share a cache.

use std::fs;

use gin::tls::Certificates;
use rcgen::generate_simple_self_signed;
use tempfile::{TempDir, tempdir};
use tokio::net::TcpStream;

use crate::fixture::{Running, acme, get, socket};
use crate::pebble::{Pebble, Settings, trusting};

/// Writes a certificate for `files.example`, which is its own issuer.
fn in_files(directory: &TempDir) -> Certificates {
    let pair = generate_simple_self_signed(["files.example".to_owned()]).expect("it is a name");
    let path = |name: &str| directory.path().join(name);
    fs::write(path("files.pem"), pair.cert.pem()).expect("there is room");
    fs::write(path("files.key"), pair.signing_key.serialize_pem()).expect("there is room");
    Certificates::pem(path("files.pem"), path("files.key"))
}

#[tokio::test]
async fn names_of_files_and_of_the_authority_are_served_side_by_side() {
    let (listener, port) = socket().await;
    let Some(pebble) = Pebble::start(Settings::new(port)).await else {
        return;
    };
    let directory = tempdir().unwrap();
    let requested = acme(&pebble, &["example.com"], directory.path());
    let server = Running::new(listener, in_files(&directory).and_acme(requested));
    let client = pebble.client().await;
    let mut stream = server.secured(&client, "example.com").await;
    assert!(get(&mut stream).await.ends_with("https"));
    let client = trusting(&fs::read(directory.path().join("files.pem")).unwrap());
    let mut stream = server.secured(&client, "files.example").await;
    assert!(get(&mut stream).await.ends_with("https"));
}

#[tokio::test]
async fn an_authority_needs_no_certificate_of_clients() {
    let (listener, port) = socket().await;
    let Some(pebble) = Pebble::start(Settings::new(port)).await else {
        return;
    };
    let cache = tempdir().unwrap();
    let requested = acme(&pebble, &["example.com"], cache.path());
    let certificates = Certificates::from(requested).require_clients(pebble.root());
    let server = Running::new(listener, certificates);
    let client = pebble.client().await;
    server.secured(&client, "example.com").await;
}

#[tokio::test]
async fn a_server_meets_the_challenge_of_another_and_serves_its_certificate() {
    let (first, port) = socket().await;
    let (second, _) = socket().await;
    let Some(pebble) = Pebble::start(Settings::new(port)).await else {
        return;
    };
    let cache = tempdir().unwrap();
    // The authority connects to the first server, which itself does not trust the authority.
    let other = tempdir().unwrap();
    let _ = in_files(&other);
    let untrusting = acme(&pebble, &["example.com"], cache.path());
    let untrusting = untrusting.directory_root(other.path().join("files.pem"));
    let first = Running::new(first, untrusting);
    drop(TcpStream::connect(first.address).await.unwrap());
    let second = Running::new(second, acme(&pebble, &["example.com"], cache.path()));
    let client = pebble.client().await;
    second.secured(&client, "example.com").await;
    first.secured(&client, "example.com").await;
}
