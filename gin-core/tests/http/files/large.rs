//! Files that are too large for memory, or change while they are sent.

use std::fs::File;
use std::io::Write;

use gin::Server;
use gin::files::Dir;
use gin::prelude::*;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::child::{Served, command};
use crate::files::{Site, header};
use crate::wire::{LONG, Running};

const GIBIBYTE: u64 = 1 << 30;

#[tokio::test]
#[ignore = "another test runs it, in a process of its own"]
async fn server() {
    let directory = std::env::var("GIN_TEST_FILES").expect("it is given");
    let app = Group::new("").files("/", Dir::new(directory));
    let server = Server::new(Engine::new(app).expect("it is sound"));
    server.run().await.expect("a socket was passed on");
}

#[tokio::test]
async fn two_gibibytes_take_little_memory() {
    let site = Site::new(&[("small", "hello")]);
    let large = File::create(site.root().join("large")).expect("there is room");
    // The blocks of a file without content take no room.
    large.set_len(2 * GIBIBYTE).expect("there is room");
    let mut program = command("files::large::server");
    program.env("GIN_TEST_FILES", site.root());
    let server = Served::with(program);
    assert!(server.get("/small").await.ends_with("hello"));
    let before = server.peak();
    let mut wire = server.begin("/large").await;
    let head = wire.until("\r\n\r\n").await;
    assert_eq!(
        header(&head, "content-length"),
        Some("2147483648"),
        "{head}"
    );
    let (_, first) = head.split_once("\r\n\r\n").expect("it is there");
    let mut received = first.len() as u64;
    let mut chunk = vec![0; 1 << 18];
    loop {
        let read = timeout(LONG, wire.0.read(&mut chunk)).await;
        match read
            .expect("the server sends")
            .expect("the connection holds")
        {
            0 => break,
            length => received += length as u64,
        }
    }
    assert_eq!(received, 2 * GIBIBYTE);
    let grown = server.peak() - before;
    eprintln!("2 GiB took {grown} bytes");
    assert!(grown < 16 << 20, "{grown} bytes");
}

/// More than the buffers of two sockets hold.
const MUCH: usize = 24 << 20;

#[tokio::test]
async fn a_file_that_shrinks_cuts_the_connection() {
    let site = Site::new(&[]);
    site.write("file", vec![b'x'; MUCH]);
    let server = Running::new(Group::new("").files("/", site.dir())).await;
    let mut wire = server.connect().await;
    wire.send("GET /file HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let head = wire.until("\r\n\r\n").await;
    assert_eq!(header(&head, "content-length"), Some(&*MUCH.to_string()));
    let file = File::options().write(true).open(site.root().join("file"));
    file.expect("it is there")
        .set_len(1_000)
        .expect("it is ours");
    // The connection is kept alive otherwise: then this would wait.
    let rest = wire.rest().await;
    assert!(rest.len() < MUCH, "{} bytes", rest.len());
    server.ended().await;
}

#[tokio::test]
async fn a_file_that_grows_is_sent_to_its_first_length() {
    let site = Site::new(&[]);
    site.write("file", vec![b'x'; MUCH]);
    let server = Running::new(Group::new("").files("/", site.dir())).await;
    let mut wire = server.connect().await;
    wire.send("GET /file HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let head = wire.until("\r\n\r\n").await;
    let file = File::options().append(true).open(site.root().join("file"));
    let mut file = file.expect("it is there");
    file.write_all(&vec![b'y'; 100_000]).expect("there is room");
    wire.send("GET /none HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    let rest = head + &wire.rest().await;
    let (_, body) = rest.split_once("\r\n\r\n").expect("it is there");
    let (file, next) = body.split_at(MUCH);
    assert!(file.bytes().all(|byte| byte == b'x'));
    assert!(next.starts_with("HTTP/1.1 404 "), "{}", &next[..100]);
    server.ended().await;
}
