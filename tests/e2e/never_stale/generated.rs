//! Files that the compiler or the running app writes: they never start a loop of builds.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Dev, Sandbox};
use serde_json::Value;

/// A compiler that writes a report into its directory and fails, as rustc does after a panic of its own, while the app contains
/// the word `ice`.
const PANICKING: &str = r#"#!/bin/sh
case "$*" in
*src/main.rs*)
    if grep -q ice src/main.rs; then
        echo "thread 'rustc' panicked" >"rustc-ice-$(date +%Y-%m-%dT%H_%M_%S_%N)-$$.txt"
        echo "error: internal compiler error: unexpected panic" >&2
        exit 101
    fi
    ;;
esac
exec "$@"
"#;

/// The attempts that files written by others may start before they count no more: the user's own, one for each of two rounds,
/// and one that was cancelled.
const ATTEMPTS: u64 = 4;

#[tokio::test]
async fn a_report_of_a_compiler_that_panicked_starts_no_loop() {
    // The compiler's directory is the workspace's root, which is watched as a whole if it is the package.
    let project = Sandbox::new("plain");
    let manifest = project.read("Cargo.toml") + "\n[workspace]\n";
    let others = project.read("../Cargo.toml").replace("\"app\", ", "");
    let project = project
        .with("Cargo.toml", &manifest)
        .with("../Cargo.toml", &others)
        .with("../panicking", PANICKING);
    let compiler = project.path("../panicking");
    fs::set_permissions(&compiler, fs::Permissions::from_mode(0o755)).unwrap();
    let app = project.dev().env("RUSTC_WRAPPER", &compiler).await;
    app.get("/").await.is(200).says("v1");
    for text in ["v2", "v3"] {
        app.edit("src/main.rs", "// ice\nfn main() { http::serve(\"v1\") }");
        app.page("/").await.is(500).shows("internal compiler error");
        // After a failed build, more files may matter than before.
        let before = app.settled().await;
        app.edit("src/main.rs", "// ice\nfn main() { http::serve(\"\") }");
        app.page("/").await.is(500).shows("internal compiler error");
        let after = app.settled().await;
        assert!(after <= before + ATTEMPTS, "{} attempts", after - before);
        assert_eq!(app.settled().await, after, "it still builds");
        let main = format!("fn main() {{ http::serve(\"{text}\") }}");
        app.edit("src/main.rs", &main);
        app.get("/").await.is(200).says(text);
    }
}

/// An app that writes a file in its package every 200 ms, and reports each time.
const WRITING: &str = r#"
fn main() {
    std::thread::spawn(|| {
        for number in 0_u64.. {
            std::fs::write("stats.json", number.to_string()).unwrap();
            println!("{} wrote {number}", std::process::id());
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    });
    http::serve("v1")
}
"#;

/// Returns the number of the last file that the app of this process has written up to this event.
fn written(event: &Value, pid: &str) -> Option<u64> {
    let lines = event["text"].as_str()?.lines();
    let last = lines
        .filter_map(|line| line.split_once(" wrote "))
        .rfind(|(writer, _)| *writer == pid);
    let (_, number) = last?;
    number.parse().ok()
}

/// Waits until the app has written its file ten more times.
async fn writes_ten_more(app: &Dev, pid: &str) {
    let events = app.events.all();
    let last = events
        .iter()
        .filter_map(|event| written(event, pid))
        .next_back();
    let enough = last.unwrap_or_default() + 10;
    let writes = |event: &Value| written(event, pid) >= Some(enough);
    app.events.find("ten more writes of the app", writes).await;
}

#[tokio::test]
async fn a_file_that_the_old_app_writes_while_the_code_is_broken_starts_no_loop() {
    starts_no_loop(WRITING).await;
}

#[tokio::test]
async fn a_source_that_the_old_app_writes_while_the_code_is_broken_starts_no_loop() {
    starts_no_loop(&WRITING.replace("stats.json", "bindings.rs")).await;
}

async fn starts_no_loop(main: &str) {
    let app = Sandbox::with_main(main).dev().await;
    app.get("/").await.is(200).says("v1");
    for text in ["v2", "v3"] {
        let pid = app.get("/pid").await.is(200).text();
        let before = app.settled().await;
        let main = app.project().read("src/main.rs");
        app.edit("src/main.rs", &format!("{main}\noops"));
        app.page("/").await.is(500).shows("oops");
        writes_ten_more(&app, &pid).await;
        let after = app.settled().await;
        assert!(after <= before + ATTEMPTS, "{} attempts", after - before);
        writes_ten_more(&app, &pid).await;
        assert_eq!(app.settled().await, after, "it still builds");
        app.edit("src/main.rs", &main);
        app.say(text);
        app.get("/").await.is(200).says(text);
    }
}

#[tokio::test]
async fn a_file_that_the_running_app_writes_starts_no_build() {
    let app = Sandbox::with_main(WRITING).dev().await;
    let pid = app.get("/pid").await.is(200).text();
    let before = app.settled().await;
    writes_ten_more(&app, &pid).await;
    assert_eq!(app.settled().await, before);
}
