//! An app that sends requests to the dev server that forwards to it.

use gin_tests::Sandbox;

/// An app that requests `/` at `/once`, and its own path at `/loop` and `/blind`, from the host of its request. It passes the header
/// fields on, except at `/blind`, and responds with the status and the text that it got.
const APP: &str = r#"
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

fn main() {
    let port = std::env::var("PORT").unwrap();
    let listener = std::net::TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    for stream in listener.incoming() {
        std::thread::spawn(move || respond(stream.unwrap()));
    }
}

fn respond(mut stream: TcpStream) -> Option<()> {
    let mut lines = BufReader::new(&stream).lines();
    let first = lines.next()?.ok()?;
    let path = first.split(' ').nth(1)?.to_owned();
    let is_field = |line: &String| !line.is_empty();
    let fields: Vec<String> = lines.map_while(Result::ok).take_while(is_field).collect();
    let (status, text) = match path.as_str() {
        "/once" => call("/", &fields)?,
        "/loop" => {
            let (status, text) = call("/loop", &fields)?;
            (status, format!("{text}+"))
        }
        "/blind" => {
            let is_host = |field: &&String| field.to_lowercase().starts_with("host:");
            let host: Vec<String> = fields.iter().filter(is_host).cloned().collect();
            call("/blind", &host)?
        }
        _ => ("200".to_owned(), "v1".to_owned()),
    };
    let length = text.len();
    write!(stream, "HTTP/1.1 {status} Done\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{text}").ok()
}

/// Returns the status and the text of a response.
fn call(path: &str, fields: &[String]) -> Option<(String, String)> {
    let host = fields.iter().find_map(|field| {
        let (name, value) = field.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim().to_owned())
    });
    let mut stream = TcpStream::connect(host?).ok()?;
    let fields = fields.join("\r\n");
    write!(stream, "GET {path} HTTP/1.1\r\n{fields}\r\nConnection: close\r\n\r\n").ok()?;
    let mut response = String::new();
    stream.read_to_string(&mut response).ok()?;
    let (head, text) = response.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.to_owned(), text.to_owned()))
}
"#;

/// The number of times that a request may come back.
const PASSES: usize = 4;

#[tokio::test]
async fn an_app_may_call_itself_but_not_in_a_loop() {
    let app = Sandbox::with_main(APP).dev().await;
    app.get("/").await.is(200).says("v1");
    app.get("/once").await.is(200).says("v1");
    let text = app.get("/loop").await.is(508).text();
    assert!(text.contains("again and again"), "{text}");
    // Each pass through the app has left a mark.
    assert_eq!(text.matches('+').count(), PASSES, "{text}");
    app.get("/").await.is(200).says("v1");
}

/// Such a loop ends where the places for requests do.
#[tokio::test]
async fn a_loop_that_hides_itself_leaves_the_pages_of_the_dev_server_reachable() {
    let script = "ulimit -n 256 && exec \"$0\" \"$@\"";
    let app = Sandbox::with_main(APP).dev().limited(script).await;
    app.get("/").await.is(200).says("v1");
    let mut blind = tokio::spawn(app.get("/blind").outcome());
    let mut looks = 0;
    let response = loop {
        tokio::select! {
            response = &mut blind => break response,
            status = app.status() => {
                assert_eq!(status["phase"], "ready");
                looks += 1;
            }
        }
    };
    assert!(looks > 0, "it was over before anything was requested");
    let response = response.expect("no panic").expect("it is complete");
    response.is(503).text();
    app.get("/").await.is(200).says("v1");
    app.replace("src/main.rs", "\"v1\"", "\"v2\"");
    app.get("/").await.is(200).says("v2");
}
