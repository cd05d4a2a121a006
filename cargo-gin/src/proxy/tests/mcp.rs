//! The Model Context Protocol: its messages, its sessions, and its tools.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::proxy::tests::actions::{FIXED, Page, TEXT};
use crate::proxy::tests::endpoints::{body, post};
use crate::proxy::tests::recording::{OK, ended, exchange};
use crate::proxy::tests::reports::{marked, route};
use crate::proxy::tests::rig::{Rig, crashed};
use crate::proxy::tests::wire::{Wire, code, field};
use crate::proxy::{Bodies, Permit};
use crate::state::{Cause, Change, Event, Exit, Phase, Stream, Tail, TailLine};

/// A client in a session.
struct Session<'a> {
    rig: &'a Rig,
    id: String,
}

impl Session<'_> {
    async fn begin(rig: &Rig) -> Session<'_> {
        let mut client = rig.send(&post("mcp", &[], &initialize("2025-06-18"))).await;
        let head = client.head().await;
        assert_eq!(code(&head), 200, "{head}");
        let id = field(&head, "mcp-session-id").unwrap().to_owned();
        body(&mut client, &head).await;
        Session { rig, id }
    }

    /// Sends a message.
    async fn send(&self, message: &Value) -> Wire {
        let fields = [("Mcp-Session-Id", self.id.as_str())];
        let message = post("mcp", &fields, &message.to_string());
        self.rig.send(&message).await
    }

    /// Sends a request, and returns the response.
    async fn request(&self, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let mut client = self.send(&request).await;
        read(&mut client).await
    }

    /// Calls a tool, and returns its result.
    async fn result(&self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let mut response = self.request("tools/call", params).await;
        assert_eq!(response["id"], 7, "{response}");
        response["result"].take()
    }

    /// Calls a tool that succeeds, and returns its text and its data.
    async fn call(&self, tool: &str, arguments: Value) -> (String, Value) {
        let mut result = self.result(tool, arguments).await;
        assert_eq!(result["isError"], false, "{tool}: {result}");
        let text = result["content"][0]["text"].as_str().unwrap().to_owned();
        (text, result["structuredContent"].take())
    }

    /// Calls a tool that fails, and returns the reason.
    async fn fails(&self, tool: &str, arguments: Value) -> String {
        let result = self.result(tool, arguments).await;
        assert_eq!(result["isError"], true, "{tool}: {result}");
        assert_eq!(result.get("structuredContent"), None);
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }
}

fn initialize(version: &str) -> String {
    let client = json!({ "name": "test", "version": "1" });
    let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }).to_string()
}

async fn read(client: &mut Wire) -> Value {
    let head = client.head().await;
    assert_eq!(code(&head), 200, "{head}");
    assert_eq!(field(&head, "content-type"), Some("application/json"));
    serde_json::from_str(&body(client, &head).await).unwrap()
}

#[tokio::test]
async fn a_session_begins_with_the_version_that_both_know() {
    let rig = Rig::start().await;
    for (requested, agreed) in [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2024-11-05", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
    ] {
        let message = post("mcp", &[], &initialize(requested));
        let response = read(&mut rig.send(&message).await).await;
        assert_eq!(response["id"], 1);
        let result = &response["result"];
        assert_eq!(result["protocolVersion"], agreed);
        assert_eq!(result["capabilities"], json!({ "tools": {} }));
        assert_eq!(result["serverInfo"]["title"], "cargo gin dev: hello");
        assert!(
            result["instructions"]
                .as_str()
                .unwrap()
                .contains("diagnostics")
        );
    }
    let session = Session::begin(&rig).await;
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let head = session.send(&notification).await.head().await;
    assert_eq!(
        (code(&head), field(&head, "content-length")),
        (202, Some("0"))
    );
    assert_eq!(
        session.request("ping", json!({})).await["result"],
        json!({})
    );
    let unknown = session.request("resources/list", json!({})).await;
    assert_eq!(unknown["error"]["code"], -32601);
}

#[tokio::test]
async fn only_a_session_of_this_run_is_served() {
    let rig = Rig::start().await;
    let session = Session::begin(&rig).await;
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let own = ("Mcp-Session-Id", session.id.as_str());
    for (fields, expected) in [
        (&[][..], 400),
        (&[("Mcp-Session-Id", "0")], 404),
        (&[own, ("Mcp-Protocol-Version", "2024-11-05")], 400),
        (&[own, ("Mcp-Protocol-Version", "2025-11-25")], 200),
        (&[own, ("Origin", "http://evil.test")], 403),
        (&[own, ("Origin", "null")], 403),
        (&[own, ("Origin", "http://localhost:6274")], 403),
        (&[own, ("Sec-Fetch-Site", "cross-site")], 403),
        (&[own, ("Origin", "http://localhost")], 200),
        (&[own], 200),
    ] {
        let head = rig.send(&post("mcp", fields, ping)).await.head().await;
        assert_eq!(code(&head), expected, "{fields:?}");
        assert_eq!(field(&head, "access-control-allow-origin"), None);
    }
    // Another site cannot begin one either.
    let foreign = post(
        "mcp",
        &[("Origin", "http://evil.test")],
        &initialize("2025-06-18"),
    );
    let head = rig.send(&foreign).await.head().await;
    assert_eq!((code(&head), field(&head, "mcp-session-id")), (403, None));
    let rebound = post("mcp", &[], &initialize("2025-06-18")).replace("localhost", "evil.test");
    assert_eq!(code(&rig.send(&rebound).await.head().await), 403);
    let form = post("mcp", &[own], ping).replace("application/json", "text/plain");
    assert_eq!(code(&rig.send(&form).await.head().await), 415);
    for method in ["GET", "DELETE", "OPTIONS"] {
        let request = post("mcp", &[own], "").replacen("POST", method, 1);
        let head = rig.send(&request).await.head().await;
        assert_eq!(
            (code(&head), field(&head, "allow")),
            (405, Some("POST")),
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_message_that_is_none_is_refused() {
    let rig = Rig::start().await;
    let session = Session::begin(&rig).await;
    let own = [("Mcp-Session-Id", session.id.as_str())];
    for (text, expected) in [
        ("{", -32700),
        ("[]", -32600),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        (r#"{"id":1,"method":"ping"}"#, -32600),
    ] {
        let mut client = rig.send(&post("mcp", &own, text)).await;
        let head = client.head().await;
        assert_eq!(code(&head), 400, "{text}");
        let response: Value = serde_json::from_str(&body(&mut client, &head).await).unwrap();
        assert_eq!(response["error"]["code"], expected, "{text}");
        assert_eq!(response["id"], Value::Null);
    }
    let long = format!("{{\"jsonrpc\":\"2.0\",\"x\":\"{}\"}}", "x".repeat(70_000));
    assert_eq!(
        code(&rig.send(&post("mcp", &own, &long)).await.head().await),
        400
    );
}

#[tokio::test]
async fn each_tool_is_described_and_checks_its_arguments() {
    let rig = Rig::start().await;
    let session = Session::begin(&rig).await;
    let list = session.request("tools/list", json!({})).await;
    let tools = list["result"]["tools"].as_array().unwrap();
    let names: BTreeSet<_> = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 13);
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{name}");
            assert!(tool[schema]["properties"].is_object(), "{name}");
        }
        for text in ["title", "description"] {
            assert!(
                tool[text].as_str().is_some_and(|text| text.len() > 7),
                "{name}"
            );
        }
        let reason = session.fails(name, json!({ "surplus": 1 })).await;
        assert!(
            reason.starts_with("Wrong arguments: unknown field `surplus`"),
            "{name}: {reason}"
        );
    }
    for (tool, arguments) in [
        ("apply_fix", json!({})),
        ("apply_fix", json!({ "build": "1", "id": "all" })),
        ("request", json!({ "id": -1 })),
        ("diagnostics", json!({ "level": "note" })),
        ("output", json!([])),
    ] {
        let reason = session.fails(tool, arguments).await;
        assert!(reason.starts_with("Wrong arguments: "), "{tool}: {reason}");
    }
    let unknown = session.request("tools/call", json!({ "name": "rm" })).await;
    assert_eq!(unknown["error"]["code"], -32602);
}

#[tokio::test]
async fn a_suggestion_is_found_applied_and_undone() {
    let page = Page::open(Rig::start().await).await;
    page.rig.becomes(Phase::Failed);
    let session = Session::begin(&page.rig).await;
    let (text, data) = session.call("diagnostics", json!({})).await;
    assert_eq!((&data["build"], &data["warnings"]), (&json!(1), &json!(1)));
    assert!(text.contains("## warning: unused"), "{text}");
    assert!(text.contains("fix 0.0.0 (rustc is sure)"), "{text}");
    let fixes = &data["diagnostics"][0]["fixes"];
    assert_eq!(*fixes, json!([{ "id": "0.0.0", "sure": true }]));
    let (_, none) = session
        .call("diagnostics", json!({ "level": "error" }))
        .await;
    assert_eq!(none["diagnostics"], json!([]));
    let order = json!({ "build": 1, "id": "0.0.0" });
    let (text, data) = session.call("apply_fix", order.clone()).await;
    assert_eq!(text, "applied: main.rs; 1 can be undone\n");
    assert_eq!(
        data,
        json!({ "applied": [{ "file": "main.rs" }], "undoable": 1 })
    );
    assert_eq!(page.text(), FIXED);
    let reason = session.fails("apply_fix", order).await;
    assert!(
        reason.starts_with("main.rs has changed since build 1."),
        "{reason}"
    );
    session
        .fails("apply_fix", json!({ "build": 2, "id": "all" }))
        .await;
    session
        .fails("apply_fix", json!({ "build": 1, "id": "../x" }))
        .await;
    session.call("undo", json!({})).await;
    assert_eq!(page.text(), TEXT);
    assert_eq!(
        session.fails("undo", json!({})).await,
        "There is nothing to undo."
    );
}

#[tokio::test]
async fn the_status_waits_for_the_end_of_the_build() {
    let rig = Rig::start().await;
    let session = Session::begin(&rig).await;
    let (_, data) = session.call("status", json!({})).await;
    assert_eq!(
        (&data["phase"], &data["is_under_way"]),
        (&json!("building"), &json!(true))
    );
    let waits = json!({ "name": "status", "arguments": { "wait_s": 50 } });
    let request = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": waits });
    let mut client = session.send(&request).await;
    rig.becomes(Phase::Failed);
    let response = read(&mut client).await;
    assert_eq!(response["result"]["structuredContent"]["phase"], "failed");
}

#[tokio::test]
async fn the_status_names_the_url_whose_responses_are_of_the_newest_code() {
    let (rig, _app) = Rig::ready().await;
    let session = Session::begin(&rig).await;
    let (text, data) = session.call("status", json!({})).await;
    assert!(text.contains("Requests to http://localhost"), "{text}");
    assert!(!text.contains("127.0.0.1"), "{text}");
    assert_eq!(data["url"], "http://localhost");
}

#[tokio::test]
async fn a_build_and_a_restart_can_be_requested() {
    let mut rig = Rig::start().await;
    for (tool, expected) in [
        ("rebuild", Change::requested().cause),
        ("restart", Cause::RestartRequested),
    ] {
        let session = Session::begin(&rig).await;
        let call = json!({ "name": tool, "arguments": {} });
        let request = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call });
        let mut client = session.send(&request).await;
        let Some(Event::Change(change)) = rig.events.recv().await else {
            panic!("a change is requested");
        };
        assert_eq!(change.cause, expected);
        rig.builds();
        let build = rig.status.borrow().attempt;
        let response = read(&mut client).await;
        assert_eq!(
            response["result"]["structuredContent"],
            json!({ "build": build })
        );
    }
}

#[tokio::test]
async fn requests_are_listed_shown_and_sent_again_without_secrets() {
    let rig = Rig::start_recording(Bodies::Kept).await;
    let app = rig.becomes_ready().await;
    let request = "POST /login?token=hush HTTP/1.1\r\nHost: localhost\r\nCookie: sid=hush\r\n\
                   Content-Length: 13\r\n\r\npassword=hush";
    let _first = exchange(&rig, &app, request, OK).await;
    ended(&rig).await;
    let page = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nok";
    let _second = exchange(&rig, &app, page, missing).await;
    ended(&rig).await;
    let session = Session::begin(&rig).await;
    let (text, data) = session.call("requests", json!({})).await;
    assert!(text.starts_with("#1 GET /a → 404, "), "{text}");
    assert!(
        text.contains("\n#0 POST /login?token=•••••• → 200, "),
        "{text}"
    );
    assert_eq!(data["requests"].as_array().unwrap().len(), 2);
    for (filter, ids) in [
        (json!({ "limit": 1 }), vec![1]),
        (json!({ "method": "post" }), vec![0]),
        (json!({ "path": "/a" }), vec![1]),
        (json!({ "failed": true }), vec![1]),
        (json!({ "path": "/none" }), vec![]),
    ] {
        let (_, data) = session.call("requests", filter.clone()).await;
        let found = data["requests"].as_array().unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|each| each["id"].as_u64().unwrap())
            .collect();
        assert_eq!(found, ids, "{filter}");
    }
    let (text, data) = session.call("request", json!({ "id": 0 })).await;
    assert!(
        text.contains("cookie: sid=••••••") && text.contains("password=••••••"),
        "{text}"
    );
    assert_eq!(data["replay"], "confirm");
    assert!(
        !text.contains("hush") && !data.to_string().contains("hush"),
        "{text}"
    );
    let reason = session.fails("replay", json!({ "id": 0 })).await;
    assert!(reason.contains("may have an effect"), "{reason}");
    session.fails("request", json!({ "id": 9 })).await;
    let call = json!({ "name": "replay", "arguments": { "id": 0, "confirm": true } });
    let request = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call });
    let mut client = session.send(&request).await;
    let (mut wire, head) = app.responds(OK).await;
    assert!(head.starts_with("POST /login?token=hush "), "{head}");
    assert_eq!(wire.bytes(13).await, "password=hush");
    let response = read(&mut client).await;
    let answer = &response["result"]["structuredContent"]["answer"];
    assert_eq!(
        (&answer["status"], &answer["body"]["text"]),
        (&json!(200), &json!("ok"))
    );
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_again_yet_is_recorded_as_unserved() {
    let (rig, app) = Rig::ready().await;
    let _first = exchange(&rig, &app, "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", OK).await;
    ended(&rig).await;
    rig.becomes(Phase::Failed);
    let session = Session::begin(&rig).await;
    let reason = session.fails("replay", json!({ "id": 0 })).await;
    assert!(reason.starts_with("The app cannot serve it: "), "{reason}");
    let newest = ended(&rig).await;
    assert_eq!(
        (&newest["id"], &newest["complete"]),
        (&json!(1), &json!(true))
    );
    assert!(newest["in_place"].is_string(), "{newest}");
}

#[tokio::test]
async fn output_and_crashes_are_shown_without_secrets_and_bounded() {
    let rig = Rig::start().await;
    let session = Session::begin(&rig).await;
    let (text, _) = session.call("output", json!({})).await;
    assert_eq!(text, "There is no output.\n");
    let (_, data) = session.call("crash", json!({})).await;
    assert_eq!(data["crashed"], false);
    let Phase::Crashed(exit) = crashed(7) else {
        panic!("it has crashed");
    };
    let mut tail = Tail::default();
    for number in 0..Tail::LINES {
        let text = format!("\x1b[1m{number}\x1b[0m token=hush {}", "x".repeat(1000));
        tail.push(TailLine {
            stream: Stream::Stderr,
            text,
        });
    }
    let exit = Exit {
        tail,
        ..Exit::clone(&exit)
    };
    rig.becomes(Phase::Crashed(Arc::new(exit)));
    let (text, data) = session.call("output", json!({ "lines": 2 })).await;
    assert!(
        text.starts_with("398 token=•••••• x") && text.lines().count() == 2,
        "{text}"
    );
    assert_eq!(data["lines"][1]["stream"], "stderr");
    for tool in ["output", "crash"] {
        let result = session.result(tool, json!({})).await.to_string();
        assert!(
            !result.contains("hush") && !result.contains("\\u001b"),
            "{tool}"
        );
        assert!(result.len() < 80_000, "{tool}: {}", result.len());
    }
    let (text, data) = session.call("crash", json!({})).await;
    assert!(text.starts_with("hello exited: "), "{text}");
    assert_eq!((&data["crashed"], &data["code"]), (&json!(true), &json!(7)));
}

#[tokio::test]
async fn routes_and_failures_of_the_app_are_shown() {
    let (rig, app) = Rig::reporting().await;
    let session = Session::begin(&rig).await;
    let call = json!({ "name": "routes", "arguments": {} });
    let request = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call });
    let mut client = session.send(&request).await;
    let routes = marked(&rig, "200 OK", &json!({ "routes": [route()] }));
    app.responds(&routes).await;
    let response = read(&mut client).await;
    let text = &response["result"]["content"][0]["text"];
    let line = "GET /api/posts/:id  blog::posts::show (src/posts.rs:7) in Logger, auth\n";
    assert_eq!(text, line);
    let (text, data) = session.call("incidents", json!({})).await;
    assert!(text.starts_with("No such failures"), "{text}");
    assert_eq!(data, json!({ "incidents": [] }));
    let facts = json!({
        "kind": "error", "chain": ["no such post", "password=hush"], "place": "src/posts.rs:8:5",
        "problem": { "title": "Internal Server Error", "status": 500 },
        "route": route(), "params": [["id", "7"]], "noted": [],
    });
    let mut client = rig
        .send("GET /api/posts/7 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    app.responds(&marked(&rig, "500 Internal Server Error", &facts))
        .await;
    assert_eq!(code(&client.head().await), 500);
    let (text, data) = session.call("incidents", json!({})).await;
    for part in [
        "no such post",
        "src/posts.rs:8:5",
        "GET /api/posts/7 failed",
        "id = 7",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("hush") && !data.to_string().contains("hush"));
    let id = data["incidents"][0]["request"].clone();
    let (_, same) = session.call("incidents", json!({ "request": id })).await;
    assert_eq!(same, data);
    let (_, other) = session.call("incidents", json!({ "request": 77 })).await;
    assert_eq!(other["incidents"], json!([]));
}

#[tokio::test]
async fn a_tool_that_is_not_permitted_says_so_and_does_nothing() {
    let page = Page::open(Rig::start_permitting(Permit::Nobody).await).await;
    page.rig.becomes(Phase::Failed);
    let session = Session::begin(&page.rig).await;
    for (tool, arguments) in [
        ("apply_fix", json!({ "build": 1, "id": "all" })),
        ("undo", json!({})),
        ("restart", json!({})),
        ("requests", json!({})),
        ("request", json!({ "id": 0 })),
        ("replay", json!({ "id": 0 })),
        ("routes", json!({})),
        ("output", json!({})),
        ("incidents", json!({})),
    ] {
        let reason = session.fails(tool, arguments).await;
        assert!(reason.contains("--actions nobody"), "{tool}: {reason}");
    }
    assert_eq!(page.text(), TEXT);
    for tool in ["status", "diagnostics", "crash"] {
        session.call(tool, json!({})).await;
    }
}
