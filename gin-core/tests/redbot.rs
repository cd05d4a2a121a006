//! Files and other responses as `REDbot` sees them, which checks the caching, validation, ranges and codings of HTTP resources.
//!
//! It is not there on every machine: `.ci/run` brings it.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use async_compression::tokio::write::GzipEncoder;
use gin::Server;
use gin::files::{Attachment, Dir, File};
use gin::middleware::Compression;
use gin::prelude::*;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The notes of `REDbot` on files: `If-None-Match` and `If-Modified-Since` give a 304, and a range its part.
const FILE: &[&str] = &["INM_304", "IMS_304", "RANGE_CORRECT"];
/// Its notes on those in the program, which have no date.
const EMBEDDED: &[&str] = &["INM_304", "RANGE_CORRECT"];
/// Its note on content that comes with gzip, too.
const COMPRESSED: &[&str] = &["CONNEG_GZIP_GOOD"];
/// Without it, caches guess how long a response is fresh. A response of a handler has what the handler says.
const FRESH: [(&str, &str); 1] = [("cache-control", "max-age=60")];
/// The first bytes of an image, by which `REDbot` compares it with its type.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
/// A file that has just changed has a weak tag, and a strong one soon after, which `REDbot` takes for a change.
const HOUR: Duration = Duration::from_secs(3600);
/// More than a range that `REDbot` requests.
const LENGTH: usize = 8192;

#[tokio::test]
#[ignore = "it needs `redbot`, which the variable REDBOT names"]
async fn redbot_finds_no_fault() {
    let Ok(redbot) = std::env::var("REDBOT") else {
        eprintln!("REDBOT is not set: no response is checked");
        return;
    };
    let site = tempfile::tempdir().expect("there is room");
    let app = app(site.path()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    let engine = Engine::new(app).expect("it is sound");
    tokio::spawn(Server::new(engine).listen(listener).run());
    let mut checks = JoinSet::new();
    for (path, expected) in [
        ("/", &[FILE, COMPRESSED][..]),
        ("/cat.png", &[FILE]),
        ("/app-BqvYQ3jz.js", &[FILE, COMPRESSED]),
        ("/prepared.html", &[FILE, COMPRESSED]),
        ("/embedded/page.html", &[EMBEDDED, COMPRESSED]),
        ("/report", &[FILE]),
        ("/json", &[COMPRESSED]),
        ("/text", &[]),
        ("/none.txt", &[]),
        ("/moved", &[]),
    ] {
        let url = format!("http://{address}{path}");
        let mut command = Command::new(&redbot);
        command.args(["--output-format", "har", &url]);
        checks.spawn_blocking(move || {
            let run = command.output().expect("`redbot` starts");
            check(path, &expected.concat(), &run.stdout);
        });
    }
    while let Some(check) = checks.join_next().await {
        check.expect("nothing is wrong");
    }
}

async fn app(site: &Path) -> Group {
    let page = "<!doctype html><title>Home</title><p>Hello, Ann!</p>".repeat(LENGTH / 50);
    let image = [PNG, &[7; LENGTH]].concat();
    let script = "let a = 1;\n".repeat(LENGTH / 10);
    let compressed = gzip(page.as_bytes()).await;
    for (name, content) in [
        ("index.html", page.as_bytes()),
        ("cat.png", &image),
        ("app-BqvYQ3jz.js", script.as_bytes()),
        ("prepared.html", page.as_bytes()),
        ("prepared.html.gz", &compressed),
    ] {
        let mut file = fs::File::create(site.join(name)).expect("there is room");
        file.write_all(content).expect("there is room");
        file.set_modified(SystemTime::now() - HOUR)
            .expect("the file is ours");
    }
    let report = site.join("cat.png");
    let embedded =
        move |path: &str| (path == "page.html").then(|| page.clone().into_bytes().into());
    Group::new("")
        .with(Compression::new())
        .files("/", Dir::new(site))
        .files("/embedded", Dir::embedded(embedded))
        .get("/report", move || {
            let report = report.clone();
            async move { File::open(report).await.map(Attachment::from) }
        })
        .get("/json", async || (FRESH, Json(vec![1; LENGTH])))
        .get("/text", async || (FRESH, "hello"))
        .get("/moved", async || Redirect::to("/text"))
}

async fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzipEncoder::new(Vec::new());
    encoder.write_all(content).await.expect("memory takes it");
    encoder.shutdown().await.expect("memory takes it");
    encoder.into_inner()
}

/// Checks that `REDbot` has no warning, and that it has seen what the resource should have.
fn check(path: &str, expected: &[&str], archive: &[u8]) {
    let archive: Value = serde_json::from_slice(archive).expect("it is an HTTP archive");
    let notes = archive["log"]["entries"][0]["_red_messages"].as_array();
    let notes = notes.expect("it has notes");
    let faults: Vec<_> = notes
        .iter()
        .filter(|note| note["level"] != "GOOD" && note["level"] != "INFO")
        .collect();
    assert!(faults.is_empty(), "{path}: {faults:#?}");
    for id in expected {
        let is_seen = notes.iter().any(|note| note["note_id"] == *id);
        assert!(is_seen, "{path} lacks {id}: {notes:#?}");
    }
}
