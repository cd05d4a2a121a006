//! The access log and the error log.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use gin::prelude::*;
use gin::testing::Client;

use crate::wire::Running;

/// A log that the test can read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().expect("no test panics").clone();
        String::from_utf8(bytes).expect("a log is UTF-8")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_line_has_the_format_of_gin_and_no_secrets() {
    let log = Log::default();
    let app = Group::new("")
        .with(Logger::plain(log.clone()).skip("/health"))
        .get("/x", async || "x");
    let client = Client::new(app);
    client
        .get("/x?page=2&access_token=abc")
        .header("authorization", "Bearer abc")
        .await;
    client.get("/health").await;
    let text = log.text();
    assert!(text.starts_with("[GIN] 20"), "{text}");
    assert!(
        text.contains("| 200 |") && text.contains("| GET     "),
        "{text}"
    );
    assert!(text.ends_with("\"/x?page=2&access_token=***\"\n"), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[tokio::test]
async fn json_has_the_route_and_the_cause() {
    let log = Log::default();
    let app = Group::new("")
        .with(Logger::json(log.clone()))
        .get("/u/:id", async || -> gin::Result<()> {
            Err(io::Error::other("the \x1b[2J disk\nis full"))?
        });
    Client::new(app).get("/u/7").await.is(500);
    let line: serde_json::Value = serde_json::from_str(&log.text()).expect("one line of JSON");
    assert_eq!(line["status"], 500);
    assert_eq!(line["method"], "GET");
    assert_eq!(line["path"], "/u/7");
    assert_eq!(line["route"], "/u/:id");
    let error = line["errors"][0].as_str().expect("there is one");
    assert!(error.contains("disk") && error.contains(file!()), "{error}");
}

#[post("/twice")]
async fn take_twice(first: Body, second: Body) -> &'static str {
    drop((first, second));
    "taken"
}

#[post("/again")]
async fn read_again(stream: Body, text: String) -> String {
    drop(stream);
    text
}

#[post("/after")]
async fn read_after(cx: &mut Context) -> Result<String> {
    drop(cx.take_body());
    Ok(cx.bytes().await?.len().to_string())
}

#[tokio::test]
async fn a_body_that_is_read_again_is_a_500_whose_cause_names_the_handler() {
    let log = Log::default();
    let app = Group::new("/api")
        .with(Logger::json(log.clone()))
        .mount(routes![take_twice, read_again, read_after]);
    let server = Running::new(app).await;
    for (path, handler) in [
        ("/twice", "logging::take_twice"),
        ("/again", "logging::read_again"),
        ("/after", "logging::read_after"),
    ] {
        let response = server
            .exchange(format!(
                "POST /api{path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello"
            ))
            .await;
        assert!(response.starts_with("HTTP/1.1 500 "), "{response}");
        assert!(!response.contains("stream"), "{response}");
        let text = log.text();
        let line = text.lines().last().expect("there is one");
        let line: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
        let error = line["errors"][0].as_str().expect("there is one");
        let place = format!("{handler} (/api{path})");
        assert!(error.contains(&place), "{place}: {error}");
    }
}

#[tokio::test]
async fn control_characters_are_escaped() {
    let log = Log::default();
    let app = Group::new("")
        .with(Logger::plain(log.clone()))
        .get("/", async |cx: &mut Context| {
            cx.error(io::Error::other("a\x1b[31mb\r\nc"));
            "x"
        });
    Client::new(app).get("/").await;
    assert!(
        log.text().ends_with("\n      a\\u{1b}[31mb\\r\\nc\n"),
        "{}",
        log.text()
    );
}

#[tokio::test]
async fn a_client_cannot_forge_a_line() {
    for logger in [Logger::plain, Logger::json] {
        let log = Log::default();
        let app = Group::new("")
            .with(logger(log.clone()))
            .get("/:name", async || "x");
        let server = Running::new(app).await;
        let heads = [
            "GET /a%1b%5b2J%0d%0a[GIN]%20forged HTTP/1.1\r\nhost: a",
            "GET /a?b=%1b[2J%0a[GIN] HTTP/1.1\r\nhost: a",
            "GET /a%c2%9b2J HTTP/1.1\r\nhost: a",
            "GET /none/%1b%0d%0a HTTP/1.1\r\nhost: a\r\nuser-agent: \u{9b}2J",
            "GET /a\u{9b}2J HTTP/1.1\r\nhost: a",
            "GET /a HTTP/1.1\r\nhost: a\r\nuser-agent: a\x1b[2J",
            "GET /a HTTP/1.1\r\nhost: a\r\nuser-agent: a\r[GIN] forged",
            "GET /a\x1b[2J HTTP/1.1\r\nhost: a",
        ];
        for head in heads {
            let response = server
                .exchange(format!("{head}\r\nconnection: close\r\n\r\n"))
                .await;
            assert!(response.starts_with("HTTP/1.1 "), "{head:?}: {response}");
        }
        let text = log.text();
        // The last three are not HTTP, so that no route has seen them.
        assert_eq!(text.lines().count(), 5, "{text:?}");
        let is_inert = |c: char| c == '\n' || !c.is_control();
        assert!(text.chars().all(is_inert), "{text:?}");
        let is_ours = |line: &str| line.starts_with("[GIN] 20") || line.starts_with("{\"time\":");
        assert!(text.lines().all(is_ours), "{text}");
    }
}

/// The line also had the place where gin catches panics, which is not the app's.
#[tokio::test]
async fn a_panic_is_logged_with_its_line_and_an_error_with_that_of_its_question_mark() {
    let log = Log::default();
    let fails = async || -> gin::Result<String> { Ok(std::fs::read_to_string("/no/such/file")?) };
    let error = line!() - 1;
    let panics = async || -> &'static str { panic!("oh") };
    let panic = line!() - 1;
    let app = Group::new("")
        .with(Logger::plain(log.clone()))
        .with(Recovery::new())
        .get("/fails", fails)
        .get("/panics", panics);
    let client = Client::new(app);
    client.get("/fails").await.is(500);
    client.get("/panics").await.is(500);
    let text = log.text();
    let places: Vec<_> = text.matches(".rs:").collect();
    assert_eq!(places.len(), 2, "{text}");
    for line in [error, panic] {
        let place = format!("{}:{line}:", file!());
        assert!(text.contains(&place), "{place} in {text}");
    }
}
