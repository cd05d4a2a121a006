//! Certificates that cannot be used, found before the server listens.

use std::fs;
use std::sync::Arc;

use gin::prelude::*;
use gin::tls::TlsError;
use gin::{Server, server::Listener};
use rcgen::date_time_ymd;

use crate::fixture::{Authority, Running};
use crate::log;

async fn refused(authority: &Authority, name: &str) -> String {
    let engine = Engine::new(Group::new("")).expect("it is valid");
    let listener = Listener::tcp("127.0.0.1:0").await.expect("it is valid");
    let server = Server::new(engine).listen(listener);
    let server = server.tls(authority.certificates(name));
    let error = server.run().await.expect_err("the pair is unusable");
    format!("{error:?}")
}

#[tokio::test]
async fn a_pair_that_cannot_be_used_is_refused_with_its_file_and_the_remedy() {
    let authority = Authority::new();
    authority.issue("good", &["localhost"]);
    authority.issue("other", &["localhost"]);
    let good = |end: &str| fs::read_to_string(authority.path(&format!("good.{end}"))).unwrap();
    let other_key = fs::read_to_string(authority.path("other.key")).unwrap();
    let encrypted = good("key").replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let cases = [
        (String::new(), good("key"), "has no certificate"),
        (broken.to_owned(), good("key"), "cannot use"),
        (good("pem"), String::new(), "has no private key"),
        (good("pem"), encrypted, "openssl pkey"),
        (good("pem"), other_key, "is not the key of the certificate"),
    ];
    for (certificate, key, expected) in cases {
        fs::write(authority.path("bad.pem"), certificate).unwrap();
        fs::write(authority.path("bad.key"), key).unwrap();
        let error = refused(&authority, "bad").await;
        assert!(error.contains(expected), "{error}");
        assert!(error.contains("bad."), "{error}");
    }
    let error = refused(&authority, "missing").await;
    assert!(
        error.contains("cannot read") && error.contains("missing.pem"),
        "{error}"
    );
}

/// Issues a certificate that is valid from one year to the other.
fn issue_for_years(authority: &Authority, name: &str, (from, until): (i32, i32)) {
    authority.issue_with(name, &["localhost"], |params| {
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let subject = rcgen::DnType::CommonName;
        params.distinguished_name.push(subject, "the subject");
    });
}

#[tokio::test]
async fn an_expired_certificate_is_refused_at_start_and_not_taken_at_reload() {
    let authority = Authority::new();
    issue_for_years(&authority, "old", (2001, 2002));
    let error = refused(&authority, "old").await;
    for part in [
        "old.pem",
        "CN=the subject",
        "expired on Jan  1",
        "2002",
        "renew it",
    ] {
        assert!(error.contains(part), "{part} in {error}");
    }
    authority.issue("good", &["localhost"]);
    let certificates = authority.certificates("good");
    let server = Running::new(certificates.clone(), |server| server).await;
    let client = Arc::new(authority.trusting());
    let response = server.get(&client, "/").await;
    response.expect("the certificate is loaded");
    for end in ["pem", "key"] {
        let [from, to] = ["old", "good"].map(|name| authority.path(&format!("{name}.{end}")));
        fs::copy(from, to).expect("there is room");
    }
    let error = certificates.reload().expect_err("it has expired");
    assert!(matches!(error, TlsError::Expired { .. }), "{error}");
    let response = server.get(&client, "/").await;
    response.expect("the former certificate is served");
    server.ended().await;
}

#[tokio::test]
async fn a_certificate_that_is_not_valid_yet_is_a_warning_at_start_and_at_reload() {
    let authority = Authority::new();
    issue_for_years(&authority, "early", (2999, 3000));
    let certificates = authority.certificates("early");
    let path = authority.path("early.pem");
    let shown = path.to_str().expect("it is text");
    let server = Running::new(certificates.clone(), |server| server).await;
    let line = log::line(&[shown, "WARN"]).await;
    for part in ["it is valid from Jan  1", "2999", "CN=the subject"] {
        assert!(line.contains(part), "{line}");
    }
    // It is served anyway: the clock of the machine may be wrong.
    let client = Arc::new(authority.trusting());
    let error = server
        .get(&client, "/")
        .await
        .expect_err("clients refuse it");
    assert!(error.to_string().contains("certificate"), "{error}");
    certificates.reload().expect("it is a warning only");
    assert_eq!(log::lines_with(shown).len(), 2);
    server.ended().await;
}

#[tokio::test]
async fn a_pair_that_cannot_be_read_is_refused_with_its_file() {
    let authority = Authority::new();
    authority.issue("good", &["localhost"]);
    fs::create_dir(authority.path("directory.pem")).expect("there is room");
    fs::copy(authority.path("good.key"), authority.path("directory.key")).expect("there is room");
    let error = refused(&authority, "directory").await;
    assert!(
        error.contains("cannot read") && error.contains("directory.pem"),
        "{error}"
    );
    assert!(
        error.contains("a PEM file that this user can read"),
        "{error}"
    );
}
