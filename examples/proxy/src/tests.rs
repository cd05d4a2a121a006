//! The proxy in front of an upstream that works, is away, or is stuck.

use gin::Server;
use gin::testing::Client;
use tokio::net::TcpListener;

use super::*;

/// Starts an upstream. Returns its address.
async fn upstream() -> Authority {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let echo = async |cx: &mut Context, body: String| {
        let client = cx.header("x-forwarded-for").unwrap_or("nobody");
        format!(
            "{} {} for {client}, hop {:?}: {body}",
            cx.method(),
            cx.uri(),
            cx.header("x-hop")
        )
    };
    let upstream = Group::new("")
        .any("/echo", echo)
        .get("/stuck", async || std::future::pending::<String>().await);
    tokio::spawn(
        Server::new(upstream.build().unwrap())
            .listen(listener)
            .run(),
    );
    address.to_string().parse().unwrap()
}

#[tokio::test]
async fn a_request_reaches_the_upstream_with_its_client() {
    let client =
        Client::new(app(upstream().await, Duration::from_secs(60))).from("203.0.113.7:4000");
    let response = client
        .post("/echo?a=b")
        .header("connection", "x-hop")
        .header("x-hop", "1")
        .body("hello");
    response
        .await
        .is(200)
        .has_text("POST /echo?a=b for 203.0.113.7, hop None: hello");
    client.get("/proxy/health").await.has_text("fine");
    client.get("/nowhere").await.is(404);
}

#[tokio::test]
async fn an_upstream_that_is_away_or_stuck_is_the_gateway_s_error() {
    let gone = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let gone = gone.to_string().parse().unwrap();
    Client::new(app(gone, Duration::from_secs(60)))
        .get("/")
        .await
        .is(502);
    Client::new(app(upstream().await, Duration::from_millis(50)))
        .get("/stuck")
        .await
        .is(504);
}
