//! The memory of the dev server while a client or the app takes nothing.

use std::fs;
use std::time::Duration;

use gin_tests::{Dev, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The bytes of a large body.
const LARGE: usize = 256_000_000;
/// The most bytes that may be on the way, in buffers of sockets and of the proxy.
const UNDERWAY: usize = 64_000_000;
/// The most bytes by which the resident memory of the dev server may grow.
const GROWTH: usize = 16_000_000;

/// An app that sends a large body until nothing is taken for a while, and prints how much was. It reads no body of a request.
const APP: &str = r#"
use std::io::{Read, Write};
use std::time::Duration;

fn main() {
    let port = std::env::var("PORT").unwrap();
    let listener = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    for stream in listener.incoming() {
        let stream = stream.expect("a client connects");
        std::thread::spawn(move || respond(stream));
    }
}

fn respond(mut stream: std::net::TcpStream) {
    let mut head = [0; 1024];
    let count = stream.read(&mut head).unwrap();
    if count == 0 {
        // The dev server has looked whether the app accepts connections.
        return;
    }
    if head[..count].starts_with(b"POST") {
        println!("an upload has come");
        std::thread::park();
    }
    stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 256000000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let (piece, mut sent) = (vec![b'x'; 1_000_000], 0);
    while sent < 256_000_000 {
        match stream.write(&piece[..piece.len().min(256_000_000 - sent)]) {
            Ok(count) => sent += count,
            Err(_) => break,
        }
    }
    println!("taken: {sent}");
    std::thread::park();
}
"#;

/// The dev server's process, whose peak of memory is measured from now on.
pub(crate) struct Measured {
    process: u32,
    before: usize,
}

impl Measured {
    pub(crate) fn of(app: &Dev) -> Measured {
        let mut processes = app.processes().into_iter();
        let is_server = |line: &str| line.contains("cargo-gin ") && line.contains(" dev ");
        let server = processes.find(|process| is_server(&process.command_line));
        let process = server.expect("the dev server runs").id;
        // proc(5): this resets the peak to the present value.
        fs::write(format!("/proc/{process}/clear_refs"), "5").expect("the peak can be reset");
        let before = peak(process);
        Measured { process, before }
    }

    /// Returns the peak since then, in bytes.
    pub(crate) fn peak(&self) -> usize {
        peak(self.process)
    }

    fn is_bounded(&self) {
        let growth = peak(self.process).saturating_sub(self.before);
        assert!(
            growth < GROWTH,
            "the dev server has grown by {growth} bytes"
        );
    }
}

/// Returns the peak of a process's resident memory, in bytes.
fn peak(process: u32) -> usize {
    let status =
        fs::read_to_string(format!("/proc/{process}/status")).expect("the dev server runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kilobytes
        .expect("the kernel reports the peak")
        .parse::<usize>()
        .expect("it is a number")
        * 1024
}

/// Opens a connection and sends the head of a request.
async fn send(app: &Dev, line: &str, more: &str) -> TcpStream {
    let mut client = TcpStream::connect(app.address())
        .await
        .expect("the dev server listens");
    let head = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n{more}\r\n"
    );
    client
        .write_all(head.as_bytes())
        .await
        .expect("the head can be sent");
    client
}

async fn ready(option: &str) -> Dev {
    let app = Sandbox::with_main(APP).dev().arg(option).await;
    app.phase("ready").await;
    app
}

#[tokio::test]
async fn a_client_that_takes_nothing_costs_little() {
    for option in ["--record-bodies", "--no-reload"] {
        let app = ready(option).await;
        let measured = Measured::of(&app);
        let client = send(&app, "GET /", "").await;
        let is_taken = |event: &serde_json::Value| {
            let text = event["text"].as_str().unwrap_or_default();
            text.starts_with("taken: ")
        };
        let event = app.events.find("the app to be stalled", is_taken).await;
        let text = event["text"].as_str().unwrap();
        let taken: usize = text["taken: ".len()..].trim().parse().unwrap();
        assert!(taken < UNDERWAY, "{taken} bytes were taken");
        measured.is_bounded();
        drop(client);
    }
}

#[tokio::test]
async fn a_large_response_costs_little_even_if_it_is_taken() {
    let app = ready("--record-bodies").await;
    let measured = Measured::of(&app);
    let mut client = send(&app, "GET /", "").await;
    let (mut buffer, mut taken) = (vec![0; 1_000_000], 0);
    while taken < LARGE {
        let read = gin_tests::within("the rest of the body", client.read(&mut buffer)).await;
        let count = read.unwrap();
        assert_ne!(count, 0, "the body ends after {taken} bytes");
        taken += count;
    }
    measured.is_bounded();
}

#[tokio::test]
async fn an_app_that_takes_nothing_costs_little() {
    let app = ready("--record-bodies").await;
    let measured = Measured::of(&app);
    let mut client = send(&app, "POST /", &format!("Content-Length: {LARGE}\r\n")).await;
    let (piece, mut taken) = (vec![b'x'; 1_000_000], 0);
    while taken < LARGE {
        let write = timeout(Duration::from_secs(1), client.write(&piece)).await;
        let Ok(count) = write else { break };
        taken += count.unwrap();
    }
    assert!(taken < UNDERWAY, "{taken} bytes were taken");
    measured.is_bounded();
}
