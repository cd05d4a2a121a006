//! The request log: formats of the app, colors, and requests that are left out.

use std::env;
use std::io::{self, Write};
use std::process::Command;
use std::sync::{Arc, Mutex};

use gin::middleware::LogEntry;
use gin::prelude::*;
use gin::testing::Client;

/// A log in memory.
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

struct User(&'static str);

async fn sign_in(cx: &mut Context, next: Next<'_>) -> Response {
    cx.set(User("Ann"));
    next.run(cx).await
}

fn client(logger: Logger) -> Client {
    let app = Group::new("").with(logger).with(sign_in);
    let app = app.get("/users/:id", async || "a user");
    Client::new(app.get("/broken", async || -> gin::Result<()> {
        Err(io::Error::other("the disk\x1b[2J is full"))?
    }))
}

#[tokio::test]
async fn a_format_of_the_app_sees_all_of_a_request() {
    let log = Log::default();
    let logger = Logger::plain(log.clone()).format(|entry: &LogEntry<'_>| {
        let user = entry.context().get::<User>().map_or("-", |user| user.0);
        let ip = entry.client_ip().expect("it has one");
        let errors: Vec<_> = entry.errors().collect();
        format!(
            "{user} {ip} {} {} {} {:?} {}",
            entry.status().as_u16(),
            entry.method(),
            entry.path(),
            entry.body_size(),
            errors.join("; ")
        )
    });
    let client = client(logger).from("203.0.113.9:4000");
    client.get("/users/7?token=abc").await.is(200);
    client.get("/broken").await.is(500);
    let text = log.text();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[0],
        "Ann 203.0.113.9 200 GET /users/7?token=*** Some(6) "
    );
    let start = "Ann 203.0.113.9 500 GET /broken Some(";
    assert!(lines[1].starts_with(start), "{text}");
    assert!(lines[1].contains("the disk\\u{1b}[2J is full"), "{text}");
    assert_eq!(lines.len(), 2, "{text}");
}

#[tokio::test]
async fn requests_are_left_out_by_path_and_by_condition() {
    let log = Log::default();
    let logger = Logger::plain(log.clone())
        .skip("/users/1")
        .skip_if(|cx, _| cx.param("id") == Some("2"))
        .skip_if(|_, response| response.status() == 404);
    let client = client(logger);
    for path in ["/users/1", "/users/2", "/nowhere", "/users/3"] {
        client.get(path).await;
    }
    assert_eq!(log.text().lines().count(), 1, "{}", log.text());
    assert!(log.text().contains("\"/users/3\""), "{}", log.text());
}

#[tokio::test]
async fn color_is_on_and_off_as_it_is_set() {
    for is_colored in [true, false] {
        let log = Log::default();
        let logger = Logger::json(log.clone());
        let logger = if is_colored {
            logger.color()
        } else {
            logger.no_color()
        };
        client(logger).get("/users/7").await.is(200);
        let text = log.text();
        assert!(text.starts_with("[GIN] "), "{text}");
        assert_eq!(text.contains("\x1b["), is_colored, "{text}");
    }
}

#[tokio::test]
async fn queries_can_be_left_out() {
    let log = Log::default();
    let logger = Logger::plain(log.clone()).without_query();
    client(logger).get("/users/7?page=2").await.is(200);
    assert!(log.text().contains("\"/users/7\""), "{}", log.text());
}

#[tokio::test]
#[ignore = "the test below runs it, in a process of its own"]
async fn passing() {
    client(Logger::new()).get("/users/7").await.is(200);
}

#[test]
fn the_lines_of_a_test_that_passes_are_captured() {
    for (arguments, lines) in [(&[][..], 0), (&["--nocapture"], 1)] {
        let mut test = Command::new(env::current_exe().expect("a test is a program"));
        test.args(["--exact", "logger::passing", "--ignored"]);
        let output = test.args(arguments).output().expect("it starts");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{printed}");
        assert_eq!(printed.matches("/users/7").count(), lines, "{printed}");
    }
}
