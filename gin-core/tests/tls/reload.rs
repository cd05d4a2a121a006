//! Certificates that are replaced while the server runs.

use std::fs;
use std::sync::Arc;

use gin::tls::TlsError;
use tokio::task::yield_now;

use crate::fixture::{Authority, Running, exchange};

#[tokio::test]
async fn reloading_by_hand_keeps_open_connections() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let certificates = authority.certificates("a");
    let server = Running::new(certificates.clone(), |server| server).await;
    let client = Arc::new(authority.trusting());
    let mut open = server.connect(&client, "localhost").await.unwrap();
    authority.issue("a", &["new.example"]);
    certificates.reload().unwrap();
    assert!(exchange(&mut open, "/").await.unwrap().ends_with("https"));
    let fresh = Arc::new(authority.trusting());
    assert!(server.connect(&fresh, "localhost").await.is_err());
    assert!(server.connect(&fresh, "new.example").await.is_ok());
}

#[tokio::test]
async fn half_of_a_pair_is_not_taken() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let certificates = authority.certificates("a");
    let server = Running::new(certificates.clone(), |server| server).await;
    let client = Arc::new(authority.trusting());
    server.get(&client, "/").await.unwrap();
    authority.issue("b", &["new.example"]);
    fs::copy(authority.path("b.pem"), authority.path("a.pem")).unwrap();
    let error = certificates.reload().unwrap_err();
    assert!(matches!(error, TlsError::OtherKey { .. }), "{error}");
    let fresh = Arc::new(authority.trusting());
    assert!(server.connect(&fresh, "localhost").await.is_ok());
}

#[tokio::test]
async fn files_that_were_replaced_are_noticed() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let server = Running::new(authority.certificates("a"), |server| server).await;
    let client = Arc::new(authority.trusting());
    server.get(&client, "/").await.unwrap();
    authority.issue("b", &["new.example"]);
    for end in ["pem", "key"] {
        let new = authority.path(&format!("b.{end}"));
        fs::rename(new, authority.path(&format!("a.{end}"))).unwrap();
    }
    let fresh = Arc::new(authority.trusting());
    while server.connect(&fresh, "new.example").await.is_err() {
        yield_now().await;
    }
}
