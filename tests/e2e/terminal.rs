//! The output of `cargo gin dev` on the terminal, for users and for tools.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Client, Gate, Program, Sandbox};
use rustix::process::Signal;
use serde_json::Value;

/// Waits until a line on standard error contains `words`, and returns the line.
async fn line(program: &Program, words: &str) -> String {
    let says = |line: &Value| line.as_str().is_some_and(|line| line.contains(words));
    let line = program.stderr.find(words, says).await;
    line.as_str().expect("a line is text").to_owned()
}

#[tokio::test]
async fn the_terminal_shows_the_url_the_causes_and_the_errors() {
    let main = "fn main() { println!(\"to stdout\"); http::serve(\"v1\") }";
    let project = Sandbox::with_main(main);
    let program = project.start(&["dev", "--port", "0"]);
    let first = line(&program, "http://").await;
    let (_, address) = first.split_once("http://").unwrap();
    let client = Client::new(address.trim().parse().unwrap());
    client.get("/").await.is(200).says("v1");
    line(&program, "ready in").await;

    project.edit("src/main.rs", "fn main() { oops }");
    line(&program, "rebuilding: app/src/main.rs").await;
    line(&program, "cannot find value `oops` in this scope").await;
    line(&program, "build failed: 1 error").await;

    project.edit("src/main.rs", "fn main() { panic!(\"no database\") }");
    line(&program, "no database").await;
    line(&program, "exit code 101").await;

    let exit = program.stop(Signal::TERM).await;
    // Standard output is the app's alone.
    assert_eq!(exit.stdout, "to stdout");
    assert!(!exit.stderr.contains('\u{1b}'), "no terminal, but colors");
}

#[tokio::test]
async fn the_command_of_cargo_is_shown_before_it_responds() {
    let project = Sandbox::new("plain").with("cargo", "#!/bin/sh\nexec tail -f /dev/null\n");
    let silent = project.path("cargo");
    set_permissions(&silent, Permissions::from_mode(0o755)).unwrap();
    let args = ["dev", "--port", "0"];
    let program = project.start_with(&args, "CARGO", &silent.to_string_lossy());
    let shown = line(&program, "cargo metadata").await;
    let manifest = project.path("Cargo.toml").display().to_string();
    assert!(shown.contains(&manifest), "{shown}");
    assert_eq!(program.stop(Signal::TERM).await.code, 143);
}

#[tokio::test]
async fn an_app_that_opens_other_ports_is_reported_with_one_of_them() {
    let main = "use std::net::TcpListener;

fn main() {
    let _others = [0, 0].map(|port| TcpListener::bind((\"127.0.0.1\", port)).unwrap());
    http::wait_at_gate()
}
";
    let gate = Gate::new().await;
    let project = Sandbox::with_main(main);
    let program = project.start_with(&["dev", "--port", "0"], "GATE", &gate.address());
    let hint = line(&program, "your app listens on").await;
    let (_, port) = hint.rsplit_once("`cargo gin dev --app-port ").unwrap();
    assert!(port.trim_end_matches('`').parse::<u16>().is_ok(), "{hint}");
}

#[tokio::test]
async fn quiet_prints_only_errors() {
    let project = Sandbox::with_main("fn main() { oops }");
    let program = project.start(&["dev", "--port", "0", "--quiet"]);
    line(&program, "cannot find value `oops` in this scope").await;
    let exit = program.stop(Signal::TERM).await;
    assert!(!exit.stderr.contains("building"), "{}", exit.stderr);
}

#[tokio::test]
async fn each_event_is_a_json_line() {
    let main =
        "fn main() { println!(\"to stdout\"); eprintln!(\"to stderr\"); http::serve(\"v1\") }";
    let app = Sandbox::with_main(main).dev().await;
    app.get("/").await.is(200).says("v1");
    for (stream, text) in [("stdout", "to stdout\n"), ("stderr", "to stderr\n")] {
        let fits = |event: &Value| event["stream"] == stream && event["text"] == text;
        app.events.find("the app's output", fits).await;
    }
    let exit = app.stop(Signal::TERM).await;
    assert_eq!(exit.stderr, "");
    assert!(
        app.events
            .all()
            .iter()
            .all(|event| event["event"].is_string())
    );
}

/// A script for a browser that waits at the gate.
const BROWSER: &str = "#!/bin/bash\n\
    exec 3<> \"/dev/tcp/${GATE/://}\"\n\
    read -r -n 1 <&3\n";

#[tokio::test]
async fn the_browser_opens_when_the_app_is_ready() {
    let gate = Gate::new().await;
    let project = Sandbox::new("plain").with("browser/xdg-open", BROWSER);
    let browser = project.path("browser/xdg-open");
    set_permissions(&browser, Permissions::from_mode(0o755)).unwrap();
    let others = std::env::var("PATH").unwrap();
    let path = format!("{}:{others}", project.path("browser").display());
    let start = project.dev().arg("--open").env("PATH", path);
    let app = start.env("GATE", gate.address()).await;
    gate.arrival().await.pass().await;
    app.phase("ready").await;
}

#[tokio::test]
async fn a_terminal_shows_the_addresses_on_the_network_with_a_code_for_phones() {
    let project = Sandbox::new("plain");
    let terminal = project.start_at_terminal(&["dev", "--port=0", "--laddr=0.0.0.0"]);
    let local = terminal.shows("app at http://127.0.0.1:").await;
    let (_, port) = local.rsplit_once(':').unwrap();
    let line = terminal.shows("on your network at http://").await;
    assert!(line.contains(port.trim()), "{line}");
    // The corner of a code, on a dark screen.
    terminal.shows("█ ▄▄▄▄▄ █").await;
}

#[tokio::test]
async fn output_to_a_pipe_has_the_addresses_without_a_code() {
    let project = Sandbox::new("plain");
    let program = project.start(&["dev", "--port=0", "--laddr=0.0.0.0"]);
    line(&program, "on your network at http://").await;
    line(&program, "ready in").await;
    let exit = program.stop(Signal::TERM).await;
    assert!(!exit.stderr.contains('█'), "{}", exit.stderr);

    let local = project.start(&["dev", "--port=0"]);
    line(&local, "ready in").await;
    let exit = local.stop(Signal::TERM).await;
    assert!(!exit.stderr.contains("on your network"), "{}", exit.stderr);

    let app = project.dev().arg("--laddr=0.0.0.0").await;
    let listening = app.events.find("it", |event| event["event"] == "listening");
    let network = listening.await["network"].clone();
    let port = app.address().port().to_string();
    let urls = network.as_array().unwrap();
    assert!(!urls.is_empty(), "this machine has a network");
    for url in urls {
        assert!(url.as_str().unwrap().ends_with(&port), "{url}");
    }
}
