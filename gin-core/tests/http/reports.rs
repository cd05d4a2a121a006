//! Reports for the dev server, and for nobody else: panics, errors, misses and routes.

use std::fmt;
use std::future::pending;
use std::process::Command;
use std::time::Duration;

use gin::extract::Valid;
use gin::middleware::Timeout;
use gin::prelude::*;
use gin::sessions::Sessions;
use gin::validator::Validate;
use gin::{Error, Server};
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::child::{Served, command, released_hello};

const SERVER: &str = "reports::server";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// An error with a cause.
#[derive(Debug)]
struct Unread(std::num::ParseIntError);

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the <config> cannot be read")
    }
}

impl std::error::Error for Unread {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

fn port(text: &str) -> Result<u16, Unread> {
    text.parse().map_err(Unread)
}

#[get("/fails")]
async fn fails(cx: &mut Context) -> gin::Result<String> {
    cx.error(Error::new(500, "the cache is away"));
    Ok(port("x")?.to_string())
}

#[get("/panics/:id")]
async fn panics(id: u32) -> String {
    panic!("no room for {id}")
}

#[post("/panics/:id")]
async fn post(headers: HeaderMap) -> String {
    headers.contains_key("x-gin-report").to_string()
}

async fn outer(cx: &mut Context, next: Next<'_>) -> Response {
    next.run(cx).await
}

#[derive(serde::Deserialize)]
struct NewUser {
    name: String,
    age: u8,
}

#[post("/users")]
async fn sign_up(session: Session, Json(user): Json<NewUser>) -> gin::Result<String> {
    session.insert("visits", user.age)?;
    Ok(user.name)
}

#[post("/failing")]
async fn failing(session: Session, text: String) -> gin::Result<String> {
    session.insert("visits", text.len())?;
    Err(Error::from("the disk is full"))
}

#[post("/small")]
async fn small(text: String) -> String {
    text
}

#[derive(serde::Deserialize, Validate)]
#[validate(crate = "gin::validator")]
struct Order {
    #[validate(range(min = 1))]
    count: u32,
}

#[post("/orders")]
async fn order(Valid(Json(order)): Valid<Json<Order>>) -> String {
    order.count.to_string()
}

#[get("/stuck")]
async fn stuck() -> String {
    pending().await
}

fn app() -> Group {
    let away = async || -> gin::Result<()> { Err(Error::new(503, "the shop is closed")) };
    let own = Group::new("/own")
        .on_error(|_: &mut Context, problem: &Problem| (problem.status(), "our words"))
        .mount(routes![fails]);
    let caught = Group::new("/caught").fallback(async || (StatusCode::NOT_FOUND, "our page"));
    Group::new("")
        .with(outer)
        .mount(routes![fails, panics, post, order])
        .get("/away", away)
        .get("/absent", async || -> gin::Result<()> {
            Err(Error::new(404, "there is no such thing"))
        })
        .nest(own)
        .nest(caught)
        .nest(
            Group::new("")
                .with(Sessions::memory())
                .mount(routes![sign_up, failing]),
        )
        .nest(Group::new("/limited").body_limit(4).mount(routes![small]))
        .nest(
            Group::new("")
                .with(Timeout::new(Duration::from_millis(1)))
                .mount(routes![stuck]),
        )
}

#[tokio::test]
#[ignore = "the tests below run it, in a process of its own"]
async fn server() {
    let server = Server::new(Engine::new(app()).expect("it is sound"));
    server.run().await.expect("a socket was passed on");
}

/// Returns the command by which the dev server starts the app.
fn dev() -> Command {
    let mut command = command(SERVER);
    command.env("GIN_DEV", "1").env("GIN_REPORT", TOKEN);
    command
}

/// The head and the body of a response.
struct RawResponse {
    head: String,
    body: String,
}

impl RawResponse {
    /// Checks that it is a report, and returns it.
    fn report(&self) -> Value {
        let media = "content-type: application/vnd.gin.report+json\r\n";
        let token = format!("x-gin-report: {TOKEN}\r\n");
        assert!(self.head.contains(media), "{}", self.head);
        assert!(self.head.contains(&token), "{}", self.head);
        serde_json::from_str(&self.body).expect("a report is JSON")
    }

    /// Checks that it is the app's own response.
    fn is_the_apps(&self, status: u16, body: &str) {
        assert!(self.head.starts_with(&format!("HTTP/1.1 {status} ")));
        assert!(!self.head.contains("x-gin-report"), "{}", self.head);
        assert_eq!(self.body, body);
    }
}

/// Sends a request with `report` as its `X-Gin-Report`.
async fn send(server: &Served, request: &str, report: &str) -> RawResponse {
    let mut wire = server.connect().await;
    let head = format!(
        "{request} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-gin-report: {report}\r\n\r\n"
    );
    wire.send(head).await;
    let response = wire.rest().await;
    let (head, body) = response.split_once("\r\n\r\n").expect("a head has an end");
    RawResponse {
        head: format!("{head}\r\n"),
        body: body.to_owned(),
    }
}

#[tokio::test]
async fn a_panic_is_reported_with_its_route_and_calls() {
    let server = Served::with(dev());
    let response = send(&server, "GET /panics/7", TOKEN).await;
    assert!(
        response.head.starts_with("HTTP/1.1 500 "),
        "{}",
        response.head
    );
    let report = response.report();
    assert_eq!(report["kind"], "panic");
    assert_eq!(report["message"], "no room for 7");
    assert_eq!(report["problem"]["status"], 500);
    let place = report["place"].as_str().expect("it is known");
    assert!(place.starts_with(&format!("{}:", file!())), "{place}");
    let calls = report["calls"]["text"].as_str().expect("they are known");
    assert!(calls.contains("reports::panics"), "{calls}");
    let route = &report["route"];
    assert_eq!(route["pattern"], "/panics/:id");
    assert_eq!(route["method"], "GET");
    assert_eq!(route["file"], file!());
    assert!(
        route["handler"]
            .as_str()
            .is_some_and(|name| name.ends_with("reports::panics"))
    );
    assert!(
        route["middleware"][0]
            .as_str()
            .is_some_and(|name| name.ends_with("outer"))
    );
    assert_eq!(report["params"], json!([["id", "7"]]));
}

#[tokio::test]
async fn an_error_is_reported_with_its_causes() {
    let server = Served::with(dev());
    let report = send(&server, "GET /fails", TOKEN).await.report();
    assert_eq!(report["kind"], "error");
    let causes = [
        "the <config> cannot be read",
        "invalid digit found in string",
    ];
    assert_eq!(report["chain"], json!(causes));
    assert_eq!(
        report["noted"],
        json!(["500 Internal Server Error: the cache is away"])
    );
    let place = report["place"].as_str().expect("it is known");
    assert!(place.starts_with(&format!("{}:", file!())), "{place}");
}

#[tokio::test]
async fn an_error_without_a_cause_is_reported_with_its_text() {
    let server = Served::with(dev());
    let report = send(&server, "GET /away", TOKEN).await.report();
    assert_eq!(report["kind"], "error");
    assert_eq!(report["problem"]["status"], 503);
    assert_eq!(report["problem"]["detail"], "the shop is closed");
    let place = report["place"].as_str().expect("it is known");
    assert!(place.starts_with(&format!("{}:", file!())), "{place}");
    assert_eq!(report["route"]["pattern"], "/away");
}

#[tokio::test]
async fn a_miss_is_reported() {
    let server = Served::with(dev());
    for (request, status) in [("GET /nowhere", "404"), ("PUT /fails", "405")] {
        let response = send(&server, request, TOKEN).await;
        assert_eq!(response.report()["kind"], "miss");
        assert!(response.head.starts_with(&format!("HTTP/1.1 {status} ")));
    }
}

#[tokio::test]
async fn the_type_of_a_param_that_does_not_match_is_logged() {
    let server = Served::with(dev());
    let reason =
        "GET /panics/:id does not match: its param `id` is \"x\", which is not a valid `u32`";
    let usual = send(&server, "GET /panics/x", "").await;
    usual.is_the_apps(405, "405 Method Not Allowed\n");
    // That route takes any text.
    let other = send(&server, "POST /panics/x", TOKEN).await;
    other.is_the_apps(200, "false");
    server.signal(Signal::SIGTERM);
    let log = server.ended();
    assert_eq!(log.matches(reason).count(), 1, "{log}");
}

#[tokio::test]
async fn a_miss_by_the_type_of_a_param_is_reported_with_the_route_and_the_value() {
    let server = Served::with(dev());
    for (request, value) in [("GET /panics/x", "x"), ("GET /panics/a%20b", "a b")] {
        let response = send(&server, request, TOKEN).await;
        assert!(response.head.starts_with("HTTP/1.1 405 "));
        let mismatches = &response.report()["mismatches"];
        let [mismatch] = mismatches.as_array().expect("a list").as_slice() else {
            panic!("{mismatches}");
        };
        assert_eq!(mismatch["param"], "id");
        assert_eq!(mismatch["type"], "u32");
        assert_eq!(mismatch["value"], value);
        assert_eq!(mismatch["route"]["pattern"], "/panics/:id");
        assert_eq!(mismatch["route"]["method"], "GET");
    }
    let other = send(&server, "GET /nowhere", TOKEN).await.report();
    assert_eq!(other["mismatches"], json!([]));
}

#[tokio::test]
async fn a_problem_that_the_app_renders_is_not_replaced() {
    let server = Served::with(dev());
    let page = &format!("{TOKEN} page");
    for (request, report, status, words) in [
        ("GET /own/nowhere", TOKEN, 404, "our words"),
        ("GET /own/nowhere", page, 404, "our words"),
        ("GET /caught/x", page, 404, "our page"),
        (
            "GET /absent",
            page,
            404,
            "404 Not Found: there is no such thing\n",
        ),
    ] {
        send(&server, request, report)
            .await
            .is_the_apps(status, words);
    }
    let user = send(&server, "GET /own/fails", page).await.report();
    assert_eq!(user["kind"], "error");
    assert_eq!(user.get("view"), None);
    let program = send(&server, "GET /own/fails", TOKEN).await.report();
    assert_eq!(program["view"], "answer");
    assert_eq!(program["answer"]["body"], "our words");
}

/// Sends a body of JSON with a request for a report.
async fn post_json(server: &Served, path: &str, body: &str, report: &str) -> RawResponse {
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nhost: a\r\nconnection: close\r\n\
         x-gin-report: {report}\r\n\r\n{body}"
    );
    let mut wire = server.connect().await;
    wire.send(request).await;
    let response = wire.rest().await;
    let (head, body) = response.split_once("\r\n\r\n").expect("a head has an end");
    RawResponse {
        head: format!("{head}\r\n"),
        body: body.to_owned(),
    }
}

#[tokio::test]
async fn a_rejection_is_reported_with_its_argument_and_the_body() {
    let server = Served::with(dev());
    let body = r#"{"name":"Ann","age":-7}"#;
    let page = &format!("{TOKEN} page");
    let report = post_json(&server, "/users", body, page).await.report();
    assert_eq!(report["kind"], "rejection");
    assert_eq!(report["arguments"], json!(["Json<NewUser>"]));
    assert_eq!(report["body"], body);
    assert_eq!(report["route"]["pattern"], "/users");
    let error = &report["problem"]["errors"][0];
    assert_eq!(
        (&error["in"], &error["path"]),
        (&json!("body"), &json!("age"))
    );
    assert_eq!(report.get("view"), None);
}

#[tokio::test]
async fn a_program_gets_the_response_that_a_rejection_is_about() {
    let server = Served::with(dev());
    let body = r#"{"name":"Ann"}"#;
    let usual = post_json(&server, "/users", body, "").await;
    let report = post_json(&server, "/users", body, TOKEN).await.report();
    assert_eq!(report["view"], "answer");
    assert_eq!(report["answer"]["body"], usual.body.as_str());
    let fields = report["answer"]["headers"].as_array().expect("a list");
    assert!(fields.contains(&json!(["content-type", "application/problem+json"])));
}

#[tokio::test]
async fn a_limit_is_reported_like_a_rejection() {
    let server = Served::with(dev());
    let page = &format!("{TOKEN} page");
    let response = post_json(&server, "/limited/small", "12345", page).await;
    assert!(response.head.starts_with("HTTP/1.1 413 "));
    let report = response.report();
    assert_eq!(report["kind"], "rejection");
    assert_eq!(report["arguments"], json!(["String"]));
}

#[tokio::test]
async fn a_value_that_is_not_valid_is_reported_like_a_rejection() {
    let server = Served::with(dev());
    let page = &format!("{TOKEN} page");
    let response = post_json(&server, "/orders", r#"{"count":0}"#, page).await;
    assert!(response.head.starts_with("HTTP/1.1 422 "));
    let report = response.report();
    assert_eq!(report["kind"], "rejection");
    assert_eq!(report["arguments"], json!(["Valid<Json<Order>>"]));
    let error = &report["problem"]["errors"][0];
    assert_eq!(error["path"], "count");
    assert_eq!(error["code"], "range");
}

#[tokio::test]
async fn a_timeout_is_reported_with_the_route_that_took_too_long() {
    let server = Served::with(dev());
    let page = &format!("{TOKEN} page");
    let response = send(&server, "GET /stuck", page).await;
    assert!(response.head.starts_with("HTTP/1.1 503 "));
    let report = response.report();
    assert_eq!(report["problem"]["status"], 503);
    assert_eq!(report["route"]["pattern"], "/stuck");
}

#[tokio::test]
async fn a_report_has_the_session_as_the_handler_left_it() {
    let server = Served::with(dev());
    let report = post_json(&server, "/failing", "12345", TOKEN)
        .await
        .report();
    assert_eq!(report["chain"], json!(["the disk is full"]));
    assert_eq!(report["session"], json!({ "visits": 5 }));
    assert_eq!(report["body"], "12345");
    let answer = report["answer"]["body"].as_str().expect("it is text");
    assert!(answer.contains("Internal Server Error"), "{answer}");
}

#[tokio::test]
async fn the_times_of_middleware_and_handler_are_for_the_dev_server_alone() {
    let server = Served::with(dev());
    let response = send(&server, "POST /panics/7", TOKEN).await;
    response.is_the_apps(200, "false");
    let times = response.head.split("server-timing: ").nth(1);
    let times = times.and_then(|rest| rest.lines().next());
    let times = times.expect("the request is measured");
    let names = times.split(", ").map(|time| time.split(";dur=").next());
    let names: Vec<_> = names.flatten().collect();
    assert_eq!(names, ["outer", "handler", "total"], "{times}");
    for report in ["", "guess"] {
        let response = send(&server, "POST /panics/7", report).await;
        assert!(!response.head.contains("server-timing"), "{report}");
    }
}

#[tokio::test]
async fn a_client_without_the_token_gets_the_usual_response() {
    let server = Served::with(dev());
    for report in [
        "",
        "1",
        &TOKEN[1..],
        &format!("{TOKEN}0"),
        "ffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffff routes",
    ] {
        let failed = send(&server, "GET /fails", report).await;
        failed.is_the_apps(500, "500 Internal Server Error\n");
        let missed = send(&server, "GET /nowhere", report).await;
        missed.is_the_apps(404, "404 Not Found\n");
    }
}

#[tokio::test]
async fn handlers_never_see_the_token() {
    let server = Served::with(dev());
    for report in [TOKEN, "another"] {
        let response = send(&server, "POST /panics/7", report).await;
        response.is_the_apps(200, "false");
    }
}

#[tokio::test]
async fn the_routes_are_listed_without_running_a_handler() {
    let server = Served::with(dev());
    let response = send(&server, "GET /panics/7", &format!("{TOKEN} routes")).await;
    assert!(
        response.head.starts_with("HTTP/1.1 200 "),
        "{}",
        response.head
    );
    let report = response.report();
    let routes = report["routes"].as_array().expect("a list");
    assert_eq!(routes.len(), 11);
    let own = routes.iter().find(|route| route["pattern"] == "/own/fails");
    let own = own.expect("it is listed");
    assert_eq!(own["group"], "/own");
    assert_eq!(own["method"], "GET");
}

#[tokio::test]
async fn without_a_dev_server_there_are_no_reports() {
    for variables in [&[("GIN_REPORT", TOKEN)][..], &[("GIN_DEV", "1")], &[]] {
        let mut command = command(SERVER);
        command
            .env_remove("GIN_DEV")
            .envs(variables.iter().copied());
        let server = Served::with(command);
        let failed = send(&server, "GET /fails", TOKEN).await;
        failed.is_the_apps(500, "500 Internal Server Error\n");
    }
}

#[tokio::test]
async fn a_release_build_contains_no_reports() {
    let program = released_hello();
    let bytes = std::fs::read(&program).expect("it was built");
    for name in ["x-gin-report", "GIN_REPORT", "vnd.gin.report"] {
        let mut windows = bytes.windows(name.len());
        assert!(!windows.any(|window| window == name.as_bytes()), "{name}");
    }
    let mut command = Command::new(program);
    command.env("GIN_DEV", "1").env("GIN_REPORT", TOKEN);
    let server = Served::with(command);
    let missed = send(&server, "GET /nowhere", TOKEN).await;
    missed.is_the_apps(404, "404 Not Found\n");
    server.signal(Signal::SIGTERM);
    server.ended();
}
