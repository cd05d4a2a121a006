//! `WebSocket` over sockets: the handshake, frames, limits, and every way to end.

use std::time::Duration;

use gin::prelude::*;
use gin::testing::Client;
use gin::websocket::{Message, Socket, SocketError, WebSocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::select;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, timeout};

use crate::transport;
use crate::wire::{LONG, Running, Wire, status};

const HANDSHAKE: &str = "GET / HTTP/1.1\r\nhost: a.example\r\nconnection: keep-alive, Upgrade\r\nupgrade: WebSocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// The frames' types, with the bit that ends a message.
const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CONTINUATION: u8 = 0x80;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;
/// Removes the bit.
const MORE: u8 = 0x7f;

async fn echo(mut socket: Socket) -> gin::Result<()> {
    while let Some(message) = socket.recv().await {
        socket.send(message).await?;
    }
    Ok(())
}

fn app() -> Group {
    Group::new("").get("/", async |ws: WebSocket| ws.on_upgrade(echo))
}

/// Returns a client's frame, masked by zeros.
fn frame(kind: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let mut frame = vec![kind];
    match payload.len() {
        length @ ..126 => frame.push(0x80 | u8::try_from(length).expect("it is small")),
        length @ ..65_536 => {
            frame.push(0xfe);
            frame.extend(u16::try_from(length).expect("it is small").to_be_bytes());
        }
        length => {
            frame.push(0xff);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend_from_slice(payload);
    frame
}

fn close(code: u16, reason: &str) -> Vec<u8> {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(reason.as_bytes());
    frame(CLOSE, payload)
}

/// A client whose connection has been switched.
struct Peer(Wire);

impl Peer {
    async fn connect(server: &Running) -> Peer {
        let mut wire = server.connect().await;
        wire.send(format!("{HANDSHAKE}\r\n")).await;
        let head = wire.until("\r\n\r\n").await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        // Each write leaves at once, in a packet of its own.
        let socket = transport::socket(&wire.0);
        socket.set_nodelay(true).expect("it is connected");
        Peer(wire)
    }

    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.send(bytes).await;
    }

    /// Returns the next frame's type and payload, or `None` at the end of the connection.
    async fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        timeout(LONG, self.read()).await.expect("the server sends")
    }

    async fn read(&mut self) -> Option<(u8, Vec<u8>)> {
        let stream = &mut self.0.0;
        let kind = stream.read_u8().await.ok()?;
        let length = match stream.read_u8().await.ok()? {
            126 => stream.read_u16().await.ok()?.into(),
            127 => stream.read_u64().await.ok()?,
            length => u64::from(length),
        };
        let mut payload = vec![0; usize::try_from(length).expect("it fits")];
        stream.read_exact(&mut payload).await.ok()?;
        Some((kind, payload))
    }

    /// Returns the code of the next frame, which must close the connection.
    async fn code(&mut self) -> u16 {
        match self.next().await {
            Some((CLOSE, payload)) if payload.len() >= 2 => {
                u16::from_be_bytes([payload[0], payload[1]])
            }
            other => panic!("expected a closing frame, got {other:?}"),
        }
    }

    async fn ended(&mut self) {
        assert_eq!(self.next().await, None);
    }
}

#[tokio::test]
async fn a_handshake_is_accepted_with_the_key_of_the_rfc() {
    let server = Running::new(app()).await;
    let mut wire = server.connect().await;
    wire.send(format!("{HANDSHAKE}\r\n")).await;
    let head = wire.until("\r\n\r\n").await;
    for header in [
        "HTTP/1.1 101 Switching Protocols\r\n",
        "upgrade: websocket\r\n",
        "connection: upgrade\r\n",
        // RFC 6455 §1.3.
        "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
    ] {
        assert!(head.contains(header), "{header} {head}");
    }
    assert!(!head.contains("sec-websocket-protocol"), "{head}");
}

#[tokio::test]
async fn the_first_subprotocol_of_the_app_that_is_offered_is_chosen() {
    let app = Group::new("").get("/", async |ws: WebSocket| {
        ws.protocols(["chat.v2", "chat.v1"])
            .on_upgrade(async |mut socket| {
                let chosen = socket.protocol().unwrap_or("none").to_owned();
                Ok(socket.send(format!("in {chosen}.")).await?)
            })
    });
    let server = Running::new(app).await;
    for (offer, chosen) in [
        ("sec-websocket-protocol: chat.v1, chat.v2\r\n", "chat.v2"),
        (
            "sec-websocket-protocol: a\r\nsec-websocket-protocol: chat.v1\r\n",
            "chat.v1",
        ),
        ("sec-websocket-protocol: chat.v3,, CHAT.V2\r\n", "none"),
        ("sec-websocket-protocol: chat\r\n", "none"),
        ("", "none"),
    ] {
        let mut wire = server.connect().await;
        wire.send(format!("{HANDSHAKE}{offer}\r\n")).await;
        let response = wire.until(&format!("in {chosen}.")).await;
        assert!(response.starts_with("HTTP/1.1 101 "), "{offer}: {response}");
        let header = format!("sec-websocket-protocol: {chosen}\r\n");
        let is_named = response.contains(&header);
        assert_eq!(is_named, chosen != "none", "{offer}: {response}");
        let is_silent = !response.contains("sec-websocket-protocol");
        assert_eq!(is_silent, chosen == "none", "{offer}: {response}");
    }
}

#[tokio::test]
async fn a_handshake_that_is_not_sound_is_refused() {
    let app = app().post("/", async |ws: WebSocket| ws.on_upgrade(echo));
    let server = Running::new(app).await;
    let whole = format!("{HANDSHAKE}connection: close\r\n\r\n");
    for (from, to, expected, header) in [
        ("upgrade: WebSocket\r\n", "", "426", "upgrade: websocket"),
        (
            "keep-alive, Upgrade",
            "keep-alive",
            "426",
            "upgrade: websocket",
        ),
        (
            "upgrade: WebSocket",
            "upgrade: h2c",
            "426",
            "upgrade: websocket",
        ),
        ("HTTP/1.1", "HTTP/1.0", "426", "upgrade: websocket"),
        (
            "version: 13",
            "version: 8",
            "426",
            "sec-websocket-version: 13",
        ),
        (
            "version: 13",
            "version: 13, 8",
            "426",
            "sec-websocket-version: 13",
        ),
        (
            "sec-websocket-version: 13\r\n",
            "",
            "426",
            "sec-websocket-version: 13",
        ),
        (
            "dGhlIHNhbXBsZSBub25jZQ==",
            "dGhlIHNhbXBsZQ==",
            "400",
            "connection",
        ),
        (
            "sec-websocket-key: ",
            "sec-websocket-other: ",
            "400",
            "16 bytes",
        ),
        (
            "sec-websocket-key: ",
            "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-key: ",
            "400",
            "16 bytes",
        ),
        ("GET", "POST", "405", "allow: GET"),
        ("GET", "HEAD", "405", "allow: GET"),
    ] {
        let response = server.exchange(whole.replacen(from, to, 1)).await;
        assert_eq!(status(&response), expected, "{to:?}: {response}");
        assert!(response.contains(header), "{header}: {response}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_do_not_connect() {
    let server = Running::new(app()).await;
    for (origin, expected) in [
        ("http://a.example", "101"),
        ("https://a.example", "101"),
        ("https://b.example", "403"),
        ("https://a.example.b.example", "403"),
        ("null", "403"),
    ] {
        let mut wire = server.connect().await;
        wire.send(format!("{HANDSHAKE}origin: {origin}\r\n\r\n"))
            .await;
        let head = wire.until("\r\n\r\n").await;
        assert_eq!(status(&head), expected, "{origin}");
    }
}

/// The handler ran, and could change a session, before the origin was checked.
#[tokio::test]
async fn a_page_of_another_origin_does_not_run_the_handler() {
    let (ran, mut runs) = mpsc::unbounded_channel::<()>();
    let open = async |State(ran): State<mpsc::UnboundedSender<()>>, ws: WebSocket| {
        ran.send(()).expect("the test listens");
        ws.on_upgrade(echo)
    };
    let inner = Group::new("/listed")
        .websocket_origins(["https://*.b.example"])
        .get("/", open);
    let any = Group::new("/any").any_websocket_origin().get("/", open);
    let app = Group::new("")
        .state(ran)
        .get("/", open)
        .nest(inner)
        .nest(any);
    let server = Running::new(app).await;
    for (path, origin, expected) in [
        ("/", "https://x.b.example", "403"),
        ("/", "https://a.example", "101"),
        ("/", "https://a.example\r\norigin: https://b.example", "400"),
        ("/listed/", "https://x.b.example", "101"),
        ("/listed/", "https://a.example", "101"),
        ("/listed/", "https://b.example", "403"),
        ("/any/", "null", "101"),
    ] {
        let mut wire = server.connect().await;
        let handshake = HANDSHAKE.replacen("GET / ", &format!("GET {path} "), 1);
        wire.send(format!("{handshake}origin: {origin}\r\n\r\n"))
            .await;
        let head = wire.until("\r\n\r\n").await;
        assert_eq!(status(&head), expected, "{path} {origin}");
        assert_eq!(
            runs.try_recv().is_ok(),
            expected == "101",
            "{path} {origin}"
        );
    }
}

#[test]
fn an_origin_that_no_page_has_is_a_flaw() {
    let group = app().websocket_origins(["app.example"]);
    let error = gin::Engine::new(group).expect_err("it is no origin");
    let error = error.to_string();
    assert!(error.contains("`app.example` is not an origin"), "{error}");
    assert!(error.contains("http/websocket.rs:"), "{error}");
}

/// The messages before keep the closing frame from leaving.
#[tokio::test]
async fn close_returns_though_the_client_never_reads() {
    let (closed, mut returned) = mpsc::unbounded_channel::<()>();
    let flood = async |State(closed): State<mpsc::UnboundedSender<()>>, ws: WebSocket| {
        ws.on_upgrade(async move |mut socket| {
            // More than the buffers of both ends.
            socket.send(vec![0; 64 << 20]).await?;
            socket.close(1000, "").await;
            closed.send(()).expect("the test listens");
            Ok(())
        })
    };
    let app = Group::new("").state(closed).get("/", flood);
    let server = Running::new(app).await;
    let mut wire = server.connect().await;
    wire.send(format!("{HANDSHAKE}\r\n")).await;
    let returned = timeout(LONG, returned.recv()).await;
    returned.expect("it returns").expect("the server runs");
}

#[tokio::test]
async fn a_page_is_served_beside_its_socket() {
    let both = async |ws: Option<WebSocket>| match ws {
        Some(ws) => ws.on_upgrade(echo),
        None => "a page".into_response(),
    };
    let server = Running::new(Group::new("").get("/", both)).await;
    assert!(server.get("/").await.ends_with("a page"));
    Peer::connect(&server).await;
    let malformed = HANDSHAKE.replace("version: 13", "version: 0");
    let response = server
        .exchange(format!("{malformed}connection: close\r\n\r\n"))
        .await;
    assert_eq!(status(&response), "426");
}

#[tokio::test]
async fn frames_are_put_together_and_echoed() {
    // A client that sends slowly would get pings between its echoes.
    let quiet = async |ws: WebSocket| ws.without_keep_alive().on_upgrade(echo);
    let server = Running::new(Group::new("").get("/", quiet)).await;
    let long = "x".repeat(65_536);
    for (sent, received) in [
        (frame(TEXT, "hello"), vec![(TEXT, &b"hello"[..])]),
        (frame(TEXT, ""), vec![(TEXT, b"")]),
        (frame(BINARY, b"\xff\0"), vec![(BINARY, b"\xff\0")]),
        (frame(TEXT, &long), vec![(TEXT, long.as_bytes())]),
        (
            frame(TEXT, &long[..126]),
            vec![(TEXT, &long.as_bytes()[..126])],
        ),
        (frame(PING, "p"), vec![(PONG, b"p")]),
        (frame(PONG, "nobody sent a ping"), vec![]),
        (
            [
                frame(TEXT & MORE, "a"),
                frame(PING, "p"),
                frame(CONTINUATION & MORE, ""),
                frame(CONTINUATION, "b"),
            ]
            .concat(),
            vec![(PONG, b"p"), (TEXT, b"ab")],
        ),
        // A character may be split between frames.
        (
            [frame(TEXT & MORE, b"\xc3"), frame(CONTINUATION, b"\xa9")].concat(),
            vec![(TEXT, "é".as_bytes())],
        ),
    ] {
        let mut peer = Peer::connect(&server).await;
        // In one piece, and byte by byte.
        peer.send(&sent).await;
        for byte in &sent[..sent.len().min(1_000)] {
            peer.send([*byte]).await;
        }
        peer.send(&sent[sent.len().min(1_000)..]).await;
        peer.send(close(1000, "")).await;
        for (kind, payload) in received.iter().chain(&received) {
            assert_eq!(peer.next().await, Some((*kind, payload.to_vec())));
        }
        assert_eq!(peer.code().await, 1000);
        peer.ended().await;
    }
}

#[tokio::test]
async fn a_client_that_breaks_the_protocol_gets_the_code_for_it() {
    let server = Running::new(app()).await;
    let unmasked = vec![TEXT, 1, b'x'];
    let start = frame(TEXT & MORE, "a");
    for (sent, code) in [
        (unmasked, 1002),
        (frame(TEXT | 0x40, "a"), 1002),
        (frame(0x83, "a"), 1002),
        (frame(0x8b, "a"), 1002),
        (frame(CONTINUATION, "a"), 1002),
        ([start.clone(), frame(TEXT, "b")].concat(), 1002),
        (frame(PING & MORE, ""), 1002),
        (frame(PING, "x".repeat(126)), 1002),
        (frame(CLOSE, "x"), 1002),
        (close(999, ""), 1002),
        (close(1005, ""), 1002),
        (close(1006, ""), 1002),
        (close(2999, ""), 1002),
        (close(5000, ""), 1002),
        (frame(TEXT, b"\xff"), 1007),
        (frame(TEXT, b"\xc3"), 1007),
        (frame(TEXT, b"\xed\xa0\x80"), 1007),
        (
            [start.clone(), frame(CONTINUATION & MORE, b"\xff")].concat(),
            1007,
        ),
        (frame(CLOSE, b"\x03\xe8\xff"), 1007),
        (close(1001, "bye"), 1001),
        (close(3000, ""), 3000),
        (close(4999, ""), 4999),
    ] {
        let mut peer = Peer::connect(&server).await;
        peer.send(&sent).await;
        // What comes later does not get lost in a reset.
        peer.send(vec![0; 1 << 16]).await;
        assert_eq!(peer.code().await, code, "{}", sent.escape_ascii());
        peer.0.0.shutdown().await.ok();
        peer.ended().await;
    }
    let mut peer = Peer::connect(&server).await;
    peer.send(frame(CLOSE, "")).await;
    assert_eq!(peer.next().await, Some((CLOSE, vec![])), "no code");
    peer.ended().await;
}

#[tokio::test]
async fn messages_and_frames_have_limits() {
    let limited = async |ws: WebSocket| ws.max_message_size(100).on_upgrade(echo);
    let frames = async |ws: WebSocket| ws.max_frame_size(10).on_upgrade(echo);
    let server = Running::new(app().get("/limited", limited).get("/frames", frames)).await;
    let whole = |size| frame(BINARY, vec![0; size]);
    let split = |size, parts| {
        let mut bytes = frame(BINARY & MORE, "");
        for _ in 0..parts {
            bytes.extend(frame(CONTINUATION & MORE, vec![0; size]));
        }
        [bytes, frame(CONTINUATION, "")].concat()
    };
    for (path, sent, is_accepted) in [
        ("/", whole(1 << 20), true),
        ("/", whole((1 << 20) + 1), false),
        ("/", split(1 << 19, 2), true),
        ("/", split(1 << 19, 3), false),
        ("/limited", whole(100), true),
        ("/limited", whole(101), false),
        ("/limited", split(50, 2), true),
        ("/limited", split(51, 2), false),
        ("/frames", whole(10), true),
        ("/frames", whole(11), false),
        ("/frames", split(10, 20), true),
    ] {
        let mut wire = server.connect().await;
        let head = HANDSHAKE.replacen("GET /", &format!("GET {path}"), 1);
        wire.send(format!("{head}\r\n")).await;
        wire.until("\r\n\r\n").await;
        let mut peer = Peer(wire);
        peer.send(&sent).await;
        match peer.next().await {
            Some((BINARY, _)) => assert!(is_accepted, "{path} {}", sent.len()),
            Some((CLOSE, payload)) => {
                assert!(!is_accepted, "{path} {}", sent.len());
                assert_eq!(payload, 1009_u16.to_be_bytes());
            }
            other => panic!("{path}: {other:?}"),
        }
    }
}

/// A frame that declares a size beyond the limit is refused by its head.
#[tokio::test]
async fn a_huge_frame_is_refused_before_it_comes() {
    let server = Running::new(app()).await;
    let mut peer = Peer::connect(&server).await;
    let mut head = vec![BINARY, 0xff];
    head.extend((1_u64 << 62).to_be_bytes());
    head.extend([0; 4]);
    peer.send(head).await;
    assert_eq!(peer.code().await, 1009);
}

#[tokio::test]
async fn a_function_that_fails_closes_its_connection() {
    let app = app()
        .get("/panic", async |ws: WebSocket| {
            ws.on_upgrade(async |mut socket| {
                socket.recv().await;
                panic!("the function panics")
            })
        })
        .get("/error", async |ws: WebSocket| {
            ws.on_upgrade(async |mut socket| {
                socket.recv().await;
                Err(gin::Error::new(400, "the function fails"))
            })
        })
        .get("/drop", async |ws: WebSocket| {
            ws.on_upgrade(async |mut socket| {
                socket.recv().await;
                socket.send("bye").await?;
                Ok(())
            })
        });
    let server = Running::new(app).await;
    for (path, code) in [("/panic", 1011), ("/error", 1011), ("/drop", 1000)] {
        let mut wire = server.connect().await;
        let head = HANDSHAKE.replacen("GET /", &format!("GET {path}"), 1);
        wire.send(format!("{head}\r\n")).await;
        wire.until("\r\n\r\n").await;
        let mut peer = Peer(wire);
        peer.send(frame(TEXT, "go")).await;
        if path == "/drop" {
            assert_eq!(peer.next().await, Some((TEXT, b"bye".to_vec())));
        }
        assert_eq!(peer.code().await, code, "{path}");
        peer.send(close(code, "")).await;
        peer.ended().await;
    }
    Peer::connect(&server).await;
}

type Log = mpsc::UnboundedSender<String>;

/// An app whose function logs how its connection ended.
fn logged() -> (Group, mpsc::UnboundedReceiver<String>) {
    let (log, logged) = mpsc::unbounded_channel::<String>();
    let app = Group::new("")
        .state(log)
        .get("/", async |ws: WebSocket, State(log): State<Log>| {
            ws.on_upgrade(async move |mut socket| {
                while let Some(message) = socket.recv().await {
                    socket.send(message).await?;
                }
                let code = socket.close_frame().map(|frame| frame.code.as_u16());
                assert!(matches!(socket.send("x").await, Err(SocketError::Closed)));
                log.send(format!("{code:?}"))?;
                Ok(())
            })
        });
    (app, logged)
}

async fn next(logged: &mut mpsc::UnboundedReceiver<String>) -> String {
    let line = timeout(LONG, logged.recv()).await;
    line.expect("it ends").expect("the server runs")
}

#[tokio::test]
async fn the_function_learns_how_the_client_left() {
    let (app, mut log) = logged();
    let server = Running::new(app).await;
    for (sent, expected) in [
        (close(4001, "bye"), "Some(4001)"),
        (frame(CLOSE, ""), "Some(1005)"),
        (frame(TEXT, b"\xff"), "None"),
        (vec![], "None"),
    ] {
        let mut peer = Peer::connect(&server).await;
        peer.send(&sent).await;
        drop(peer);
        assert_eq!(next(&mut log).await, expected);
    }
}

#[tokio::test]
async fn a_shutdown_closes_connections_with_1001_and_waits_for_functions() {
    const CLIENTS: usize = 20;
    let (app, mut log) = logged();
    let mut server = Running::new(app).await;
    let mut peers = Vec::new();
    for _ in 0..CLIENTS {
        let mut peer = Peer::connect(&server).await;
        peer.send(frame(TEXT, "hello")).await;
        peer.next().await;
        peers.push(peer);
    }
    server.shut_down();
    for peer in &mut peers {
        assert_eq!(peer.code().await, 1001);
        peer.send(close(1001, "")).await;
        peer.ended().await;
    }
    server.ended().await;
    for _ in 0..CLIENTS {
        assert_eq!(next(&mut log).await, "Some(1001)");
    }
}

#[tokio::test]
async fn a_shutdown_cuts_off_what_does_not_end() {
    let app = Group::new("").get("/", async |ws: WebSocket| {
        ws.on_upgrade(async |socket| {
            std::future::pending::<()>().await;
            drop(socket);
            Ok(())
        })
    });
    let short = Duration::from_millis(300);
    let mut server = Running::with(app, |server| server.shutdown_timeout(short)).await;
    let mut peer = Peer::connect(&server).await;
    server.shut_down();
    assert_eq!(peer.code().await, 1001, "whatever the function waits for");
    server.ended().await;
    peer.ended().await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_disconnected() {
    const MESSAGE: usize = 64 << 10;
    let (sent, mut sent_rx) = mpsc::unbounded_channel::<usize>();
    let app = Group::new("").state(sent).get(
        "/",
        async |ws: WebSocket, State(sent): State<mpsc::UnboundedSender<usize>>| {
            ws.on_upgrade(async move |mut socket| {
                let mut count = 0;
                while socket.send(vec![0; MESSAGE]).await.is_ok() {
                    count += 1;
                }
                sent.send(count)?;
                Ok(())
            })
        },
    );
    let short = Duration::from_millis(500);
    let server = Running::with(app, |server| server.write_timeout(short)).await;
    let _peer = Peer::connect(&server).await;
    // The function is dropped with its connection, or it sees that the connection is closed.
    let count = timeout(LONG, sent_rx.recv()).await.expect("it ends");
    let bytes = count.unwrap_or_default() * MESSAGE;
    assert!(bytes < 16 << 20, "{bytes} bytes were sent");
}

#[tokio::test]
async fn pongs_are_sent_whatever_the_function_waits_for() {
    let (closed, mut closed_rx) = mpsc::unbounded_channel::<()>();
    let app = Group::new("").state(closed).get(
        "/",
        async |ws: WebSocket, State(closed): State<mpsc::UnboundedSender<()>>| {
            ws.on_upgrade(async move |socket| {
                closed.closed().await;
                drop(socket);
                Ok(())
            })
        },
    );
    let server = Running::new(app).await;
    let mut peer = Peer::connect(&server).await;
    peer.send(frame(PING, "are you there")).await;
    assert_eq!(peer.next().await, Some((PONG, b"are you there".to_vec())));
    peer.send(close(1000, "")).await;
    assert_eq!(peer.code().await, 1000);
    peer.ended().await;
    closed_rx.close();
}

/// Returns the frames that the server sends on a stream of HTTP/2, up to `length` bytes.
async fn received(body: &mut h2::RecvStream, length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < length {
        let data = timeout(LONG, body.data()).await.expect("the server sends");
        let Some(data) = data else { break };
        bytes.extend_from_slice(&data.expect("it is whole"));
    }
    bytes
}

/// Connects over HTTP/2.
async fn connect_http2(server: &Running) -> h2::client::SendRequest<Bytes> {
    let stream = server.stream().await;
    let (client, mut connection) = h2::client::handshake(stream).await.expect("it responds");
    let mut pings = connection.ping_pong().expect("no one else has them");
    tokio::spawn(connection);
    // The server's settings, which allow an extended CONNECT, come before the pong.
    let pong = pings.ping(h2::Ping::opaque()).await;
    pong.expect("the server responds");
    client
}

/// Requests another protocol on a stream of its own.
async fn tunnel(
    client: &mut h2::client::SendRequest<Bytes>,
    path: &str,
    protocol: &'static str,
) -> (http::Response<h2::RecvStream>, h2::SendStream<Bytes>) {
    let request = http::Request::builder()
        .method("CONNECT")
        .uri(format!("http://a.example{path}"))
        .header("sec-websocket-version", "13")
        .header("origin", "https://a.example")
        .extension(h2::ext::Protocol::from_static(protocol))
        .body(());
    let sent = client.send_request(request.expect("it is sound"), false);
    let (response, stream) = sent.expect("the server allows it");
    let response = timeout(LONG, response).await.expect("it is answered");
    (response.expect("it is whole"), stream)
}

#[tokio::test]
async fn the_same_handler_serves_http2() {
    let (app, mut log) = logged();
    let server = Running::new(app).await;
    let mut client = connect_http2(&server).await;
    let (response, mut stream) = tunnel(&mut client, "/", "websocket").await;
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key("sec-websocket-accept"));
    assert!(!response.headers().contains_key("upgrade"));
    let mut body = response.into_body();
    // Several streams share the connection, and requests go on beside them.
    let (second, mut other) = tunnel(&mut client, "/", "websocket").await;
    let mut second = second.into_body();
    for (stream, body, text) in [
        (&mut stream, &mut body, "hello"),
        (&mut other, &mut second, "other"),
    ] {
        let sent = stream.send_data(frame(TEXT, text).into(), false);
        sent.expect("it is open");
        let expected = [&[TEXT, 5], text.as_bytes()].concat();
        assert_eq!(received(body, 7).await, expected);
    }
    let sent = stream.send_data(close(4001, "").into(), false);
    sent.expect("it is open");
    assert_eq!(
        received(&mut body, usize::MAX).await,
        [CLOSE, 2, 0x0f, 0xa1]
    );
    assert_eq!(next(&mut log).await, "Some(4001)");
    other.send_reset(h2::Reason::CANCEL);
    assert_eq!(next(&mut log).await, "None");
}

#[tokio::test]
async fn over_http2_only_a_websocket_is_opened() {
    let app = app()
        .get("/page", async || "a page")
        .post("/post", async |ws: WebSocket| ws.on_upgrade(echo));
    let server = Running::new(app).await;
    let mut client = connect_http2(&server).await;
    for (path, protocol, status) in [
        ("/page", "websocket", 501),
        ("/", "other", 426),
        ("/page", "other", 501),
        ("/nowhere", "websocket", 404),
        ("/post", "websocket", 405),
    ] {
        let (response, _) = tunnel(&mut client, path, protocol).await;
        assert_eq!(response.status(), status, "{path} {protocol}");
    }
    // A CONNECT to a host is a proxy's.
    let request = http::Request::connect("a.example:80").body(());
    let sent = client.send_request(request.expect("it is sound"), true);
    let (response, _) = sent.expect("it is sent");
    let response = timeout(LONG, response).await.expect("it is answered");
    assert_eq!(response.expect("it is whole").status(), 501);
    let request = http::Request::get("http://a.example/").body(());
    let sent = client.send_request(request.expect("it is sound"), true);
    let (response, _) = sent.expect("it is sent");
    let response = timeout(LONG, response).await.expect("it is answered");
    assert_eq!(response.expect("it is whole").status(), 426);
}

#[tokio::test]
async fn a_shutdown_closes_streams_of_http2_with_1001() {
    let (app, mut log) = logged();
    let mut server = Running::new(app).await;
    let mut client = connect_http2(&server).await;
    let (response, mut stream) = tunnel(&mut client, "/", "websocket").await;
    let mut body = response.into_body();
    server.shut_down();
    assert_eq!(received(&mut body, 4).await, [CLOSE, 2, 0x03, 0xe9]);
    let sent = stream.send_data(close(1001, "").into(), true);
    sent.expect("it is open");
    assert_eq!(next(&mut log).await, "Some(1001)");
    drop((client, stream, body));
    server.ended().await;
}

/// Without a request under way, the connection was closed as idle.
#[tokio::test]
async fn a_socket_over_http2_is_not_an_idle_connection() {
    let short = Duration::from_millis(300);
    let server = Running::with(app(), |server| server.keep_alive_timeout(short)).await;
    let mut client = connect_http2(&server).await;
    let (response, mut stream) = tunnel(&mut client, "/", "websocket").await;
    let mut body = response.into_body();
    // An idle connection gets a GOAWAY, and a second for its streams.
    tokio::time::sleep(2 * short + Duration::from_secs(1)).await;
    let sent = stream.send_data(frame(TEXT, "hello").into(), false);
    sent.expect("it is open");
    assert_eq!(received(&mut body, 7).await, b"\x81\x05hello");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_vanishes_is_noticed_by_pings() {
    let (app, mut log) = logged();
    let client = Client::new(app);
    // It is not polled, so that it sends no pongs.
    let vanished = client.websocket("/").await.expect("it is accepted");
    let start = Instant::now();
    assert_eq!(next(&mut log).await, "None");
    let took = start.elapsed();
    assert_eq!(took.as_secs(), 40, "a ping after 20 s, the end after 40 s");
    drop(vanished);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_client_that_is_there_stays_connected() {
    let app = Group::new("").get("/", async |ws: WebSocket| {
        ws.on_upgrade(async |mut socket| {
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            socket.send("still there").await?;
            Ok(())
        })
    });
    let mut socket = Client::new(app)
        .websocket("/")
        .await
        .expect("it is accepted");
    let message = socket.recv().await.expect("it is connected");
    assert_eq!(message.as_text(), Some("still there"));
}

#[tokio::test(start_paused = true)]
async fn a_client_is_read_only_as_fast_as_the_app_receives() {
    let app = Group::new("").get("/", async |ws: WebSocket| {
        ws.on_upgrade(async |mut socket| {
            tokio::time::sleep(Duration::from_secs(600)).await;
            while socket.recv().await.is_some() {}
            Ok(())
        })
    });
    let mut socket = Client::new(app)
        .websocket("/")
        .await
        .expect("it is accepted");
    let message = Message::from(vec![0; 64 << 10]);
    let mut sent = 0;
    let flood = async {
        loop {
            socket.send(message.clone()).await;
            sent += 1;
        }
    };
    let minute = Duration::from_secs(60);
    timeout(minute, flood).await.expect_err("there is no end");
    assert!(sent < 8, "{sent} messages were read ahead");
    socket.close(1000, "").await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_confirm_the_end_is_dropped() {
    let (done, mut done_rx) = mpsc::unbounded_channel::<u64>();
    let app = Group::new("").state(done).get(
        "/",
        async |ws: WebSocket, State(done): State<mpsc::UnboundedSender<u64>>| {
            ws.on_upgrade(async move |socket| {
                let start = Instant::now();
                socket.close(1000, "bye").await;
                done.send(start.elapsed().as_secs())?;
                Ok(())
            })
        },
    );
    // It is not polled, so that it confirms nothing.
    let socket = Client::new(app)
        .websocket("/")
        .await
        .expect("it is accepted");
    assert_eq!(done_rx.recv().await, Some(5));
    drop(socket);
}

#[tokio::test]
async fn a_thousand_sockets_get_a_message_and_leave_nothing_behind() {
    const CLIENTS: usize = 1_000;
    let (room, _) = broadcast::channel::<Message>(4);
    let app = Group::new("").state(room.clone()).get(
        "/",
        async |ws: WebSocket, State(room): State<broadcast::Sender<Message>>| {
            let messages = room.subscribe();
            ws.on_upgrade(async move |socket| forward(socket, messages).await)
        },
    );
    let server = Running::new(app).await;
    let mut peers = Vec::new();
    for _ in 0..CLIENTS {
        peers.push(Peer::connect(&server).await);
    }
    let message = Message::from("hello");
    assert_eq!(room.send(message).ok(), Some(CLIENTS));
    for peer in &mut peers {
        assert_eq!(peer.next().await, Some((TEXT, b"hello".to_vec())));
    }
    drop(peers);
    timeout(LONG, room.closed())
        .await
        .expect("all functions end");
}

async fn forward(
    mut socket: Socket,
    mut messages: broadcast::Receiver<Message>,
) -> gin::Result<()> {
    loop {
        select! {
            message = messages.recv() => socket.send(message?).await?,
            message = socket.recv() => if message.is_none() {
                return Ok(());
            },
        }
    }
}
