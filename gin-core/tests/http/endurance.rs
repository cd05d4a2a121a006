//! Load and abuse: many connections, resets at every byte, floods of frames.

use futures_util::FutureExt;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::child::Served;
use crate::frames::{
    self, CONTINUATION, DATA, END_HEADERS, END_STREAM, GET, HEADERS, PING, POST, PREFACE, SETTINGS,
    frame,
};
use crate::multiplex::{self, begin, request, send, text};
use crate::transport::{CROWD, IDLE_MEMORY, socket};
use crate::wire::{LONG, Wire};

#[tokio::test]
async fn ten_thousand_idle_connections_have_little_memory() {
    let crowd = crowd();
    let server = Served::start();
    server.get("/").await;
    let before = server.peak();
    let mut wires = Vec::new();
    for _ in 0..crowd {
        let mut wire = server.connect().await;
        wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        wire.until("hello").await;
        wires.push(wire);
    }
    assert!(server.descriptors() >= crowd, "all are held");
    assert!(server.get("/").await.ends_with("hello"));
    let each = (server.peak() - before) / crowd;
    eprintln!("{crowd} idle connections took {each} bytes each");
    assert!(each < IDLE_MEMORY, "{each} bytes each");
    for wire in &mut wires {
        wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        wire.until("hello").await;
    }
    server.signal(Signal::SIGTERM);
    for wire in &mut wires {
        assert_eq!(wire.rest().await, "");
    }
    server.ended();
}

/// Fewer than over HTTP/1.1: the server looks for clients that answer no ping.
const HTTP2_CROWD: usize = 500;

/// The most memory for an idle connection over HTTP/2, in bytes.
const IDLE_HTTP2_MEMORY: usize = 48 << 10;

#[tokio::test]
async fn an_idle_connection_over_http2_has_little_memory() {
    let server = Served::start();
    server.get("/").await;
    let before = server.peak();
    let mut wires = Vec::new();
    for _ in 0..HTTP2_CROWD {
        let mut wire = server.connect().await;
        let settings = frame(SETTINGS, 0, 0, b"");
        wire.send([PREFACE.as_bytes(), &settings, &get(1)].concat())
            .await;
        wire.until("hello").await;
        wires.push(wire);
    }
    let each = (server.peak() - before) / HTTP2_CROWD;
    eprintln!("{HTTP2_CROWD} idle connections over HTTP/2 took {each} bytes each");
    assert!(each < IDLE_HTTP2_MEMORY, "{each}");
    for wire in &mut wires {
        wire.send(get(3)).await;
        wire.until("hello").await;
    }
}

fn get(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, stream, GET)
}

/// Returns the number of connections, or as many as the limit of descriptors allows.
fn crowd() -> usize {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("it is known");
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).expect("anyone may go up to the hard limit");
    let most = usize::try_from(hard).unwrap_or(usize::MAX);
    CROWD.min(most / 4 * 3)
}

#[tokio::test]
async fn a_reset_at_any_byte_leaks_nothing() {
    let server = Served::start();
    let request = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello";
    let mut kept = server.connect().await;
    kept.send(request).await;
    kept.until("\r\n\r\nhello").await;
    let before = server.descriptors();
    let mut resets = 0;
    while resets < CROWD {
        for end in 0..=request.len() {
            let mut wire = server.connect().await;
            socket(&wire.0).set_zero_linger().expect("it is open");
            wire.send(&request[..end]).await;
            resets += 1;
        }
    }
    let settled = async {
        while server.descriptors() != before {
            kept.send(request).await;
            kept.until("\r\n\r\nhello").await;
        }
    };
    timeout(LONG, settled)
        .await
        .expect("the connections are closed");
}

#[tokio::test]
async fn a_client_that_does_not_speak_http_is_refused_with_one_line_in_the_log() {
    let server = Served::start();
    let hello: &[u8] = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x1b[2J";
    let mut random = 0x2545_f491_u32;
    let noise: Vec<Vec<u8>> = (0..50).map(|_| noise(&mut random)).collect();
    let strangers = noise.iter().map(Vec::as_slice).chain([hello]);
    for bytes in strangers.clone() {
        let mut wire = server.connect().await;
        wire.send(bytes).await;
        let response = wire.rest().await;
        assert!(
            response.is_empty() || response.starts_with("HTTP/1.1 400 "),
            "{response}"
        );
    }
    assert!(server.get("/").await.ends_with("hello"));
    server.signal(Signal::SIGTERM);
    let log = server.ended();
    let refused = log.lines().filter(|line| line.contains("was refused"));
    assert_eq!(refused.count(), strangers.count(), "{log}");
    // On a busy machine any handler may block its thread, which is logged as well.
    let lines = log
        .lines()
        .filter(|line| !line.contains("blocked its thread"));
    assert_eq!(lines.count(), 52, "one more says that it listens: {log}");
    assert!(log.chars().all(|c| c == '\n' || !c.is_control()), "{log:?}");
}

/// Returns random bytes.
fn noise(random: &mut u32) -> Vec<u8> {
    let byte = || {
        // Xorshift, with shifts of 13, 17 and 5.
        *random ^= *random << 13;
        *random ^= *random >> 17;
        *random ^= *random << 5;
        random.to_le_bytes()[0]
    };
    std::iter::repeat_with(byte).take(256).collect()
}

#[tokio::test]
async fn a_handler_that_blocks_is_named_in_the_log() {
    let server = Served::start();
    // The server has one thread: other requests wait while the handler blocks.
    let mut blocking = server.begin("/block/a%1b%5b2Jwhile").await;
    assert!(server.get("/").await.ends_with("hello"));
    assert!(blocking.rest().await.starts_with("HTTP/1.1 200 "));
    names_the_handler_that_blocks(server);
}

#[tokio::test]
async fn over_http2_a_handler_that_blocks_is_named_in_the_log() {
    let server = Served::start();
    let mut client = multiplex::connect(server.stream().await).await;
    let blocking = request("http://a/block/while");
    let (blocking, _) = begin(&mut client, blocking, true).await;
    let other = send(&mut client, request("http://a/")).await;
    assert_eq!(text(other).await, "hello");
    let blocking = timeout(LONG, blocking).await.expect("it is answered");
    assert_eq!(blocking.expect("it is whole").status(), 200);
    drop(client);
    names_the_handler_that_blocks(server);
}

/// Ends the server, and checks that its log has one warning for the handler, if it has debug assertions.
fn names_the_handler_that_blocks(server: Served) {
    server.signal(Signal::SIGTERM);
    let log = server.ended();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("/block")).collect();
    assert_eq!(lines.len(), usize::from(cfg!(debug_assertions)), "{log}");
    let names_it =
        |line: &&str| line.contains("WARN") && line.contains("/block/:for blocked its thread");
    assert!(lines.iter().all(names_it), "{log}");
}

#[tokio::test]
async fn a_handler_that_panics_is_not_logged_as_blocking() {
    let server = Served::start();
    assert!(server.get("/panic").await.starts_with("HTTP/1.1 500 "));
    server.signal(Signal::SIGTERM);
    let log = server.ended();
    assert!(log.contains("the handler panics"), "{log}");
    assert!(!log.contains("blocked its thread"), "{log}");
}

#[tokio::test]
async fn a_flood_of_reset_streams_closes_the_connection() {
    const MOST: usize = 8 << 20;
    let server = Served::start();
    server.get("/").await;
    let before = server.peak();
    let (client, connection) = h2::client::handshake(server.stream().await)
        .await
        .expect("the server responds");
    let connection = tokio::spawn(connection);
    let mut resets = 0;
    while resets < 100_000 && !connection.is_finished() {
        let Ok(mut ready) = client.clone().ready().await else {
            break;
        };
        let request = http::Request::get(format!("http://{}/", server.address)).body(());
        let Ok((_, mut stream)) = ready.send_request(request.expect("it is sound"), false) else {
            break;
        };
        stream.send_reset(h2::Reason::CANCEL);
        resets += 1;
        tokio::task::yield_now().await;
    }
    assert!(resets < 100_000, "the server put up with {resets} resets");
    assert!(server.get("/").await.ends_with("hello"));
    let grown = server.peak() - before;
    assert!(grown < MOST, "{grown} bytes more after {resets} resets");
}

/// The end of a flood.
#[derive(Debug, PartialEq)]
enum End {
    /// The server closed the connection.
    Closed,
    /// The server reads no more.
    Stuck,
    /// The server has taken all of it.
    Swallowed,
}

#[tokio::test]
async fn an_endless_head_closes_the_connection() {
    let part = [vec![0, 1, b'x', 126], vec![b'y'; 126]]
        .concat()
        .repeat(100);
    for fragment in [part, Vec::new()] {
        let mut opening = frame(HEADERS, 0, 1, GET);
        opening.extend(frame(CONTINUATION, 0, 1, b""));
        let end = flood(opening, &frame(CONTINUATION, 0, 1, &fragment)).await;
        assert_eq!(end, End::Closed, "of {} bytes each", fragment.len());
    }
}

#[tokio::test]
async fn endless_empty_data_closes_the_connection() {
    let opening = frame(HEADERS, END_HEADERS, 1, POST);
    let end = flood(opening, &frame(DATA, 0, 1, b"")).await;
    assert_eq!(end, End::Closed);
}

#[tokio::test]
async fn a_flood_of_pings_or_settings_takes_no_memory() {
    for request in [frame(PING, 0, 0, b"12345678"), frame(SETTINGS, 0, 0, b"")] {
        flood(Vec::new(), &request).await;
    }
}

/// Sends `opening` and then `frame` again and again, without reading, and checks that the server's memory does not grow.
async fn flood(opening: Vec<u8>, frame: &[u8]) -> End {
    const MOST: usize = 8 << 20;
    let server = Served::start();
    server.get("/").await;
    let before = server.peak();
    let mut wire = server.connect().await;
    wire.send(PREFACE).await;
    wire.send(frames::frame(SETTINGS, 0, 0, b"")).await;
    wire.send(opening).await;
    let frames = frame.repeat((64 << 10) / frame.len());
    let end = pour(&server, &mut wire, &frames).await;
    assert!(server.get("/").await.ends_with("hello"));
    let grown = server.peak() - before;
    assert!(grown < MOST, "{grown} bytes more after {end:?}");
    end
}

/// Writes `bytes` again and again: until that fails, until nothing is taken while other clients get responses, or up to 32 MiB.
async fn pour(server: &Served, wire: &mut Wire, bytes: &[u8]) -> End {
    const ALL: usize = 32 << 20;
    const OTHERS: usize = 20;
    let (mut sent, mut others) = (0, 0);
    while sent < ALL {
        match wire.0.write(&bytes[sent % bytes.len()..]).now_or_never() {
            Some(Ok(length)) => {
                sent += length;
                others = 0;
            }
            Some(Err(_)) => return End::Closed,
            None if others == OTHERS => return End::Stuck,
            None => {
                assert!(server.get("/").await.ends_with("hello"));
                others += 1;
            }
        }
    }
    End::Swallowed
}
