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
    let (body, _) = body.split_once("<textarea id=\"md\"").unwrap();
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
        (rejected(), 422, "2 fields are wrong: `items[0].name`, `q`"),
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

#[test]
fn only_a_printed_panic_that_the_page_shows_is_folded() {
    const SHOWN: &str = "\
thread 'tokio-rt-worker' (7) panicked at src/main.rs:2:22:
no <name>
stack backtrace:
   0: blog::greet
             at ./src/main.rs:2:22
note: Some details are omitted";
    const OTHER: &str = "\
looking
thread 'cache' (8) panicked at src/cache.rs:5:6:
no cache";
    let mut panic = happened(panicked(), 500, None, "GET", "/greet/ann/x");
    panic.output = sample::tail(&format!("{SHOWN}\n{OTHER}"));
    let page = body(&panic, Format::Html(Revisit::Freely));
    let (_, printed) = page.split_once(">Printed meanwhile<").unwrap();
    let (printed, _) = printed.split_once("By time:").unwrap();
    let (_, folded) = printed.split_once("<details").unwrap();
    let (folded, open) = folded.split_once("</details>").unwrap();
    assert!(
        folded.contains("The panic as printed (6 lines)"),
        "{folded}"
    );
    assert!(folded.contains("0: blog::greet"), "{folded}");
    assert!(!folded.contains("no cache"), "{folded}");
    assert!(!open.contains("<details"), "{open}");
    for line in OTHER.lines() {
        assert!(
            open.contains(&line.replace('\'', "&#39;")) || open.contains(line),
            "{open}"
        );
    }

    // Without a backtrace of its own, the page shows less than what was printed.
    let report =
        json!({ "kind": "panic", "message": "oh", "place": "src/main.rs:2:22", "problem": {} });
    let mut panic = happened(report, 500, None, "GET", "/greet/ann/x");
    panic.output = sample::tail(SHOWN);
    let page = body(&panic, Format::Html(Revisit::Freely));
    assert!(!page.contains("as printed"), "{page}");
}

#[test]
fn the_heading_and_the_title_say_what_is_wrong() {
    let error = |place: &str, path: &str, message: &str| json!({ "in": place, "path": path, "message": message });
    let rejection = |problem: Value| json!({ "kind": "rejection", "problem": problem });
    let page_error = error("query", "page", "must be a whole number");
    let body_error = error("body", "", "is not JSON: expected value");
    let own_error = error("body", "name", "Ann is taken");
    let several: Vec<_> = ["a", "b", "c", "d"]
        .map(|path| error("body", path, "is missing"))
        .into();
    let long = format!("{}end", "word ".repeat(80));
    for (report, heading) in [
        (
            rejection(json!({ "errors": [page_error] })),
            "<code>page</code> in the query must be a whole number",
        ),
        (
            rejection(json!({ "errors": [body_error] })),
            "the body is not JSON: expected value",
        ),
        (
            rejection(json!({ "errors": [own_error] })),
            "<code>name</code> in the body: Ann is taken",
        ),
        (
            rejection(json!({ "errors": several })),
            "4 fields are wrong: <code>a</code>, <code>b</code>, <code>c</code> and 1 more",
        ),
        (
            rejection(
                json!({ "title": "Unsupported Media Type", "detail": "the body is not JSON" }),
            ),
            "the body is not JSON",
        ),
        (
            rejection(json!({ "title": "Payload Too Large" })),
            "GET /pay was rejected",
        ),
        (
            json!({ "kind": "error", "problem": { "title": "Internal Server Error" } }),
            "GET /pay failed",
        ),
        (
            json!({ "kind": "error", "problem": {}, "chain": ["no `config`", "no file"] }),
            "no <code>config</code>",
        ),
        (
            json!({ "kind": "panic", "problem": {}, "message": "left != right\n left: 1" }),
            "left != right",
        ),
        (missed(), "No route matches GET /pay"),
        (
            json!({ "kind": "panic", "problem": {}, "message": long }),
            &format!("{}…", &long[..200]),
        ),
    ] {
        let happened = happened(report, 500, None, "GET", "/pay");
        let page = body(&happened, Format::Html(Revisit::Freely));
        let (_, shown) = page.split_once("<h1 id=\"headline\">").unwrap();
        let (shown, rest) = shown.split_once("</h1>").unwrap();
        assert_eq!(shown, heading);
        let words = heading.replace("<code>", "").replace("</code>", "");
        assert!(page.contains(&format!(" {words} · blog</title>")), "{page}");
        // The status is beside it.
        assert!(
            rest.starts_with("<p class=\"count\">500 Internal Server Error</p>"),
            "{rest}"
        );
    }
}
