//! A server in a process of its own that gets a signal while it responds.

use std::collections::BTreeMap;
use std::time::Duration;

use gin::Server;
use gin::prelude::*;
use nix::sys::signal::Signal;

use crate::child::Served;
use crate::frames::{
    self, ACK, DATA, END_HEADERS, END_STREAM, Frame, GOAWAY, HEADERS, PING, PREFACE, SETTINGS,
    frame,
};
use crate::transport;

const SIGNALS: [Signal; 2] = [Signal::SIGTERM, Signal::SIGINT];

#[tokio::test]
async fn over_http1_a_response_ends_and_says_that_its_connection_does() {
    for signal in SIGNALS {
        let server = Served::start();
        let mut before = server.connect().await;
        before
            .send("GET /until-shutdown HTTP/1.1\r\nhost: a\r\n\r\n")
            .await;
        let mut within = server.connect().await;
        within
            .send("GET /stream-until-shutdown HTTP/1.1\r\nhost: a\r\n\r\n")
            .await;
        within.until("begun").await;
        server.signal(signal);
        let response = before.rest().await;
        assert!(response.contains("connection: close\r\n"), "{response}");
        assert!(response.ends_with("bye"), "{response}");
        let rest = within.rest().await;
        let is_whole = rest.contains("ended") && rest.ends_with("0\r\n\r\n");
        assert!(is_whole, "{rest}");
        server.ended();
    }
}

/// The head of a `GET` of `path`.
fn head(path: &str) -> Vec<u8> {
    let length = u8::try_from(path.len()).expect("it is short");
    // `GET http://a` and a literal path (RFC 7541 §6.2.2).
    [b"\x82\x86\x01\x01a\x04", &[length][..], path.as_bytes()].concat()
}

#[tokio::test]
async fn over_http2_responses_end_and_the_client_gets_a_goaway() {
    for signal in SIGNALS {
        let server = Served::start();
        let mut wire = server.connect().await;
        wire.send(PREFACE).await;
        let frames = [
            frame(SETTINGS, 0, 0, b""),
            frame(
                HEADERS,
                END_HEADERS | END_STREAM,
                1,
                &head("/until-shutdown"),
            ),
            frame(
                HEADERS,
                END_HEADERS | END_STREAM,
                3,
                &head("/stream-until-shutdown"),
            ),
        ];
        wire.send(frames.concat()).await;
        let mut frames = Vec::new();
        while let Some(frame) = Frame::read(&mut wire.0).await {
            match frame.kind {
                DATA if frame.payload == b"begun" => server.signal(signal),
                // The server waits for the response before it closes the connection.
                PING => wire.send(frames::frame(PING, ACK, 0, &frame.payload)).await,
                _ => {}
            }
            frames.push(frame);
        }
        let mut bodies = BTreeMap::<u32, Vec<u8>>::new();
        for frame in frames.iter().filter(|frame| frame.kind == DATA) {
            bodies
                .entry(frame.stream)
                .or_default()
                .extend(&frame.payload);
        }
        assert_eq!(bodies[&1], b"bye");
        assert_eq!(bodies[&3], b"begunended");
        for stream in [1, 3] {
            let last = frames.iter().rfind(|frame| frame.stream == stream);
            let last = last.expect("it has frames");
            assert_eq!(last.flags & END_STREAM, END_STREAM, "{last:?}");
        }
        let farewell = frames.iter().rfind(|frame| frame.kind == GOAWAY);
        let farewell = farewell.expect("the server announces its end");
        // The last stream that was processed, and the code NO_ERROR.
        assert_eq!(farewell.payload[..8], [0, 0, 0, 3, 0, 0, 0, 0]);
        server.ended();
    }
}

#[tokio::test]
#[ignore = "the test below runs it, in a process of its own"]
async fn server_that_drains_for_ever() {
    let app = Group::new("")
        .get("/", async || "hello")
        .get("/begun-and-never-ended", async || {
            Body::from_writer(async |mut out| {
                out.send("begun").await;
                std::future::pending::<()>().await;
            })
        });
    let server = transport::served(Server::new(Engine::new(app).expect("it is sound")));
    let server = server.drain_delay(Duration::MAX);
    let server = server.shutdown_timeout(Duration::MAX);
    server.run().await.expect("it runs");
}

#[tokio::test]
async fn a_server_that_drains_for_ever_serves_until_a_second_signal() {
    for signal in SIGNALS {
        let server = Served::running("signals::server_that_drains_for_ever");
        assert!(server.get("/").await.ends_with("hello"));
        server.signal(signal);
        let mut kept = server.connect().await;
        let mut response = String::new();
        // The first signal has reached the server once it says so.
        while !response.contains("connection: close\r\n") {
            kept.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
            response = kept.until("hello").await;
        }
        let mut running = server.begin("/begun-and-never-ended").await;
        running.until("begun").await;
        server.signal(signal);
        assert_eq!(running.rest().await, "");
        server.ended();
    }
}
