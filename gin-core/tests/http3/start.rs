//! The start: settings that contradict each other, ports that are taken, and certificates.

use gin::prelude::*;
use gin::{Server, server::Listener};

use crate::fixture::{Client, Running, in_time, settings, sockets};
use crate::tls::Authority;

fn engine() -> Engine {
    Engine::new(Group::new("").get("/", async || "home")).expect("it is sound")
}

#[tokio::test]
async fn http3_without_certificates_is_a_mistake_with_its_remedy() {
    let error = Server::new(engine())
        .http3()
        .run()
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("start.rs:"), "{error}");
    assert!(error.contains("give them with `.tls(…)`"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn http3_without_a_tcp_socket_is_a_mistake_with_its_remedy() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let listener = Listener::unix(authority.path("app.sock")).await.unwrap();
    let server = Server::new(engine()).listen(listener);
    let server = server.tls(authority.certificates("a")).http3();
    let error = server.run().await.unwrap_err().to_string();
    assert!(error.contains("start.rs:"), "{error}");
    assert!(error.contains("port of a TCP socket"), "{error}");
}

#[tokio::test]
async fn a_udp_port_that_is_taken_is_named_with_its_process() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let (listener, _taken) = sockets().await;
    let address = listener.local_addr().unwrap();
    let server = Server::new(engine()).listen(listener);
    let server = server.tls(authority.certificates("a")).http3();
    let error = server.run().await.unwrap_err().to_string();
    assert!(
        error.starts_with(&format!(
            "cannot listen on {address} over UDP, for HTTP/3: "
        )),
        "{error}"
    );
    if cfg!(target_os = "linux") {
        let process = format!("process {} has it", std::process::id());
        assert!(error.contains(&process), "{error}");
    }
}

#[tokio::test]
async fn certificates_that_are_loaded_again_serve_new_connections() {
    let app = Group::new("").get("/", async || "home");
    let authority = Authority::new();
    authority.issue("b", &["localhost"]);
    let certificates = authority.certificates("b");
    let shared = certificates.clone();
    let server = Running::with(app, move |server| server.tls(shared.clone())).await;
    let seen = async || {
        let mut client = server.client_trusting(&authority).await;
        assert_eq!(client.get("/").await.text(), "home");
        let identity = client.connection.peer_identity().unwrap();
        let chain = identity.downcast::<Vec<rustls::pki_types::CertificateDer<'static>>>();
        chain.unwrap().remove(0)
    };
    let first = seen().await;
    assert_eq!(first, seen().await);
    authority.issue("b", &["localhost"]);
    certificates.reload().unwrap();
    assert_ne!(first, seen().await);
    server.ended().await;
}

#[tokio::test]
async fn clients_are_verified_as_over_tls() {
    let app = Group::new("").get("/", async |cx: &mut Context| {
        let certificate = cx.client_certificate();
        certificate.map_or("nobody".to_owned(), |it| it.subject().to_owned())
    });
    let authority = Authority::new();
    authority.issue("b", &["localhost"]);
    let certificates = authority
        .certificates("b")
        .require_clients(authority.path("ca.pem"));
    let server = Running::with(app, move |server| server.tls(certificates.clone())).await;
    let identity = authority.identity("Ann");
    let known = authority.client(&[&rustls::version::TLS13], Some(identity));
    let connecting = server
        .endpoint()
        .connect_with(settings(known), server.address, "localhost");
    let mut client = Client::new(in_time(connecting.unwrap()).await.unwrap()).await;
    assert!(client.get("/").await.text().contains("Ann"));
    let unknown = authority.client(&[&rustls::version::TLS13], None);
    let connecting = server
        .endpoint()
        .connect_with(settings(unknown), server.address, "localhost");
    if let Ok(connection) = in_time(connecting.unwrap()).await {
        // In TLS 1.3, the client learns of it after its own handshake.
        in_time(connection.closed()).await;
    }
    server.ended().await;
}
