//! A newer change ends what an older one had begun.

use std::fmt::Write as _;

use gin_tests::{Gate, Process, Sandbox};

#[tokio::test]
async fn a_newer_save_ends_cargo_and_all_it_started() {
    let gate = Gate::new().await;
    let app = Sandbox::with_gated_build()
        .dev()
        .env("GATE", gate.address())
        .await;
    gate.arrival().await.pass().await;
    app.get("/").await.is(200).says("v1");

    app.say("v2");
    let stale = gate.arrival().await;
    let before = app.processes();
    app.say("v3");
    stale.gone().await;
    let fresh = gate.arrival().await;
    for process in before.iter().filter(|process| is_of_a_build(process)) {
        assert!(process.wait(), "{process:?} still runs");
    }
    let cargos = app.processes();
    let cargos = cargos.iter().filter(|process| process.name == "cargo");
    assert_eq!(cargos.count(), 1);
    fresh.pass().await;
    app.get("/").await.is(200).says("v3");
}

fn is_of_a_build(process: &Process) -> bool {
    let name = process.name.as_str();
    name == "cargo" || name == "rustc" || name.starts_with("build-script")
}

#[tokio::test]
async fn a_save_while_the_app_starts_abandons_that_start() {
    let main = "fn main() { http::wait_at_gate(); http::serve(\"v1\") }";
    let gate = Gate::new().await;
    let app = Sandbox::with_main(main)
        .dev()
        .env("GATE", gate.address())
        .await;
    let stale = gate.arrival().await;
    app.say("v2");
    stale.gone().await;
    let fresh = gate.arrival().await;
    let apps = app.processes();
    let apps = apps.iter().filter(|process| process.name == "app");
    assert_eq!(apps.count(), 1);
    fresh.pass().await;
    app.get("/").await.is(200).says("v2");
}

/// An app in a shell that tells when it is asked to end, and does not.
const STUBBORN: &str = r#"
fn main() {
    if std::env::var("INNER").is_ok() {
        http::serve("v1");
    }
    use std::os::unix::process::CommandExt as _;
    let script = "(trap '' TERM; INNER=1 exec \"$0\") & trap 'echo asked to end' TERM; while :; do wait; done";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", script]).arg(std::env::current_exe().unwrap());
    panic!("{}", shell.exec());
}
"#;

#[tokio::test]
async fn an_app_that_was_asked_to_end_is_not_kept_when_the_edit_is_taken_back() {
    let app = Sandbox::with_main(STUBBORN).dev().arg("--grace=1s").await;
    let pid = app.get("/pid").await.is(200).text();
    app.say("v2");
    let asked = app.events.find("the app to be asked to end", |event| {
        event["event"] == "output" && event["text"] == "asked to end\n"
    });
    asked.await;
    app.edit("src/main.rs", STUBBORN);
    app.get("/").await.is(200).says("v1");
    assert_ne!(app.get("/pid").await.is(200).text(), pid);
}

#[tokio::test]
async fn a_thousand_files_at_once_are_one_build_or_two() {
    let mut main = "fn main() { http::serve(m999::TEXT) }\n".to_owned();
    let mut project = Sandbox::new("plain");
    for number in 0..1000 {
        writeln!(main, "mod m{number};").unwrap();
        project = project.with(&format!("src/m{number}.rs"), &module("v1"));
    }
    let app = project.with("src/main.rs", &main).dev().await;
    app.get("/").await.is(200).says("v1");
    for number in 0..1000 {
        app.project()
            .edit(&format!("src/m{number}.rs"), &module("v2"));
    }
    app.get("/").await.is(200).says("v2");
    let events = app.events.all();
    let ready = events.iter().filter(|event| event["phase"] == "ready");
    let builds = ready.count() - 1;
    assert!(builds <= 2, "{builds} builds came to their end");
}

fn module(text: &str) -> String {
    format!("pub const TEXT: &str = \"{text}\";\n")
}
