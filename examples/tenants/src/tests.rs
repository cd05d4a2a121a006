//! Hosts with a tenant and without.

use gin::testing::Client;

use super::*;

#[tokio::test]
async fn each_host_has_its_own_notes() {
    let client = Client::new(app());
    let acme = client.with_header("host", "acme.localhost:8080");
    let globex = client.with_header("host", "GLOBEX.notes.example");
    acme.get("/").await.is(200).has_text("The notes of Acme");
    globex
        .get("/")
        .await
        .is(200)
        .has_text("The notes of Globex");
    globex
        .get("/notes/1")
        .await
        .is(200)
        .has_text("Feed the sharks.");
    acme.get("/notes/1").await.is(404);
}

#[tokio::test]
async fn a_host_of_nobody_has_nothing() {
    let client = Client::new(app());
    for host in [
        "initech.localhost",
        "acme.attacker.example",
        "acme",
        "localhost",
    ] {
        client
            .with_header("host", host)
            .get("/notes/0")
            .await
            .is(404)
            .contains("no tenant has this host");
    }
}
