//! Apps that fall silent, and clients that disconnect.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::proxy::tests::app::App;
use crate::proxy::tests::endpoints::body;
use crate::proxy::tests::rig::{Rig, crashed};
use crate::proxy::tests::wire::{code, field};
use crate::state::{Exit, Life, Phase, Reachable, Sent, Stream, Tail, TailLine};

/// The size of a field that no app sends, in bytes.
const HUGE: usize = 8 * 1024 * 1024;

const GET: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const VISIT: &str =
    "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nSec-Fetch-Dest: document\r\n\r\n";
const POST: &str = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn an_app_that_closes_the_connection_is_a_bad_gateway() {
    let (rig, app) = Rig::ready().await;
    for part in ["", "HTTP/1.1 200 OK\r\nContent-"] {
        let mut client = rig.send(GET).await;
        app.responds(part).await;
        let head = client.head().await;
        assert_eq!(
            (code(&head), field(&head, "x-gin-phase")),
            (502, Some("ready")),
            "{part:?}"
        );
        assert!(app.is_alone().await, "it gets no second request");
    }
}

#[tokio::test]
async fn a_panic_that_is_read_after_the_connection_has_closed_is_shown() {
    let rig = Rig::start().await;
    let app = App::listen().await;
    let (output_tx, output) = watch::channel(Tail::default());
    rig.becomes(Phase::Ready(Reachable {
        address: app.address,
        directory: PathBuf::new(),
        output,
        life: Life::endless(),
    }));
    let write = |text: &str| {
        output_tx.send_modify(|tail| {
            for text in text.lines().map(str::to_owned) {
                let stream = Stream::Stderr;
                tail.push(TailLine { stream, text });
            }
        });
    };
    write("thread 'main' panicked at src/old.rs:1:2:\nlong ago");
    let mut client = rig.send(GET).await;
    drop(app.request().await);
    write("thread 'main' panicked at src/new.rs:3:4:\nno user, token=hunter2");
    assert_eq!(code(&client.head().await), 502);
    let text = client.until("build 1").await;
    assert!(
        text.contains("Panic at src/new.rs:3:4: no user, token=••"),
        "{text}"
    );
    assert!(
        !text.contains("long ago") && !text.contains("hunter2"),
        "{text}"
    );
}

#[tokio::test]
async fn the_page_of_a_lost_request_reloads_with_the_next_build() {
    let (rig, app) = Rig::ready().await;
    for part in [
        "",
        "hello\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ] {
        let mut client = rig.send(VISIT).await;
        app.responds(part).await;
        assert_eq!(code(&client.head().await), 502, "{part:?}");
        client.until("data-build=\"1\" data-revision=").await;
    }
}

#[tokio::test]
async fn an_app_that_accepts_no_connection_is_a_bad_gateway() {
    let rig = Rig::start().await;
    let nobody = App::listen().await.address;
    rig.becomes(Phase::ready_at(nobody));
    let mut client = rig.send(GET).await;
    assert_eq!(code(&client.head().await), 502);
    client.until("runs, but accepts no connection").await;
}

#[tokio::test]
async fn a_crash_during_a_request_shows_the_crash_page() {
    let (rig, app) = Rig::ready().await;
    for request in [GET, POST] {
        rig.becomes(Phase::ready_at(app.address));
        let mut client = rig.send(request).await;
        drop(app.request().await);
        rig.becomes(crashed(101));
        let head = client.head().await;
        assert_eq!(
            (code(&head), field(&head, "x-gin-phase")),
            (502, Some("crashed"))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_with_a_panic_shows_the_crash_page_however_long_its_output_is_read() {
    for request in [GET, POST] {
        let rig = Rig::start().await;
        let app = App::listen().await;
        let (output_tx, output) = watch::channel(Tail::default());
        let (life_tx, life) = Life::begin();
        rig.becomes(Phase::Ready(Reachable {
            address: app.address,
            directory: PathBuf::new(),
            output,
            life,
        }));
        let mut client = rig.send(request).await;
        let exchange = app.request().await;
        output_tx.send_modify(|tail| {
            for text in ["thread 'main' panicked at src/main.rs:1:2:", "no"] {
                let (stream, text) = (Stream::Stderr, text.to_owned());
                tail.push(TailLine { stream, text });
            }
        });
        drop((exchange, life_tx));
        // The time passes at once: all others wait.
        tokio::time::sleep(Duration::from_secs(5)).await;
        rig.becomes(crashed(101));
        let head = client.head().await;
        assert_eq!(
            (code(&head), field(&head, "x-gin-phase")),
            (502, Some("crashed")),
            "{request}"
        );
    }
}

#[tokio::test]
async fn a_safe_request_that_lost_its_app_is_repeated() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(GET).await;
    drop(app.request().await);
    rig.builds();
    rig.holds(1).await;
    let next = App::listen().await;
    rig.becomes(Phase::ready_at(next.address));
    next.responds(OK).await;
    assert_eq!(code(&client.head().await), 200);
}

#[tokio::test]
async fn an_unsafe_request_that_lost_its_app_is_not_repeated() {
    let (rig, app) = Rig::ready().await;
    for request in [POST, "DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
        rig.becomes(Phase::ready_at(app.address));
        let mut client = rig.send(request).await;
        drop(app.request().await);
        rig.builds();
        let head = client.head().await;
        assert_eq!(
            (code(&head), field(&head, "x-gin-phase")),
            (502, Some("building"))
        );
        let next = App::listen().await;
        rig.becomes(Phase::ready_at(next.address));
        assert!(next.is_alone().await && app.is_alone().await, "{request}");
    }
}

#[tokio::test]
async fn an_unsent_request_goes_to_the_next_app_whatever_its_method() {
    let rig = Rig::start().await;
    let nobody = App::listen().await.address;
    rig.becomes(Phase::ready_at(nobody));
    let mut client = rig.send(POST).await;
    rig.has_pending(1).await;
    rig.builds();
    rig.holds(1).await;
    let next = App::listen().await;
    rig.becomes(Phase::ready_at(next.address));
    let (mut wire, _) = next.request().await;
    assert_eq!(wire.bytes(2).await, "hi");
    wire.send(OK).await;
    assert_eq!(code(&client.head().await), 200);
}

#[tokio::test]
async fn a_request_whose_app_is_lost_at_shutdown_gets_an_error() {
    for request in [GET, POST] {
        let (rig, app) = Rig::ready().await;
        let mut client = rig.send(request).await;
        let wire = app.request().await;
        drop((rig.status, app, wire));
        let head = client.head().await;
        assert!([502, 503].contains(&code(&head)), "{head}");
        rig.server.await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_closed_while_idle_fails_no_request() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.client().await;
    for _ in 0..60 {
        client.send(GET).await;
        let (wire, _) = app.responds(OK).await;
        client.head().await;
        assert_eq!(client.bytes(2).await, "ok");
        drop(wire);
    }
    for _ in 0..30 {
        client.send(POST).await;
        let (mut wire, _) = app.request().await;
        assert_eq!(wire.bytes(2).await, "hi");
        wire.send(OK).await;
        client.head().await;
        assert_eq!(client.bytes(2).await, "ok");
    }
    assert!(app.is_alone().await);
}

#[tokio::test]
async fn a_safe_request_on_a_connection_that_is_just_closing_is_sent_again() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(GET).await;
    let (mut wire, _) = app.responds(OK).await;
    client.head().await;
    assert_eq!(client.bytes(2).await, "ok");
    client.send(GET).await;
    wire.head().await;
    drop(wire);
    app.responds(OK).await;
    assert_eq!(code(&client.head().await), 200);
}

#[tokio::test]
async fn a_truncated_response_is_truncated_for_the_client() {
    let (rig, app) = Rig::ready().await;
    for (part, cut) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
            "hello",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "5\r\nhello\r\n",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello",
            "5\r\nhello\r\n",
        ),
    ] {
        let mut client = rig.send(GET).await;
        app.responds(part).await;
        client.head().await;
        assert_eq!(client.rest().await, cut);
    }
}

#[tokio::test]
async fn a_response_that_is_not_http_is_a_bad_gateway() {
    let (rig, app) = Rig::ready().await;
    let too_long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(HUGE));
    for bytes in [
        "hello\r\n\r\n",
        "\x16\x03\x01\x02\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/3.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX y: z\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        &too_long,
    ] {
        let mut client = rig.send(GET).await;
        let (mut wire, _) = app.request().await;
        // The proxy closes the connection once it has read enough.
        let _ = tokio::io::AsyncWriteExt::write_all(&mut wire.stream, bytes.as_bytes()).await;
        let shown = &bytes[..bytes.len().min(80)];
        let head = client.head().await;
        assert_eq!(
            (code(&head), field(&head, "x-gin-phase")),
            (502, Some("ready")),
            "{shown:?}"
        );
    }
}

#[tokio::test]
async fn a_content_length_beside_chunks_is_dropped() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(GET).await;
    app.responds("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").await;
    assert_eq!(field(&client.head().await, "content-length"), None);
    assert_eq!(client.until("0\r\n\r\n").await, "5\r\nhello\r\n0\r\n\r\n");
}

#[tokio::test]
async fn bytes_after_a_response_reach_no_client() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(GET).await;
    let (wire, _) = app
        .responds(&format!(
            "{OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
        ))
        .await;
    client.head().await;
    assert_eq!(client.bytes(2).await, "ok");
    for mut client in [client, rig.client().await] {
        client.send(GET).await;
        app.responds(OK).await;
        client.head().await;
        assert_eq!(client.bytes(2).await, "ok");
    }
    drop(wire);
}

#[tokio::test]
async fn a_client_that_disconnects_cancels_its_request() {
    let (rig, app) = Rig::ready().await;
    let client = rig.send(GET).await;
    let (mut wire, _) = app.request().await;
    drop(client);
    assert_eq!(wire.rest().await, "");

    let mut client = rig.send(GET).await;
    let (mut wire, _) = app
        .responds("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        .await;
    client.head().await;
    drop(client);
    assert_eq!(wire.rest().await, "");

    let client = rig
        .send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhello")
        .await;
    let (mut wire, _) = app.request().await;
    drop(client);
    assert_eq!(wire.rest().await, "hello");
}

#[tokio::test]
async fn no_connection_outlives_its_app() {
    let (rig, app) = Rig::ready().await;
    let mut client = rig.send(GET).await;
    let (mut wire, _) = app.responds(OK).await;
    client.head().await;
    client.bytes(2).await;
    rig.builds();
    assert_eq!(wire.rest().await, "");
}

#[tokio::test]
async fn a_request_over_which_the_app_exits_is_named_and_not_sent_again() {
    let (rig, app) = Rig::ready().await;
    let pay = "GET /pay?card=7 HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n";
    let mut client = rig.send(pay).await;
    let (wire, _) = app.request().await;
    let sent = rig.in_flight.now();
    let names: Vec<_> = sent.iter().map(Sent::to_string).collect();
    assert_eq!(names, ["GET /pay"]);
    drop(wire);
    let Phase::Crashed(exit) = crashed(1) else {
        panic!("it has crashed");
    };
    let exit = Exit {
        in_flight: sent,
        ..Exit::clone(&exit)
    };
    rig.becomes(Phase::Crashed(Arc::new(exit)));
    let head = client.head().await;
    assert_eq!(code(&head), 502);
    let page = body(&mut client, &head).await;
    for part in [
        "data-revisit=\"unless-0\"",
        "while it served <code>GET /pay</code>",
        "<a href=\"/__gin/requests/0\"><b>GET</b> <span>/pay</span></a>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(rig.in_flight.now().is_empty());
    // A request that comes later may be sent as soon as an app is ready.
    let mut client = rig.send(pay).await;
    let head = client.head().await;
    let page = body(&mut client, &head).await;
    assert!(page.contains("data-revisit=\"freely\""), "{page}");
}
