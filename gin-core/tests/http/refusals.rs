//! The log of a server in a process of its own has a line for each request that is refused before it reaches a route.

use gin::Server;
use gin::prelude::*;
use nix::sys::signal::Signal;

use crate::child::Served;
use crate::multiplex::{connect, request, send};
use crate::transport;
use crate::wire::status;

#[tokio::test]
#[ignore = "the test below runs it, in a process of its own"]
async fn server() {
    let app = Group::new("")
        .with(Logger::plain(std::io::stderr()))
        .get("/:name", async |Path(name): Path<String>| name);
    let server = Server::new(Engine::new(app).expect("it is sound"));
    // Lets hyper look at targets that are too long for it.
    let server = transport::served(server.max_header_size(128 << 10));
    server.run().await.expect("it runs");
}

/// Returns requests of HTTP/1.1, with their statuses and what is in their lines.
fn requests() -> Vec<(String, &'static str, &'static str)> {
    let target = |length| {
        format!(
            "GET /{} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
            "a".repeat(length)
        )
    };
    let fields = |fields: &str| format!("GET /a HTTP/1.1\r\nhost: a\r\n{fields}\r\n");
    let many = fields(&"x: y\r\n".repeat(101));
    let large = fields(&format!("x: {}\r\n", "y".repeat(140 << 10)));
    vec![
        (
            "nonsense\r\n\r\n".to_owned(),
            "400",
            "was refused: invalid HTTP",
        ),
        (
            fields("x y: z\r\n"),
            "400",
            "was refused: invalid HTTP header",
        ),
        (target(20_000), "414", "| 414 |"),
        (target(65_600), "414", "was refused: URI too long"),
        (many, "431", "was refused: message head is too large"),
        (large, "431", "was refused: message head is too large"),
    ]
}

#[tokio::test]
async fn each_refused_request_has_a_line() {
    let server = Served::running("refusals::server");
    let mut expected = Vec::new();
    for (request, code, line) in requests() {
        let mut wire = server.connect().await;
        wire.send(request).await;
        assert_eq!(status(&wire.rest().await), code, "{line}");
        expected.push(line);
    }
    let mut client = connect(server.stream().await).await;
    let uri = format!("http://a/{}", "a".repeat(20_000));
    let response = send(&mut client, request(&uri)).await;
    assert_eq!(response.status(), 414);
    expected.push("| 414 |");
    let many = (0..101).fold(request("http://a/a"), |request, _| request.header("x", "y"));
    let response = send(&mut client, many).await;
    assert_eq!(response.status(), 431);
    expected.push("| 431 |");
    server.signal(Signal::SIGTERM);
    let log = server.ended();
    let is_line = |line: &&str| line.contains("was refused") || line.contains("[GIN]");
    let lines: Vec<_> = log.lines().filter(is_line).collect();
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.contains(expected), "{expected}: {line}");
    }
}
