//! The keys `ready` and `restart` of a process beside the app, and its name before each line of its output.

use gin_tests::{Gate, Sandbox, Start};
use rustix::process::Signal;
use serde_json::Value;

use crate::sides::{entry, notice, project};

/// The table of a second binary with these further keys. A request for `/exit` ends it.
fn front(keys: &str) -> Sandbox {
    let table = "[package.metadata.gin.with.front]
bin = \"front\"
routes = [\"/front/*\", \"/exit\"]";
    project(&format!("{table}\n{keys}"))
}

fn serving(text: &str) -> String {
    format!("fn main() {{ http::serve(\"{text}\") }}")
}

#[tokio::test]
async fn a_process_that_restarts_on_change_waits_for_its_own_code() {
    let app = front("restart = \"on-change\"").dev().await;
    app.get("/front/").await.is(200).says("front 1");
    app.get("/exit").await.is(502).text();
    let text = "front exited: exit code 3; it starts again once its code has changed";
    notice(&app, text).await;
    // A build that leaves its code as it is.
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    app.get("/front/").await.is(502).shows("exit code 3");
    assert_eq!(entry(&app, "front").await["starts"], 1);
    app.edit("src/bin/front.rs", &serving("front 2"));
    app.get("/front/").await.is(200).says("front 2");
    assert_eq!(entry(&app, "front").await["starts"], 2);
}

#[tokio::test]
async fn a_process_that_never_restarts_stays_ended_when_its_code_changes() {
    let app = front("restart = \"never\"").dev().await;
    app.get("/front/").await.is(200).says("front 1");
    // While it runs, no request may reach its old code.
    app.edit("src/bin/front.rs", &serving("front 2"));
    app.get("/front/").await.is(200).says("front 2");
    app.get("/exit").await.is(502).text();
    let text = "front exited: exit code 3; restart `cargo gin dev` to start it again";
    notice(&app, text).await;
    app.edit("src/bin/front.rs", &serving("front 3"));
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    app.get("/front/").await.is(502).shows("exit code 3");
    assert_eq!(entry(&app, "front").await["starts"], 2);
}

/// A server that waits at the gate after it has opened its port, and then writes what `%` stands for.
const COMPILING: &str = "fn main() {
    let port: u16 = std::env::var(\"PORT\").unwrap().parse().unwrap();
    let listener = std::net::TcpListener::bind((\"127.0.0.1\", port)).unwrap();
    std::thread::spawn(|| {
        println!(\"compiling\");
        http::wait_at_gate();
        print!(%);
    });
    http::serve_with(&listener, \"front 1\")
}";

fn compiling(gate: &Gate, written: &str) -> Start {
    let project = front("ready = { line = \"compiled in\" }");
    let project = project.with("src/bin/front.rs", &COMPILING.replace('%', written));
    project.dev().env("GATE", gate.address())
}

#[tokio::test]
async fn a_process_is_ready_once_it_has_written_its_line() {
    for written in [
        "\"compiled in 3 s\\n\"",
        "\"\\u{1b}[32mcompiled\\u{1b}[0m in 3 s\\r\\n\"",
    ] {
        let gate = Gate::new().await;
        let app = compiling(&gate, written).await;
        let front = gate.arrival().await;
        app.get("/").await.is(200).says("v1");
        let page = app.get("/front/").as_navigation().await.is(503);
        page.shows("Starting front");
        assert_eq!(entry(&app, "front").await["phase"], "starting");
        front.pass().await;
        app.get("/front/").await.is(200).says("front 1");
        assert_eq!(entry(&app, "front").await["phase"], "ready");
    }
}

/// Regression: the line was forgotten before it was looked for.
#[tokio::test]
async fn the_line_of_a_process_is_found_in_a_flood() {
    let gate = Gate::new().await;
    let flood = "\"{0}compiled in 3 s\\n{0}\", \"chunk\\n\".repeat(5_000)";
    let app = compiling(&gate, flood).await;
    gate.arrival().await.pass().await;
    app.get("/front/").await.is(200).says("front 1");
}

#[tokio::test]
async fn each_line_on_the_terminal_has_the_name_of_its_process() {
    let words = "echo one two; echo three >&2; printf \"\\\\033[2Jfour\\\\rfive\\\\n\"; printf six";
    let tables = format!(
        "[package.metadata.gin.with.clock]
run = '''sh -c '{words}; exit 0' '''
[package.metadata.gin.with.other]
run = \"sh -c 'printf begun; exec sleep 600'\""
    );
    let project = project(&tables);
    let program = project.start(&["dev", "--port", "0"]);
    for text in ["ready in", "clock exited"] {
        let says = |line: &Value| line.as_str().is_some_and(|line| line.contains(text));
        program.stderr.find(text, says).await;
    }
    let exit = program.stop(Signal::TERM).await;
    let lines: Vec<&str> = exit.stderr.lines().collect();
    for line in ["clock | one two", "clock | three", "clock | six"] {
        assert!(lines.contains(&line), "{line}: {lines:#?}");
    }
    let named = |line: &&&str| line.contains("five") || line.contains("four");
    for line in lines.iter().filter(named) {
        assert!(line.starts_with("clock | "), "{line}");
        assert!(!line.contains(['\u{1b}', '\r']), "{line:?}");
    }
    // Standard output is the app's alone.
    assert_eq!(exit.stdout, "");
}

#[tokio::test]
async fn each_process_has_a_color_of_its_own() {
    let tables = ["first", "second"].map(|name| {
        format!(
            "[package.metadata.gin.with.{name}]
run = \"sh -c 'echo begun; exec sleep 600'\""
        )
    });
    let project = project(&tables.join("\n"));
    let program = project.start_with(&["dev", "--port=0"], "CLICOLOR_FORCE", "1");
    for line in [
        "\u{1b}[36mfirst |\u{1b}[0m begun",
        "\u{1b}[32msecond |\u{1b}[0m begun",
    ] {
        let is_line = |output: &Value| output.as_str() == Some(line);
        program.stderr.find(line, is_line).await;
    }
}
