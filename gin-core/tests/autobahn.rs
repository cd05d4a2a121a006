//! The cases of Autobahn's test suite, by which implementations of WebSocket are compared.
//!
//! The client that runs the suite's case files is `kosoku` of the Python package index, as the suite's own needs Python 2. It is not there on every machine:
//! `.ci/run` brings it. Compression (12 and 13) is not offered, so its cases are left out.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use gin::Server;
use gin::prelude::*;
use gin::websocket::WebSocket;
use serde_json::Value;
use tokio::net::TcpListener;

/// Sends every message back. The largest of the suite has 16 MiB.
async fn echo(ws: WebSocket) -> Response {
    ws.max_message_size(16 << 20)
        .on_upgrade(async |mut socket| {
            while let Some(message) = socket.recv().await {
                socket.send(message).await?;
            }
            Ok(())
        })
}

#[tokio::test]
#[ignore = "it needs `kosoku`, which the variable KOSOKU names"]
async fn every_case_passes() {
    let Ok(kosoku) = std::env::var("KOSOKU") else {
        eprintln!("KOSOKU is not set: the cases are skipped");
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    let engine = Engine::new(Group::new("").get("/", echo)).expect("it is sound");
    tokio::spawn(Server::new(engine).listen(listener).run());
    let directory = tempfile::tempdir().expect("there is room");
    let reports = directory.path().join("reports");
    let mut command = Command::new(kosoku);
    command
        .args(["--mode", "fuzzingclient", "--parallelism", "4"])
        .args(["--exclude", "12.*", "--exclude", "13.*", "--outdir"])
        .arg(&reports)
        .arg(address.to_string())
        .stdout(Stdio::null());
    let run = tokio::task::spawn_blocking(move || command.status()).await;
    let status = run.expect("it does not panic").expect("`kosoku` starts");
    assert!(status.success(), "{status}");
    check(&reports.join("index.json"));
}

/// Checks the behavior and the closing behavior of every case in a report.
fn check(report: &Path) {
    let report = fs::read(report).expect("there is a report");
    let report: Value = serde_json::from_slice(&report).expect("it is JSON");
    let agents = report.as_object().expect("it lists servers");
    let cases = agents.values().find_map(Value::as_object);
    let cases = cases.expect("the server is listed");
    let failed: Vec<_> = cases
        .iter()
        .filter(|(_, case)| !is_good(&case["behavior"]) || !is_good(&case["behaviorClose"]))
        .map(|(name, case)| format!("{name}: {case}"))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(cases.len() >= 300, "only {} cases were run", cases.len());
    eprintln!("{} cases passed", cases.len());
}

/// `NON-STRICT` is a correct behavior that is not the fastest possible, such as noticing invalid UTF-8 at the end of a frame.
fn is_good(verdict: &Value) -> bool {
    let verdict = verdict.as_str().unwrap_or_default();
    ["OK", "NON-STRICT", "INFORMATIONAL"].contains(&verdict)
}
