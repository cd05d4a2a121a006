//! Snapshots of the pages of incidents.

use http::response::Parts;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::diagnostics::Diagnostics;
use crate::incidents::{Incident, Request, Routes};
use crate::page::format::{Color, Format, Revisit};
use crate::page::incident;
use crate::page::tests::sample;
use crate::source::{Source, Sources};
use crate::state::{Phase, Status};

const SOURCE: &str = include_str!("fixtures/e0308.rs");

const CALLS: &str = "\
   0: gin::report::calls::Calls::note
             at /home/ann/.cargo/registry/src/index/gin-core-0.1.0/src/report/calls.rs:26:20
   1: blog::greet
             at ./src/main.rs:2:22
   2: <gin::handler::Function<F,K> as gin::handler::Handler>::call
             at /home/ann/blog/gin-core/src/handler.rs:9:9
   3: clone3
             at ./misc/../sysdeps/unix/sysv/linux/x86_64/clone3.S:81:0";

fn route() -> Value {
    json!({
        "method": "GET", "pattern": "/greet/:name/:token", "handler": "blog::greet", "file": "src/main.rs", "line": 1,
        "middleware": ["gin::middleware::logger::Logger", "blog::auth"], "group": "",
    })
}

fn panicked() -> Value {
    json!({
        "kind": "panic",
        "problem": { "title": "Internal Server Error", "status": 500 },
        "message": "no <name> for password=hunter2",
        "place": "src/main.rs:2:22",
        "calls": { "thread": "tokio-rt-worker", "folder": "/home/ann/blog", "text": CALLS },
        "route": route(),
        "params": [["name", "<ann>"], ["token", "••••••"]],
        "noted": ["500 Internal Server Error: the cache is away"],
    })
}

fn failed() -> Value {
    json!({
        "kind": "error",
        "problem": { "title": "Internal Server Error", "status": 500 },
        "chain": ["the `config` can't be read", "invalid <digit>", "token=abc123"],
        "place": "src/main.rs:2:22",
        "route": route(),
    })
}

fn missed() -> Value {
    json!({ "kind": "miss", "problem": { "title": "Not Found", "status": 404 } })
}

fn rejected() -> Value {
    json!({
        "kind": "rejection",
        "problem": {
            "title": "Unprocessable Content", "status": 422,
            "errors": [
                { "in": "body", "path": "items[0].name", "message": "invalid type: integer `7`, expected a string" },
                { "in": "query", "path": "q", "message": "must be a number" },
            ],
        },
        "arguments": ["&str"],
        "route": route(),
        "params": [["name", "<ann>"]],
        "body": "{\"items\":[{\"name\":7}],\n\"password\":\"hunter2\"}",
        "session": { "cart": [1, 2], "token": "abc" },
    })
}

fn happened(report: Value, code: u16, allow: Option<&str>, method: &str, path: &str) -> Incident {
    let mut response = Response::builder().status(code);
    if let Some(allow) = allow {
        response = response.header("allow", allow);
    }
    let (parts, ()): (Parts, ()) = response.body(()).unwrap().into_parts();
    let request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        target: format!("{path}?q=<1>"),
        headers: vec![("host".to_owned(), "localhost".to_owned())],
        record: 7,
        origin: "http://localhost:3000".to_owned(),
    };
    let routes = [
        ("GET", "/greet/:name/:token"),
        ("POST", "/posts"),
        ("GET", "/posts/"),
    ];
    let routes = routes.map(|(method, pattern)| {
        let mut route = route();
        route["method"] = method.into();
        route["pattern"] = pattern.into();
        route
    });
    let Routes { routes } = serde_json::from_value(json!({ "routes": routes })).unwrap();
    let report = serde_json::from_value(report).unwrap();
    let target = status().target;
    let mut incident = Incident::new(report, &parts, request, Some(routes.into()), &target);
    incident.sources = Sources::from_iter([("src/main.rs".to_owned(), Source::new(SOURCE))]);
    incident
}

fn status() -> Status {
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], 41237));
    sample::status(Phase::ready_at(address), Diagnostics::default())
}

fn body(happened: &Incident, format: Format) -> String {
    let page = incident(happened, &status(), format);
    assert_eq!(page.status, happened.status);
    String::from_utf8(page.body.to_vec()).unwrap()
}

/// Returns the page's content, one tag a line, so that diffs are short.
fn html(happened: &Incident) -> String {
    let page = body(happened, Format::Html(Revisit::Freely));
    let (_, body) = page.split_once("<body").unwrap();
    let (body, _) = body.split_once("<textarea").unwrap();
    format!("<body{}", body.replace("><", ">\n<"))
}

#[test]
fn a_panic() {
    let happened = happened(panicked(), 500, None, "GET", "/greet/ann/••••••");
    insta::assert_snapshot!("incident_panic", html(&happened));
    for (name, format) in [
        ("incident_panic_text", Format::Text(Color::Plain)),
        ("incident_panic_markdown", Format::Markdown),
    ] {
        insta::assert_snapshot!(name, body(&happened, format));
    }
}

#[test]
fn an_error() {
    let happened = happened(failed(), 500, None, "GET", "/greet/ann/x");
    insta::assert_snapshot!("incident_error", html(&happened));
    insta::assert_snapshot!(
        "incident_error_text",
        body(&happened, Format::Text(Color::Plain))
    );
}

#[test]
fn a_miss() {
    let missed = |path| happened(missed(), 404, None, "GET", path);
    insta::assert_snapshot!("incident_miss", html(&missed("/great/<b>/x")));
    insta::assert_snapshot!("incident_nearly", html(&missed("/Posts/")));
    let text = body(&missed("/great/ann/x"), Format::Text(Color::Plain));
    insta::assert_snapshot!("incident_miss_text", text);
}

#[test]
fn a_miss_by_the_type_of_a_param_names_the_route_and_the_value() {
    let mut report = missed();
    let mut refusing = route();
    refusing["pattern"] = "/greet/:name/:token".into();
    report["mismatches"] =
        json!([{ "route": refusing, "param": "name", "type": "i64", "value": "<ann>" }]);
    let missed = happened(report, 404, None, "GET", "/greet/<ann>/x");
    let sentence = "`GET /greet/:name/:token` matched, but `name: i64` refused `<ann>`";
    let problem: Value = serde_json::from_str(&body(&missed, Format::Problem)).unwrap();
    assert_eq!(problem["detail"], sentence);
    let mismatch = &problem["report"]["miss"]["mismatches"][0];
    assert_eq!(
        (&mismatch["param"], &mismatch["type"]),
        (&json!("name"), &json!("i64"))
    );
    // Its own route is not one for another method.
    assert_eq!(problem["report"]["miss"]["other_methods"], json!([]));
    insta::assert_snapshot!("incident_refused_param", html(&missed));
    let text = body(&missed, Format::Text(Color::Plain));
    insta::assert_snapshot!("incident_refused_param_text", text);
}

#[test]
fn every_problem_json_of_an_incident_has_a_detail() {
    for (report, status, detail) in [
        (panicked(), 500, "no <name> for password=••••••"),
        (
            failed(),
            500,
            "the `config` can't be read: invalid <digit>: token=••••••",
        ),
        (missed(), 404, "No route matches GET /greet/ann/x"),
        (rejected(), 422, "GET /greet/ann/x was rejected"),
    ] {
        let happened = happened(report, status, None, "GET", "/greet/ann/x");
        let problem: Value = serde_json::from_str(&body(&happened, Format::Problem)).unwrap();
        assert_eq!(problem["detail"], detail);
    }
}

#[test]
fn another_method() {
    let happened = happened(missed(), 405, Some("POST, OPTIONS"), "PUT", "/posts");
    insta::assert_snapshot!("incident_method", html(&happened));
    insta::assert_snapshot!(
        "incident_method_text",
        body(&happened, Format::Text(Color::Plain))
    );
}

#[test]
fn problem_json_of_an_incident_has_the_public_members_and_the_report() {
    let panic = happened(panicked(), 500, None, "GET", "/greet/ann/x");
    let problem: Value = serde_json::from_str(&body(&panic, Format::Problem)).unwrap();
    assert_eq!(problem["title"], "Internal Server Error");
    assert_eq!(problem["status"], 500);
    let report = &problem["report"];
    assert_eq!(report["messages"], json!(["no <name> for password=••••••"]));
    assert_eq!(
        report["place"],
        json!({ "file": "src/main.rs", "line": 2, "column": 22 })
    );
    assert_eq!(report["calls"].as_array().unwrap().len(), 1);
    assert_eq!(report["route"]["middleware"], json!(["Logger", "auth"]));

    let miss = happened(missed(), 404, None, "GET", "/posts");
    let problem: Value = serde_json::from_str(&body(&miss, Format::Problem)).unwrap();
    assert_eq!(
        problem["report"]["miss"]["other_methods"][0]["pattern"],
        "/posts"
    );
    assert_eq!(problem["report"]["miss"]["similar"], "/posts/");
}

#[test]
fn an_incident_without_details_is_shown_too() {
    for report in [
        json!({ "kind": "miss", "problem": {} }),
        json!({ "kind": "error", "problem": { "detail": "we are closed" } }),
        json!({ "kind": "panic", "message": "oh", "problem": {} }),
    ] {
        let mut happened = happened(report, 503, None, "GET", "/");
        happened.routes = None;
        for format in [
            Format::Html(Revisit::Asks),
            Format::Text(Color::Plain),
            Format::Markdown,
        ] {
            let status = StatusCode::SERVICE_UNAVAILABLE.to_string();
            assert!(body(&happened, format).contains(&status), "{format:?}");
        }
    }
}

#[test]
fn a_rejection() {
    let happened = happened(rejected(), 422, None, "POST", "/greet/ann");
    insta::assert_snapshot!("incident_rejection", html(&happened));
    for (name, format) in [
        ("incident_rejection_text", Format::Text(Color::Plain)),
        ("incident_rejection_markdown", Format::Markdown),
    ] {
        insta::assert_snapshot!(name, body(&happened, format));
    }
}
