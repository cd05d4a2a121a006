//! Files that builds, the compiler or the app write: they start no endless series of builds.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Dev, Sandbox};

/// An app that writes a file over and over, each time with another text.
const CHATTY: &str = "
fn main() {
    std::thread::spawn(|| {
        for number in 0u64.. {
            std::fs::write(\"stats.json\", number.to_string()).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    });
    http::serve(\"v1\")
}
";

/// Waits for a notice with these words.
async fn notice(app: &Dev, words: &str) {
    let is_it = |event: &serde_json::Value| {
        let text = event["text"].as_str().unwrap_or_default();
        event["event"] == "notice" && text.contains(words)
    };
    app.events.find(words, is_it).await;
}

/// Returns the number of the current build, once all changes so far are taken into account.
async fn builds(app: &Dev) -> u64 {
    let _ = app.get("/").await;
    app.status().await["build"]
        .as_u64()
        .expect("it is a number")
}

#[tokio::test]
async fn a_file_that_the_old_app_writes_while_the_code_is_broken_counts_twice() {
    let app = Sandbox::with_main(CHATTY).dev().await;
    app.get("/").await.is(200).says("v1");
    app.edit("src/main.rs", "fn main() { oops }");
    notice(&app, "app/stats.json changes without changing the result").await;
    let words = "app/stats.json changes without changing the result; it starts no more builds until something else does";
    app.page("/").await.is(500).shows(words);
    app.page("/__gin/").await.is(200).shows(words);
    assert_eq!(app.status().await["build"], 4);
    // The old app writes on.
    let before = app.project().read("stats.json");
    while app.project().read("stats.json") == before {
        app.get("/").await.is(500).shows("cannot find value `oops`");
    }
    assert_eq!(builds(&app).await, 4);
    app.edit("src/main.rs", "fn main() { http::serve(\"v2\") }");
    app.page("/").await.is(200).says("v2");
    let page = app.page("/__gin/").await.is(200).text();
    assert!(!page.contains("without changing the result"), "{page}");
}

/// A compiler that crashes if the code says so, and leaves a file with a new name each time.
const CRASHING: &str = "#!/bin/sh
if [ \"$CARGO_PKG_NAME\" = app ] && grep -q crash \"$CARGO_MANIFEST_DIR/src/main.rs\"; then
    echo dump > \"$CARGO_MANIFEST_DIR/rustc-ice-2026-11-28T15_07_41-$$.txt\"
    echo 'error: the compiler unexpectedly panicked' >&2
    exit 101
fi
exec \"$@\"
";

#[tokio::test]
async fn a_compiler_that_crashes_is_shown_and_started_once() {
    let project = Sandbox::new("plain").with("../rustc", CRASHING);
    let compiler = project.path("../rustc");
    set_permissions(&compiler, Permissions::from_mode(0o755)).unwrap();
    let app = project.dev().env("RUSTC_WRAPPER", &compiler).await;
    app.get("/").await.is(200).says("v1");
    // From the first failed build on, every file may be an input.
    for (text, build) in [("crash", 2), ("crash again", 3)] {
        app.edit(
            "src/main.rs",
            &format!("fn main() {{ http::serve(\"{text}\") }}"),
        );
        let page = app.page("/").await.is(500);
        page.shows("the compiler unexpectedly panicked");
        for _ in 0..3 {
            assert_eq!(builds(&app).await, build);
        }
    }
    app.edit("src/main.rs", "fn main() { http::serve(\"v2\") }");
    app.page("/").await.is(200).says("v2");
}

#[tokio::test]
async fn with_all_a_file_that_the_app_writes_when_it_starts_does_not_loop() {
    let main = "
fn main() {
    let now = std::time::SystemTime::now();
    std::fs::write(\"log.txt\", format!(\"{now:?}\")).unwrap();
    http::serve(\"v1\")
}
";
    let app = Sandbox::with_main(main).dev().arg("--all").await;
    notice(&app, "app/log.txt changes without changing the result").await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}
