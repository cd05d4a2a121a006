//! Sockets (`WebSocket`) of the app's pages while the app is replaced, and at the limit of open files.

use gin_tests::{Browser, Dev, Sandbox, within};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::site::{is_marked, mark, url};

/// An app with a page and a WebSocket.
const APP: &str = include_str!("../fixtures/site/socket.rs");
/// "Service Restart", of the registry that RFC 6455 §11.7 began.
const RESTART: u16 = 1012;

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_page_s_socket_that_connects_again_reaches_the_new_app() {
    let app = Sandbox::with_main(APP).dev().arg("--no-reload").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser.shows("v1").await;
    mark(&browser).await;
    for (count, text) in [(1, "v2"), (2, "v3")] {
        app.say(text);
        browser.shows(text).await;
        // The one attempt to connect again was held until the new app was ready.
        let codes = browser.evaluate("codes").await;
        assert_eq!(codes, json!(vec![RESTART; count]));
    }
    assert!(is_marked(&browser).await, "the page was reloaded");
}

/// Requests a socket without a browser. Returns the status, the rest of what came until then, and the connection.
async fn open(app: &Dev) -> (String, TcpStream) {
    let mut client = TcpStream::connect(app.address()).await.expect("it listens");
    let request = "GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n";
    client
        .write_all(request.as_bytes())
        .await
        .expect("it reads");
    let mut head = Vec::new();
    within("the head of a response", async {
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.expect("a head has an end"));
        }
    })
    .await;
    (String::from_utf8_lossy(&head).into_owned(), client)
}

/// Reads the payload of a short frame with this first byte.
async fn frame(client: &mut TcpStream, first: u8) -> Vec<u8> {
    within("a frame", async {
        assert_eq!(client.read_u8().await.expect("a frame comes"), first);
        let mut payload = vec![0; client.read_u8().await.expect("it has a length").into()];
        client
            .read_exact(&mut payload)
            .await
            .expect("it is complete");
        payload
    })
    .await
}

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;

#[tokio::test]
async fn sockets_up_to_the_limit_of_open_files_end_with_their_app_and_make_room() {
    const LIMIT: usize = 1024;
    let script = format!("ulimit -n {LIMIT} && exec \"$0\" \"$@\"");
    let app = Sandbox::with_main(APP).dev().limited(&script).await;
    app.phase("ready").await;
    let mut sockets = Vec::new();
    let mut refused = loop {
        let (head, mut client) = open(&app).await;
        if head.starts_with("HTTP/1.1 503") {
            break client;
        }
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        assert_eq!(frame(&mut client, TEXT).await, b"v1");
        sockets.push(client);
        assert!(sockets.len() < LIMIT / 2, "each takes two files");
    };
    assert!(sockets.len() > LIMIT / 3, "{}", sockets.len());
    let mut refusal = String::new();
    refused.read_to_string(&mut refusal).await.unwrap();
    assert!(refusal.contains("ulimit -n"), "{refusal}");
    assert_eq!(app.status().await["phase"], "ready");
    app.say("v2");
    app.phase("ready").await;
    for mut socket in sockets {
        let code = frame(&mut socket, CLOSE).await;
        assert_eq!(code[..2], RESTART.to_be_bytes());
    }
    let (head, mut client) = open(&app).await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    assert_eq!(frame(&mut client, TEXT).await, b"v2");
}
