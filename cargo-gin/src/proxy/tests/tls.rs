//! Apps that speak TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::generate_simple_self_signed;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::proxy::tests::app::is_handshake;
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::code;
use crate::state::Phase;

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const BAD_REQUEST: &str = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";

/// The response of a server that speaks TLS to a client that does not.
#[derive(Clone, Copy, Debug)]
enum Refused {
    /// As rustls does.
    Alert,
    /// As gin-core and Go do.
    BadRequest,
    /// As OpenSSL does.
    Close,
}

/// Starts an app that responds to a request over TLS with its body, and refuses all else.
async fn secured(refused: Refused) -> SocketAddr {
    let made = generate_simple_self_signed(["app.test".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(acceptor.clone(), stream, refused));
        }
    });
    address
}

async fn serve(acceptor: TlsAcceptor, mut stream: TcpStream, refused: Refused) {
    let mut first = [0];
    stream.peek(&mut first).await.unwrap();
    if first[0].is_ascii_alphabetic() {
        match refused {
            Refused::Alert => drop(acceptor.accept(stream).await.unwrap_err()),
            Refused::BadRequest => {
                stream.write_all(BAD_REQUEST.as_bytes()).await.unwrap();
                // A connection with unread bytes would be reset.
                while stream.read(&mut [0; 1024]).await.unwrap() > 0 {}
            }
            Refused::Close => {}
        }
        return;
    }
    let mut stream = acceptor.accept(stream).await.unwrap();
    let mut request = Vec::new();
    while stream.read_buf(&mut request).await.unwrap_or(0) > 0 {
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let is_post = head.starts_with("POST");
        if is_post && !body.ends_with("end") {
            continue;
        }
        let response = format!(
            "HTTP/1.1 200 OK\r\nAlt-Svc: h3=\":1\"\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(response.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        request.clear();
    }
}

/// Posts a body of so many bytes, and returns the response.
async fn post(rig: &Rig, count: usize) -> String {
    let body = format!("{}end", "x".repeat(count - 3));
    let head = format!("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {count}\r\n\r\n");
    let mut client = rig.send(&format!("{head}{body}")).await;
    let head = client.head().await;
    if code(&head) == 200 {
        assert_eq!(client.bytes(count).await, body);
    }
    head
}

#[tokio::test]
async fn an_app_that_speaks_tls_is_served_from_the_first_request_on() {
    for refused in [Refused::Alert, Refused::BadRequest, Refused::Close] {
        for count in [3, 20_000] {
            let rig = Rig::start().await;
            rig.becomes(Phase::ready_at(secured(refused).await));
            let head = post(&rig, count).await;
            assert_eq!(code(&head), 200, "{refused:?} {count}");
            let mut client = rig.send(GET).await;
            for _ in 0..2 {
                assert_eq!(code(&client.head().await), 200, "{refused:?} {count}");
                client.send(GET).await;
            }
        }
    }
}

#[tokio::test]
async fn clients_learn_of_no_other_port_of_the_app() {
    let rig = Rig::start().await;
    rig.becomes(Phase::ready_at(secured(Refused::Alert).await));
    let head = rig.send(GET).await.head().await;
    assert!(!head.to_lowercase().contains("alt-svc"), "{head}");
}

#[tokio::test]
async fn a_body_that_is_too_long_to_be_repeated_costs_one_request() {
    let rig = Rig::start().await;
    rig.becomes(Phase::ready_at(secured(Refused::BadRequest).await));
    assert_eq!(code(&post(&rig, 200_000).await), 400);
    assert_eq!(code(&post(&rig, 200_000).await), 200);
}

#[tokio::test]
async fn an_app_may_speak_another_protocol_after_each_build() {
    let rig = Rig::start().await;
    for _ in 0..2 {
        rig.becomes(Phase::ready_at(secured(Refused::Alert).await));
        assert_eq!(code(&post(&rig, 3).await), 200);
        rig.builds();
        let app = rig.becomes_ready().await;
        let mut client = rig.send(GET).await;
        assert!(is_handshake(&app.accept_any().await).await);
        app.responds(OK).await;
        assert_eq!(code(&client.head().await), 200);
        rig.builds();
    }
}

#[tokio::test]
async fn an_app_that_speaks_http_is_sent_a_handshake_only_in_doubt() {
    let (rig, app) = Rig::ready().await;
    for is_in_doubt in [true, false] {
        for reply in [BAD_REQUEST, ""] {
            let mut client = rig.send(GET).await;
            app.responds(reply).await;
            if is_in_doubt {
                assert!(is_handshake(&app.accept_any().await).await, "{reply:?}");
            }
            assert!(code(&client.head().await) >= 400, "{reply:?}");
        }
        let mut client = rig.send(GET).await;
        app.responds(OK).await;
        assert_eq!(code(&client.head().await), 200);
    }
    let mut client = rig.send(GET).await;
    let (mut wire, _) = app.request().await;
    wire.send(BAD_REQUEST).await;
    assert_eq!(code(&client.head().await), 400);
    let more = timeout(Duration::from_millis(50), app.accept_any()).await;
    assert!(more.is_err(), "it is known to speak HTTP");
}
