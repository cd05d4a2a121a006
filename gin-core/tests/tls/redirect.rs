//! The socket that redirects plain HTTP to HTTPS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use gin::prelude::*;
use gin::tls::Hsts;
use gin::{Server, server::Listener};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::fixture::{Authority, LONG, Running, status};

/// A server with a socket that redirects.
struct Redirecting {
    server: Running,
    plain: SocketAddr,
}

impl Redirecting {
    async fn new(adjust: impl FnOnce(Server) -> Server) -> (Redirecting, Authority) {
        let authority = Authority::new();
        authority.issue("a", &["localhost"]);
        let plain = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("the fixture is set up");
        let address = plain.local_addr().expect("the fixture is set up");
        let server = Running::new(authority.certificates("a"), |server| {
            adjust(server.redirect_http(plain))
        });
        let redirecting = Redirecting {
            server: server.await,
            plain: address,
        };
        (redirecting, authority)
    }

    async fn exchange(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.plain)
            .await
            .expect("the fixture is set up");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("the fixture is set up");
        let mut response = String::new();
        stream
            .read_to_string(&mut response)
            .await
            .expect("the fixture is set up");
        response
    }
}

fn location(response: &str) -> Option<&str> {
    let mut lines = response.lines();
    lines.find_map(|line| line.strip_prefix("location: "))
}

#[tokio::test]
async fn every_request_is_redirected_to_the_same_target_of_the_same_host() {
    let (server, _authority) = Redirecting::new(|server| server.https_port(443)).await;
    let close = "connection: close\r\n\r\n";
    let cases = [
        (
            "GET / HTTP/1.1\r\nhost: a.example\r\n",
            "https://a.example/",
        ),
        (
            "GET /a%2Fb/../c?d=%20&e HTTP/1.1\r\nhost: a.example:8080\r\n",
            "https://a.example/a%2Fb/../c?d=%20&e",
        ),
        ("HEAD /x HTTP/1.1\r\nhost: [::1]:80\r\n", "https://[::1]/x"),
        (
            "DELETE /x HTTP/1.1\r\nhost: a.example:\r\n",
            "https://a.example/x",
        ),
        (
            "OPTIONS /x HTTP/1.1\r\nhost: a.example\r\n",
            "https://a.example/x",
        ),
        (
            "PURGE /x HTTP/1.1\r\nhost: a.example\r\n",
            "https://a.example/x",
        ),
        (
            "POST /x HTTP/1.1\r\nhost: a.example\r\ncontent-length: 999999\r\n",
            "https://a.example/x",
        ),
        (
            "GET //evil.example/ HTTP/1.1\r\nhost: a.example\r\n",
            "https://a.example//evil.example/",
        ),
        (
            "GET /@evil.example HTTP/1.1\r\nhost: a.example\r\n",
            "https://a.example/@evil.example",
        ),
        (
            "GET http://b.example/x HTTP/1.1\r\nhost: a.example\r\n",
            "https://b.example/x",
        ),
        (
            "GET /x HTTP/1.0\r\nhost: a.example\r\n",
            "https://a.example/x",
        ),
    ];
    for (head, expected) in cases {
        let response = server.exchange(&format!("{head}{close}")).await;
        assert_eq!(status(&response), "308", "{head}: {response}");
        assert_eq!(location(&response), Some(expected), "{head}");
        assert!(response.contains("cache-control: max-age="), "{response}");
        assert!(!response.contains("strict-transport"), "{response}");
    }
    server.server.ended().await;
}

#[tokio::test]
async fn a_request_without_a_good_host_is_400_and_goes_nowhere() {
    let (server, _authority) = Redirecting::new(|server| server).await;
    let heads = [
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nconnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a@evil.example\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a/evil.example\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\\evil.example\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a.example:99999\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a, b\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        "GET evil.example HTTP/1.1\r\nhost: a\r\n\r\n",
        "nonsense\r\n\r\n",
    ];
    for head in heads {
        let response = server.exchange(head).await;
        assert_eq!(status(&response), "400", "{head}: {response}");
        assert_eq!(location(&response), None, "{head}");
        assert!(!response.ends_with("\r\n\r\n"), "a word of the reason");
    }
}

#[tokio::test]
async fn the_port_is_that_of_the_socket_with_tls() {
    let (server, authority) = Redirecting::new(|server| server).await;
    let head = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let response = server.exchange(head).await;
    let port = server.server.address.port();
    let expected = format!("https://localhost:{port}/");
    assert_eq!(location(&response), Some(&*expected));
    let client = Arc::new(authority.trusting());
    let response = server.server.get(&client, "/").await.unwrap();
    assert_eq!(status(&response), "200");
}

#[tokio::test]
async fn its_clients_have_the_timeouts_of_the_server() {
    let time = Duration::from_millis(100);
    let (server, _authority) = Redirecting::new(|server| server.header_read_timeout(time)).await;
    let mut stalled = TcpStream::connect(server.plain).await.unwrap();
    // The server may have closed the connection already, and a reset is as good as an end.
    let _ = stalled.write_all(b"GET / HT").await;
    let mut response = Vec::new();
    let end = timeout(LONG, stalled.read_to_end(&mut response)).await;
    let _ = end.expect("the server closes");
    assert!(response.is_empty(), "{}", response.escape_ascii());
}

#[tokio::test]
async fn its_clients_have_the_limits_of_the_server_and_its_shutdown() {
    let (mut server, _authority) = Redirecting::new(|server| server.max_headers(3)).await;
    let many = "GET / HTTP/1.1\r\nhost: a\r\nb: c\r\nb: c\r\nb: c\r\n\r\n";
    assert_eq!(status(&server.exchange(many).await), "431");

    let mut idle = TcpStream::connect(server.plain).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let mut response = Vec::new();
    while !response.ends_with(b"\r\n\r\n") {
        assert_ne!(idle.read_buf(&mut response).await.unwrap(), 0);
    }
    server.server.shut_down();
    idle.read_to_end(&mut response).await.unwrap();
    let plain = server.plain;
    server.server.ended().await;
    assert!(TcpStream::connect(plain).await.is_err());
}

#[tokio::test]
async fn settings_that_contradict_each_other_are_refused_with_their_place() {
    type Change = fn(Server) -> Server;
    const DAY: Duration = Duration::from_secs(86_400);
    let cases: [(Change, bool, &str); 6] = [
        (|server| server.https_port(443), false, "`https_port(443)`"),
        (|server| server.https_port(0), true, "`https_port(0)`"),
        (
            |server| server.max_handshakes(0),
            true,
            "`max_handshakes(0)`",
        ),
        (
            |server| server.max_handshakes(7),
            false,
            "`max_handshakes(7)`",
        ),
        (
            |server| server.hsts(Hsts::new(DAY)),
            false,
            "`hsts(max-age=86400)`",
        ),
        (
            |server| server.hsts(Hsts::new(DAY).preload()),
            true,
            "`hsts(max-age=86400; preload)`",
        ),
    ];
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    for (change, has_tls, expected) in cases {
        let error = refused(|server| {
            let server = change(server);
            if has_tls {
                server.tls(authority.certificates("a"))
            } else {
                server
            }
        });
        let error = error.await;
        assert!(error.contains(expected), "{error}");
        assert!(error.contains("tests/tls/redirect.rs:"), "{error}");
    }
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = refused(|server| server.redirect_http(plain)).await;
    assert!(error.contains("`redirect_http(…)`"), "{error}");
}

/// There must be a port to redirect to.
#[cfg(unix)]
#[tokio::test]
async fn a_redirect_to_no_port_is_refused() {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    let socket = Listener::unix(authority.path("socket")).await.unwrap();
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let engine = Engine::new(Group::new("")).unwrap();
    let server = Server::new(engine).listen(socket).redirect_http(plain);
    let server = server.tls(authority.certificates("a"));
    let error = server.run().await.unwrap_err().to_string();
    assert!(error.contains("`https_port(…)`"), "{error}");
}

async fn refused(adjust: impl FnOnce(Server) -> Server) -> String {
    let engine = Engine::new(Group::new("")).expect("the fixture is set up");
    let listener = Listener::tcp("127.0.0.1:0")
        .await
        .expect("the fixture is set up");
    let server = adjust(Server::new(engine).listen(listener));
    server.run().await.expect_err("it is refused").to_string()
}
