//! The start: the proxy responds while cargo still waits, and the dev server can be ended meanwhile.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Gate, Program, Sandbox, Start};
use rustix::process::Signal;
use serde_json::Value;

/// The signals that end the dev server, with the exit codes that shells expect.
const SIGNALS: [(Signal, i32); 5] = [
    (Signal::INT, 130),
    (Signal::QUIT, 131),
    (Signal::TERM, 143),
    (Signal::HUP, 129),
    (Signal::KILL, 137),
];

/// Replaces cargo by one that waits at the gate, forever.
fn with_waiting_cargo(project: Sandbox, gate: &Gate) -> Start {
    let cargo = "#!/bin/bash\nexec 3<> \"/dev/tcp/${GATE/://}\"\nread -r -n 1 <&3\n";
    let project = project.with("cargo", cargo);
    let path = project.path("cargo");
    let made = fs::set_permissions(&path, Permissions::from_mode(0o755));
    made.expect("it can be made executable");
    project.dev().env("CARGO", path).env("GATE", gate.address())
}

/// A home of cargo whose package cache is locked by this test.
struct LockedCache {
    directory: tempfile::TempDir,
    lock: File,
}

impl LockedCache {
    fn new() -> LockedCache {
        let directory = tempfile::tempdir().expect("there is room");
        let lock = File::create(directory.path().join(".package-cache"));
        let lock = lock.expect("the file can be created");
        lock.lock().expect("nobody else knows it");
        LockedCache { directory, lock }
    }

    fn home(&self) -> String {
        self.directory.path().display().to_string()
    }
}

/// Waits until standard error has a line with all of these words.
async fn line(program: &Program, words: &[&str]) {
    let says = |line: &Value| {
        let line = line.as_str().unwrap_or_default();
        words.iter().all(|word| line.contains(word))
    };
    program.stderr.find(&words.join(" … "), says).await;
}

#[tokio::test]
async fn requests_get_a_page_while_cargo_reads_the_manifests() {
    let gate = Gate::new().await;
    let app = with_waiting_cargo(Sandbox::new("plain"), &gate).await;
    let _cargo = gate.arrival().await;
    let mut events = app.get("/__gin/events").stream().await;
    events.receives("cargo metadata").await;
    let status = app.status().await;
    assert_eq!(status["phase"], "building");
    assert_eq!(status["target"]["name"], "app");
    let page = app.get("/").as_navigation().await.is(503);
    page.shows("cargo is reading").shows("Cargo.toml");
}

#[tokio::test]
async fn a_signal_while_cargo_reads_the_manifests_leaves_no_process() {
    for (signal, code) in SIGNALS {
        let gate = Gate::new().await;
        let app = with_waiting_cargo(Sandbox::new("plain"), &gate).await;
        let cargo = gate.arrival().await;
        assert_eq!(app.stop(signal).await.code, code);
        cargo.gone().await;
    }
}

#[tokio::test]
async fn a_locked_package_cache_is_shown_with_its_holder_until_it_is_released() {
    let cache = LockedCache::new();
    let start = Sandbox::new("plain").dev();
    let app = start.env("CARGO_HOME", cache.home()).await;
    let holder = format!("(pid {}", std::process::id());
    let mut events = app.get("/__gin/events").stream().await;
    events.receives(&holder).await;
    let page = app.get("/").as_navigation().await.is(503);
    page.shows("cargo waits for the file lock on package cache")
        .shows(&holder);
    assert!(!page.text().contains("rust-analyzer.cargo.targetDir"));
    drop(cache.lock);
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn waits_for_locks_are_printed_where_there_is_no_terminal() {
    let cache = LockedCache::new();
    let project = Sandbox::new("plain").with("../target/debug/.cargo-lock", "");
    let build = File::open(project.path("../target/debug/.cargo-lock")).unwrap();
    build.lock().unwrap();
    let args = ["dev", "--port", "0"];
    let program = project.start_with(&args, "CARGO_HOME", &cache.home());
    let holder = format!("held by {}", "e2e");
    let pid = format!("(pid {}", std::process::id());
    for (lock, held) in [("package cache", cache.lock), ("directory", build)] {
        line(&program, &["waiting for file lock on", lock, &holder, &pid]).await;
        drop(held);
        line(&program, &["no longer waiting for file lock on", lock]).await;
    }
    line(&program, &["ready in"]).await;
    let exit = program.stop(Signal::TERM).await;
    let waits = exit.stderr.matches("waiting for file lock").count();
    assert_eq!(waits, 4, "{}", exit.stderr);
}

#[tokio::test]
async fn options_of_a_member_apply_from_the_start() {
    let project = Sandbox::new("plain");
    let manifest = project.read("Cargo.toml");
    let project = project.with(
        "Cargo.toml",
        &format!("{manifest}\n[package.metadata.gin]\nhold = \"10ms\"\n"),
    );
    let cache = LockedCache::new();
    // The root has no package; the only member with a binary is the app.
    let start = project.dev().arg("--manifest-path=../Cargo.toml");
    let start = start.env("GIN_HOLD", "").env("CARGO_HOME", cache.home());
    let app = start.await;
    app.get("/").await.is(503).has("x-gin-phase", "building");
}

/// The network is the test's own, so that the usual ports are free.
#[cfg_attr(not(has_networks), ignore = "there are no network namespaces here")]
#[tokio::test]
async fn the_dev_server_leaves_its_port_to_an_app_that_opens_it_whatever_port_says() {
    let main = "fn main() {
    let listener = std::net::TcpListener::bind(\"127.0.0.1:3000\").unwrap();
    for stream in listener.incoming() {
        drop(stream);
    }
}
";
    // The first four arguments choose the port: `gin dev --port 0`.
    let script = "shift 4
exec unshare --net sh -c 'ip link set lo up && exec \"$0\" \"$@\"' \"$0\" gin dev \"$@\"";
    let app = Sandbox::with_main(main).dev().limited(script).await;
    assert_eq!(app.address().port(), 3001);
    app.phase("ready").await;
    let notices = app.events.all();
    let is_notice = |event: &&Value| {
        let text = event["text"].as_str().unwrap_or_default();
        text.starts_with(
            "the app listens on port 3000 (src/main.rs:2), so the dev server takes port 3001",
        )
    };
    assert_eq!(notices.iter().filter(is_notice).count(), 1);
}
