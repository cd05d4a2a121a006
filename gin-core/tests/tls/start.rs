//! Certificates that cannot be used, found before the server listens.

use std::fs;

use gin::prelude::*;
use gin::{Server, server::Listener};

use crate::fixture::Authority;

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
