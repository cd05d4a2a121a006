//! Certificates that are replaced while the server runs.

use std::fs;
use std::sync::Arc;

use gin::tls::TlsError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::yield_now;

use crate::fixture::{Authority, Running, exchange};
use crate::log;

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

/// A response under way, and requests on connections of both protocols, are those of the session that was there before.
#[tokio::test]
async fn open_connections_outlive_files_that_were_replaced() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let mut server = Running::new(authority.certificates("a"), |server| server).await;
    let client = Arc::new(authority.trusting());
    let mut kept = server.connect(&client, "localhost").await.unwrap();
    let old = kept.get_ref().1.peer_certificates().unwrap().to_vec();
    let stream = server.connect(&client, "localhost").await.unwrap();
    let (mut requests, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let mut get = |path: &str| {
        let request = http::Request::get(format!("https://localhost{path}"));
        let (response, _) = requests
            .send_request(request.body(()).unwrap(), true)
            .unwrap();
        async { response.await.unwrap().into_body() }
    };
    let mut under_way = get("/until-shutdown").await;
    assert_eq!(under_way.data().await.unwrap().unwrap(), "begun");
    authority.issue("b", &["new.example"]);
    for end in ["pem", "key"] {
        let new = authority.path(&format!("b.{end}"));
        fs::rename(new, authority.path(&format!("a.{end}"))).unwrap();
    }
    let fresh = Arc::new(authority.trusting());
    while server.connect(&fresh, "new.example").await.is_err() {
        yield_now().await;
    }
    let request = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
    kept.write_all(request.as_bytes()).await.unwrap();
    kept.flush().await.unwrap();
    let mut response = Vec::new();
    while !response.ends_with(b"https") {
        assert!(kept.read_buf(&mut response).await.unwrap() > 0);
    }
    assert_eq!(kept.get_ref().1.peer_certificates().unwrap(), old);
    assert!(exchange(&mut kept, "/").await.unwrap().ends_with("https"));
    let mut body = get("/").await;
    assert_eq!(body.data().await.unwrap().unwrap(), "https");
    server.shut_down();
    let mut rest = Vec::new();
    while let Some(data) = under_way.data().await {
        rest.extend(data.unwrap());
    }
    assert_eq!(rest, b"ended");
    server.ended().await;
}

/// Kubernetes mounts a secret as links to files in `..data`, which is itself a link that it replaces in one step.
#[cfg(unix)]
#[tokio::test]
async fn a_directory_that_kubernetes_replaces_is_noticed() {
    use std::os::unix::fs::symlink;

    let authority = Authority::new();
    for (version, host) in [("v1", "localhost"), ("v2", "new.example")] {
        fs::create_dir(authority.path(version)).unwrap();
        authority.issue(&format!("{version}/tls"), &[host]);
    }
    symlink("v1", authority.path("..data")).unwrap();
    for end in ["pem", "key"] {
        let target = format!("..data/tls.{end}");
        symlink(target, authority.path(&format!("tls.{end}"))).unwrap();
    }
    let server = Running::new(authority.certificates("tls"), |server| server).await;
    let client = Arc::new(authority.trusting());
    server.get(&client, "/").await.unwrap();
    symlink("v2", authority.path("..data_tmp")).unwrap();
    fs::rename(authority.path("..data_tmp"), authority.path("..data")).unwrap();
    fs::remove_dir_all(authority.path("v1")).unwrap();
    let fresh = Arc::new(authority.trusting());
    while server.connect(&fresh, "new.example").await.is_err() {
        yield_now().await;
    }
}

#[tokio::test]
async fn a_pair_that_is_written_in_halves_is_taken_when_it_is_whole() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let server = Running::new(authority.certificates("a"), |server| server).await;
    let client = Arc::new(authority.trusting());
    server.get(&client, "/").await.unwrap();
    authority.issue("b", &["new.example"]);
    let certificate = fs::read(authority.path("b.pem")).unwrap();
    let path = authority.path("a.pem");
    let shown = path.to_str().unwrap();
    // Cut off in the middle, then whole, and still without its key.
    fs::write(&path, &certificate[..certificate.len() / 2]).unwrap();
    log::line(&[shown, "WARN", "the certificates stay as they were"]).await;
    assert!(server.get(&client, "/").await.is_ok());
    fs::write(&path, &certificate).unwrap();
    log::line(&[shown, "WARN", "is not the key of the certificate"]).await;
    assert!(server.get(&client, "/").await.is_ok());
    fs::rename(authority.path("b.key"), authority.path("a.key")).unwrap();
    let fresh = Arc::new(authority.trusting());
    while server.connect(&fresh, "new.example").await.is_err() {
        yield_now().await;
    }
    assert_eq!(log::lines_with(shown).len(), 2, "no warning comes twice");
}
