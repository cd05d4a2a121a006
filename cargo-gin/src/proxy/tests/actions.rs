//! The actions of the proxy's own pages: what they name, who may use them, and the reasons why they fail.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::EditorOptions;
use crate::diagnostics::{Diagnostic, Diagnostics, Origin};
use crate::editor::Editor;
use crate::proxy::Permit;
use crate::proxy::tests::endpoints::{body, post, token};
use crate::proxy::tests::rig::{Rig, starting};
use crate::proxy::tests::wire::{code, field, within};
use crate::source::Library;
use crate::state::{Event, Phase, Start};

pub(super) const TEXT: &str = "fn main() { let mut x = 1; }\n";
pub(super) const FIXED: &str = "fn main() { let x = 1; }\n";

/// A proxy, and the token of its pages.
pub(super) struct Page {
    pub(super) rig: Rig,
    token: String,
    directory: TempDir,
}

impl Page {
    /// Opens a page of build 1, which suggests to remove the `mut` in `main.rs`.
    pub(super) async fn open(rig: Rig) -> Page {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("main.rs"), TEXT).unwrap();
        let child = json!({ "message": "remove it", "level": "help", "spans": [{
            "file_name": "main.rs", "byte_start": 16, "byte_end": 20, "line_start": 1, "line_end": 1,
            "column_start": 17, "column_end": 21, "is_primary": true,
            "suggested_replacement": "", "suggestion_applicability": "MachineApplicable",
        }]});
        let message = json!({ "message": "unused", "level": "warning", "children": [child] });
        let mut diagnostics = Diagnostics::default();
        let message = serde_json::from_value(message).unwrap();
        diagnostics.push(Diagnostic::new(Origin::Rustc, "hello", message));
        diagnostics.snapshot(&Library::new(directory.path(), &[]));
        rig.status
            .send_modify(|status| status.diagnostics = Arc::new(diagnostics));
        let token = token(&rig).await;
        Page {
            rig,
            token,
            directory,
        }
    }

    /// Sends a POST of the proxy's own page, and returns the response.
    async fn post(&self, path: &str, what: &Value) -> (u16, Value) {
        let own = [
            ("Origin", "http://localhost"),
            ("X-Gin-Token", self.token.as_str()),
            ("Accept", "application/json"),
        ];
        let request = post(path, &own, &what.to_string());
        let mut client = self.rig.send(&request).await;
        let head = client.head().await;
        let response = body(&mut client, &head).await;
        (code(&head), serde_json::from_str(&response).unwrap())
    }

    pub(super) fn text(&self) -> String {
        fs::read_to_string(self.directory.path().join("main.rs")).unwrap()
    }
}

#[tokio::test]
async fn a_page_applies_a_suggestion_and_undoes_it() {
    let page = Page::open(Rig::start().await).await;
    let first = json!({ "build": 1, "id": "0.0.0" });
    let applied = json!({ "applied": [{ "file": "main.rs" }], "undoable": 1 });
    assert_eq!(page.post("fix", &first).await, (200, applied));
    assert_eq!(page.text(), FIXED);
    let (again, problem) = page.post("fix", &first).await;
    assert_eq!(again, 409);
    let reason = "main.rs has changed since build 1. Wait for the next build, or save the file to start one.";
    assert_eq!(problem["detail"], reason);
    let undone = json!({ "undone": [{ "file": "main.rs" }], "undoable": 0 });
    assert_eq!(page.post("undo", &json!({})).await, (200, undone));
    assert_eq!(page.text(), TEXT);
    assert_eq!(page.post("undo", &json!({})).await.0, 409);
}

#[tokio::test]
async fn the_status_lists_the_suggestions_that_can_be_applied() {
    let page = Page::open(Rig::start().await).await;
    let mut client = page
        .rig
        .send("GET /__gin/status HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    let head = client.head().await;
    let status: Value = serde_json::from_str(&body(&mut client, &head).await).unwrap();
    let fixes = &status["diagnostics"][0]["fixes"];
    assert_eq!(*fixes, json!([{ "id": "0.0.0", "sure": true }]));
    assert_eq!(status["files"], json!(["main.rs"]));
    let id = &fixes[0]["id"];
    let order = json!({ "build": status["build"], "id": id });
    assert_eq!(page.post("fix", &order).await.0, 200);
}

#[tokio::test]
async fn a_post_must_name_something_that_exists_and_nothing_else() {
    let page = Page::open(Rig::start().await).await;
    for (path, what, expected) in [
        ("fix", json!({ "build": 2, "id": "0.0.0" }), 409),
        ("fix", json!({ "build": 1, "id": "0.0.1" }), 404),
        ("fix", json!({ "build": 1, "id": "7.0.0" }), 404),
        ("fix", json!({ "build": 1, "id": "../../etc/passwd" }), 404),
        ("fix", json!({ "build": 1, "id": 0 }), 400),
        ("fix", json!({ "build": -1, "id": "0.0.0" }), 400),
        ("fix", json!({ "build": 1 }), 400),
        (
            "fix",
            json!({ "build": 1, "id": "0.0.0", "file": "main.rs" }),
            400,
        ),
        ("fix", json!(["all"]), 400),
        ("fix", json!({ "build": 1, "id": "x".repeat(5000) }), 400),
        ("undo", json!({ "path": "main.rs" }), 400),
        ("open", json!({ "build": 2, "id": "d0:1:1" }), 409),
        ("open", json!({ "build": 1, "id": "d1:1:1" }), 404),
        ("open", json!({ "build": 1, "id": "d0:900:1" }), 404),
        ("open", json!({ "build": 1, "id": "x0:1:1" }), 404),
        ("open", json!({ "build": 1, "id": "/etc/passwd" }), 404),
        (
            "open",
            json!({ "build": 1, "id": "d0:1:1", "editor": "sh" }),
            400,
        ),
        ("open", json!({ "build": 1, "id": "d0:1:1" }), 409),
    ] {
        let (status, problem) = page.post(path, &what).await;
        assert_eq!(status, expected, "{path} {what}");
        assert!(problem["detail"].is_string(), "{path} {what}");
    }
    assert_eq!(page.text(), TEXT);
}

#[tokio::test]
async fn only_the_proxy_s_own_pages_can_act() {
    let page = Page::open(Rig::start().await).await;
    let own = ("Origin", "http://localhost");
    let token = ("X-Gin-Token", page.token.as_str());
    let all = r#"{"build":1,"id":"all"}"#;
    for path in ["fix", "undo", "open"] {
        for fields in [
            &[][..],
            &[own],
            &[token],
            &[own, ("X-Gin-Token", "0")],
            &[token, ("Origin", "null")],
            &[token, ("Origin", "http://127.0.0.1")],
            &[token, ("Origin", "http://localhost:5173")],
            &[token, ("Origin", "http://evil.test")],
            &[token, own, ("Sec-Fetch-Site", "cross-site")],
            &[token, own, ("Sec-Fetch-Site", "same-site")],
        ] {
            let head = page.rig.send(&post(path, fields, all)).await.head().await;
            assert_eq!(code(&head), 403, "{path} {fields:?}");
            assert_eq!(field(&head, "access-control-allow-origin"), None);
        }
        // The media types that a form can send without a preflight request.
        for media in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ] {
            let form = post(path, &[own, token], all).replace("application/json", media);
            assert_eq!(code(&page.rig.send(&form).await.head().await), 415);
        }
        let preflight = post(path, &[own], "").replace("POST", "OPTIONS");
        assert_eq!(code(&page.rig.send(&preflight).await.head().await), 405);
    }
    assert_eq!(page.text(), TEXT);
}

#[tokio::test]
async fn an_action_that_is_not_permitted_changes_nothing() {
    for (permit, flag) in [
        (Permit::Unexposed, "--actions everyone"),
        (Permit::Nobody, "--actions nobody"),
    ] {
        let page = Page::open(Rig::start_permitting(permit).await).await;
        for path in ["fix", "undo", "open"] {
            let what = json!({ "build": 1, "id": "all" });
            let (status, problem) = page.post(path, &what).await;
            assert_eq!(status, 403, "{path}");
            let reason = problem["detail"].as_str().unwrap();
            assert!(reason.contains(flag), "{reason}");
        }
        assert_eq!(page.text(), TEXT);
    }
    let page = Page::open(Rig::start().await).await;
    let own = [("Origin", "http://app.test"), ("X-Gin-Token", &page.token)];
    let tunnelled =
        post("fix", &own, r#"{"build":1,"id":"all"}"#).replace("Host: localhost", "Host: app.test");
    assert_eq!(code(&page.rig.send(&tunnelled).await.head().await), 403);
    assert_eq!(page.text(), TEXT);
}

#[tokio::test]
async fn events_contain_the_available_actions() {
    let stream = "GET /__gin/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let page = Page::open(Rig::start().await).await;
    let mut events = page.rig.send(stream).await;
    let event = |undoable| {
        format!("event: actions\ndata: {{\"forbidden\":null,\"undoable\":{undoable}}}\n\n")
    };
    events.until(&event(0)).await;
    let all = json!({ "build": 1, "id": "all" });
    assert_eq!(page.post("fix", &all).await.0, 200);
    events.until(&event(1)).await;
    assert_eq!(page.post("undo", &json!({})).await.0, 200);
    events.until(&event(0)).await;
    let page = Page::open(Rig::start_permitting(Permit::Nobody).await).await;
    let mut events = page.rig.send(stream).await;
    events.until("\"forbidden\":\"This was turned off").await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_editor_opens_the_file_at_the_place() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    // An editor that writes its arguments to a pipe.
    let script = format!("printf \"%s\\n\" \"$@\" > {}", pipe.display());
    let command = format!("sh -c '{script}' editor {{file}} {{line}} {{column}}");
    let options = EditorOptions {
        editor: Some(command),
        editor_path: Vec::new(),
    };
    let editor = Editor::find(&options, |_| None);
    let page = Page::open(Rig::start_with_editor(editor).await).await;
    let place = json!({ "build": 1, "id": "d0:1:17" });
    let opened = json!({ "opened": "main.rs" });
    assert_eq!(page.post("open", &place).await, (200, opened));
    let text = within("the editor", tokio::fs::read_to_string(&pipe)).await;
    let path = page
        .directory
        .path()
        .canonicalize()
        .unwrap()
        .join("main.rs");
    assert_eq!(text.unwrap(), format!("{}\n1\n17\n", path.display()));
}

/// Returns the remedies that the page lists.
async fn remedies(rig: &Rig) -> Value {
    let mut client = rig
        .send("GET /__gin/remedies HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    let head = client.head().await;
    assert_eq!(code(&head), 200, "{head}");
    serde_json::from_str(&body(&mut client, &head).await).unwrap()
}

/// Returns the phase of an app that has opened another port.
fn elsewhere(port: u16) -> Phase {
    match starting() {
        Phase::Starting(start) => Phase::Starting(Start {
            opened: vec![port],
            ..start
        }),
        phase => phase,
    }
}

#[tokio::test]
async fn a_page_makes_the_proxy_use_the_port_that_the_app_has_opened() {
    let mut page = Page::open(Rig::start().await).await;
    page.rig.becomes(elsewhere(8089));
    let listed = remedies(&page.rig).await;
    let [remedy] = listed["remedies"].as_array().unwrap().as_slice() else {
        panic!("{listed}");
    };
    assert_eq!(remedy["label"], "Use 8089");
    assert_eq!(remedy["command"], "cargo gin dev --app-port 8089");
    let order = json!({ "build": 1, "id": remedy["id"] });
    let done = json!({ "done": "cargo gin dev --app-port 8089" });
    assert_eq!(page.post("remedy", &order).await, (200, done));
    let event = page.rig.events.recv().await;
    assert!(matches!(event, Some(Event::Change(_))));
}

#[tokio::test]
async fn a_remedy_that_holds_no_longer_is_not_carried_out() {
    let page = Page::open(Rig::start().await).await;
    page.rig.becomes(elsewhere(8089));
    let id = remedies(&page.rig).await["remedies"][0]["id"].clone();
    let outdated = json!({ "build": 0, "id": id });
    assert_eq!(page.post("remedy", &outdated).await.0, 409);
    page.rig.becomes(elsewhere(9000));
    let order = json!({ "build": 1, "id": id });
    assert_eq!(page.post("remedy", &order).await.0, 404);
    for id in ["", "0", "cargo add serde", "../x"] {
        let order = json!({ "build": 1, "id": id });
        assert_eq!(page.post("remedy", &order).await.0, 404, "{id}");
    }
}

#[tokio::test]
async fn a_crate_that_is_missing_is_added_by_a_command() {
    let page = Page::open(Rig::start().await).await;
    let help = |text: &str| json!({ "message": text, "level": "help", "spans": [] });
    let message = json!({
        "message": "unresolved import `serde`", "level": "error", "spans": [], "children": [
            help("if you wanted to use a crate named `serde`, use `cargo add serde` to add it to your `Cargo.toml`"),
            help("use `cargo add --git=https://evil.test` to add it"),
        ],
    });
    let mut diagnostics = Diagnostics::default();
    for _ in 0..2 {
        diagnostics.push(Diagnostic {
            origin: Origin::Rustc,
            package: "hello".to_owned(),
            message: serde_json::from_value(message.clone()).unwrap(),
            whole: None,
        });
    }
    page.rig.status.send_modify(|status| {
        status.diagnostics = Arc::new(diagnostics);
        status.phase = Phase::Failed;
    });
    let listed = remedies(&page.rig).await;
    let commands: Vec<_> = listed["remedies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|remedy| remedy["command"].clone())
        .collect();
    assert_eq!(commands, ["cargo add serde --package hello"]);
}

#[tokio::test]
async fn remedies_are_only_for_clients_that_may_act() {
    let rig = Rig::start_permitting(Permit::Nobody).await;
    rig.becomes(elsewhere(8089));
    let mut client = rig
        .send("GET /__gin/remedies HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!(code(&client.head().await), 403);
    let own = [("Origin", "http://evil.test"), ("X-Gin-Token", "guess")];
    let page = Page::open(Rig::start().await).await;
    page.rig.becomes(elsewhere(8089));
    let request = post("remedy", &own, r#"{"build":1,"id":""}"#);
    let mut client = page.rig.send(&request).await;
    assert_eq!(code(&client.head().await), 403);
}
