//! The names of servers, and the certificates of clients.

use std::sync::Arc;

use rustls::version;

use crate::fixture::{Authority, Running};

#[tokio::test]
async fn the_server_name_chooses_the_certificate() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    authority.issue("b", &["*.b.example"]);
    let pair = (authority.path("b.pem"), authority.path("b.key"));
    let certificates = authority.certificates("a").and_pem(pair.0, pair.1);
    let server = Running::new(certificates, |server| server).await;
    let client = Arc::new(authority.trusting());
    for host in ["localhost", "www.b.example", "WWW.B.example"] {
        assert!(server.connect(&client, host).await.is_ok(), "{host}");
    }
    for host in ["b.example", "a.www.b.example", "c.example"] {
        assert!(server.connect(&client, host).await.is_err(), "{host}");
    }
}

#[tokio::test]
async fn a_required_client_certificate_is_verified_and_shown() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    authority.issue("a", &["localhost"]);
    let certificates = authority.certificates("a");
    let certificates = certificates.require_clients(authority.path("ca.pem"));
    let server = Running::new(certificates, |server| server).await;
    for version in [&version::TLS12, &version::TLS13] {
        let alice = authority.client(&[version], Some(authority.identity("alice")));
        let response = server.get(&Arc::new(alice), "/who").await.unwrap();
        let shown = r#"CN=alice ["client.example"] true"#;
        assert!(response.contains(shown), "{response}");

        let mallory = authority.client(&[version], Some(stranger.identity("alice")));
        assert!(server.get(&Arc::new(mallory), "/who").await.is_err());
        let nobody = authority.client(&[version], None);
        assert!(server.get(&Arc::new(nobody), "/who").await.is_err());
    }
}

#[tokio::test]
async fn an_optional_client_certificate_may_be_left_out_but_not_forged() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    authority.issue("a", &["localhost"]);
    let certificates = authority.certificates("a");
    let certificates = certificates.accept_clients(authority.path("ca.pem"));
    let server = Running::new(certificates, |server| server).await;
    let nobody = Arc::new(authority.trusting());
    assert!(
        server
            .get(&nobody, "/who")
            .await
            .unwrap()
            .ends_with("nobody")
    );
    let mallory = authority.client(&[&version::TLS13], Some(stranger.identity("alice")));
    assert!(server.get(&Arc::new(mallory), "/who").await.is_err());
}
