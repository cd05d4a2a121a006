//! Clients that break the rules of HTTP/3 on purpose.

use bytes::Bytes;
use gin::prelude::*;
use http::Request;
use quinn::ConnectionError;
use tokio::sync::mpsc;

use crate::fixture::{Running, close_code, in_time, url};

const FRAME_UNEXPECTED: u64 = 0x105;
const FRAME_ERROR: u64 = 0x106;
const DECOMPRESSION_FAILED: u64 = 0x200;

/// The head of `POST https://a/`, with fields of the static table (RFC 9204 appendix A).
const POST: [u8; 8] = [0, 0, 0xd4, 0xd7, 0x50, 1, b'a', 0xc1];

/// The head of `GET https://a/`.
const GET: [u8; 8] = [0, 0, 0xd1, 0xd7, 0x50, 1, b'a', 0xc1];

/// `content-type: text/plain`, which counts 54 bytes.
const TEXT_PLAIN: u8 = 0xc0 | 0x35;

fn app() -> Group {
    Group::new("").post("/", async |body: Bytes| body)
}

/// Sends `bytes` as a request, and returns what comes back.
async fn exchange(connection: &quinn::Connection, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let (mut send, mut recv) = connection.open_bi().await.expect("it is sound");
    send.write_all(bytes).await.expect("it is sound");
    send.finish().expect("it is sound");
    let response = in_time(recv.read_to_end(1 << 20)).await;
    response.map_err(|error| error.to_string())
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|it| it == text.as_bytes())
}

fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("it is sound");
    assert!(length < 64);
    [&[kind, length], payload].concat()
}

#[tokio::test]
async fn empty_and_unknown_frames_do_not_end_a_body() {
    let server = Running::new(app()).await;
    let connection = server.connection().await;
    let request = [
        frame(0x21, b"grease"),
        frame(1, &POST),
        frame(0, b""),
        frame(0, b"he"),
        frame(0x21, b"grease"),
        frame(0, b""),
        frame(0, b"llo"),
        frame(0, b""),
    ];
    let response = exchange(&connection, &request.concat()).await.unwrap();
    let hello = frame(0, b"hello");
    let mut windows = response.windows(hello.len());
    assert!(windows.any(|window| window == hello), "{response:?}");
    server.ended().await;
}

#[tokio::test]
async fn a_violation_closes_the_connection_with_its_code() {
    let server = Running::new(app()).await;
    let cases = [
        (frame(0, b"data before a head"), FRAME_UNEXPECTED),
        (
            [frame(1, &POST), vec![0, 5, b'h', b'e']].concat(),
            FRAME_ERROR,
        ),
        ([frame(1, &POST), frame(4, b"")].concat(), FRAME_UNEXPECTED),
        ([frame(1, &POST), frame(2, b"")].concat(), FRAME_UNEXPECTED),
        (frame(1, &[2, 0, 0x80]), DECOMPRESSION_FAILED),
        (frame(1, &[]), DECOMPRESSION_FAILED),
    ];
    for (bytes, code) in cases {
        let connection = server.connection().await;
        let result = exchange(&connection, &bytes).await;
        let closed = in_time(connection.closed()).await;
        assert_eq!(
            close_code(&closed),
            Some(code),
            "{bytes:?}: {closed} {result:?}"
        );
    }
    let connection = server.connection().await;
    assert!(exchange(&connection, &frame(1, &POST)).await.is_ok());
    server.ended().await;
}

#[tokio::test]
async fn a_client_of_another_protocol_is_refused() {
    let server = Running::new(app()).await;
    let mut tls = server.authority.client(&[&rustls::version::TLS13], None);
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let crypto = quinn::crypto::rustls::QuicClientConfig::try_from(tls).unwrap();
    let settings = quinn::ClientConfig::new(std::sync::Arc::new(crypto));
    let connecting = server
        .endpoint()
        .connect_with(settings, server.address, "localhost");
    let error = in_time(connecting.unwrap()).await.unwrap_err();
    assert!(
        matches!(error, ConnectionError::ConnectionClosed(_)),
        "{error}"
    );
    server.ended().await;
}

#[tokio::test]
async fn early_data_is_not_accepted() {
    let server = Running::new(app()).await;
    let endpoint = server.endpoint();
    let connect = || endpoint.connect(server.address, "localhost").unwrap();
    // A ticket comes with the first data of the server.
    let connection = in_time(connect()).await.unwrap();
    exchange(&connection, &frame(1, &POST)).await.unwrap();
    // Without it, the client has no early data to send.
    assert!(connect().into_0rtt().is_err());
    server.ended().await;
}

#[tokio::test]
async fn a_host_is_the_authority_whatever_the_case_of_its_letters() {
    const HOST: &[u8] = b"\x24host\x01";
    const ENCODED_HOST: &[u8] = b"\x2b\x9c\xe8\x4f";
    const ENCODED_A: &[u8] = b"\x81\x87";
    const NOT: &str = "the Host is not the authority";
    let (log, mut refused) = mpsc::unbounded_channel();
    let app = app().on_error(move |_, problem| {
        log.send(()).expect("the test listens");
        (problem.status(), problem.to_string())
    });
    let app = app.get("/", async |cx: &mut Context| {
        cx.header("host").unwrap_or("none").to_owned()
    });
    let server = Running::new(app).await;
    let connection = server.connection().await;
    for (host, expected) in [
        ([HOST, b"a"].concat(), "\x01a"),
        ([HOST, b"A"].concat(), "\x01A"),
        ([ENCODED_HOST, ENCODED_A].concat(), "\x01A"),
        ([HOST, b"b"].concat(), NOT),
        ([ENCODED_HOST, b"\x01b"].concat(), NOT),
        (
            [HOST, b"A", HOST, b"A"].concat(),
            "there is more than one Host",
        ),
        (vec![], "none"),
    ] {
        let head = [&GET[..], &host].concat();
        let response = exchange(&connection, &frame(1, &head)).await.unwrap();
        assert!(contains(&response, expected), "{host:?}: {response:?}");
        let is_refused = refused.try_recv().is_ok();
        assert_eq!(is_refused, expected.contains("Host"), "{host:?}");
    }
    server.ended().await;
}

#[tokio::test]
async fn no_other_field_becomes_the_host() {
    let app = Group::new("").get("/", async |cx: &mut Context| {
        let fields = cx.headers().iter();
        let fields = fields.map(|(name, value)| format!("{name}={value:?}\n"));
        fields.collect::<String>()
    });
    let server = Running::new(app).await;
    let mut client = server.connect().await;
    // The name under which the `Host` was once kept from h3.
    let request = Request::get(url("/")).header("host-beside-authority", "b");
    let response = client.send(request.body(Bytes::new()).unwrap()).await;
    let response = response.unwrap();
    assert_eq!(response.text(), "host-beside-authority=\"b\"\n");
    server.ended().await;
}

#[tokio::test]
async fn a_malformed_head_is_a_problem_and_its_connection_goes_on() {
    let app = app().on_error(|cx, problem| {
        let version = format!("{:?}", cx.version());
        let text = format!("our words for {problem}");
        (problem.status(), [("x-version", version)], text)
    });
    let server = Running::new(app).await;
    let mut client = server.connect().await;
    let malformed = Request::post("/").header("host", "a b");
    let response = client.send(malformed.body(Bytes::new()).unwrap()).await;
    let response = response.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(response.header("x-version"), Some("HTTP/3.0"));
    assert!(response.header("date").is_some());
    let words = "our words for 400 Bad Request: the head of the request is malformed";
    assert_eq!(response.text(), words);
    let sound = Request::post(url("/")).body(Bytes::from("hello"));
    let response = client.send(sound.unwrap()).await.unwrap();
    assert_eq!(response.text(), "hello");
    server.ended().await;
}

#[tokio::test]
async fn noise_is_dropped() {
    let server = Running::new(app()).await;
    let noise = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for length in [0, 1, 20, 1200] {
        for first in [0, 0x40, 0xc0, 0xff] {
            let datagram = vec![first; length];
            noise.send_to(&datagram, server.address).await.unwrap();
        }
    }
    let connection = server.connection().await;
    assert!(exchange(&connection, &frame(1, &POST)).await.is_ok());
    server.ended().await;
}

#[tokio::test]
async fn a_small_head_that_is_decoded_to_a_large_one_is_refused() {
    let server = Running::with(app(), |server| server.max_header_size(2_000)).await;
    let connection = server.connection().await;
    let head = [&POST[..], &[TEXT_PLAIN; 100]].concat();
    let request = [&[1, 0x40, 108][..], &head].concat();
    let response = exchange(&connection, &request).await.unwrap();
    // `HEADERS` comes first.
    assert_eq!(response.first(), Some(&1));
    assert!(contains(&response, "431 Request Header Fields Too Large"));
    server.ended().await;
}

#[tokio::test]
async fn many_handshakes_make_clients_show_their_address() {
    const RETRY: u8 = 0xf0;
    let server = Running::new(app()).await;
    // It takes the first packets of clients, and sends them on as a client that never goes on.
    let attacker = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let target = attacker.local_addr().unwrap();
    let endpoint = server.endpoint();
    let mut packet = vec![0; 2048];
    let mut victims = Vec::new();
    let is_retried = async {
        loop {
            victims.push(endpoint.connect(target, "localhost").unwrap());
            loop {
                let (length, from) = attacker.recv_from(&mut packet).await.unwrap();
                if from != server.address {
                    let initial = &packet[..length];
                    attacker.send_to(initial, server.address).await.unwrap();
                    break;
                }
                if packet[0] & RETRY == RETRY {
                    return;
                }
            }
        }
    };
    in_time(is_retried).await;
    // Others are served anyway.
    let connection = server.connection().await;
    assert!(exchange(&connection, &frame(1, &POST)).await.is_ok());
}
