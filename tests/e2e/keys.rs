//! The keys of the terminal, for jobs in the foreground and in the background.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Client, Sandbox, Terminal};

/// Ctrl-S, which makes the terminal accept no output.
const STOP: &str = "\u{13}";
/// Ctrl-Q, which makes it accept output again.
const START: &str = "\u{11}";

/// Adds a one-line script that precedes the system's programs in `PATH`.
pub(crate) fn program(project: &Sandbox, name: &str, line: &str) {
    let name = format!("bin/{name}");
    project.edit(&name, &format!("#!/bin/sh\n{line}\n"));
    let executable = fs::Permissions::from_mode(0o755);
    let made = fs::set_permissions(project.path(&name), executable);
    made.expect("it can be made executable");
}

/// Starts the dev server as a job of this shell, and waits until it listens.
async fn start(shell: &Terminal, job: &str) {
    shell.types(&format!("cargo-gin gin dev --port 0{job}\n"));
    shell.shows("at http://").await;
}

#[tokio::test]
async fn keys_open_the_app_and_the_dashboard_in_the_browser() {
    let project = Sandbox::new("plain");
    program(&project, "xdg-open", "echo \"opened $1.\" >\"$SCREEN\"");
    let terminal = project.start_at_terminal(&["dev", "--port", "0"]);
    let listening = terminal.shows("at http://").await;
    let (_, port) = listening.rsplit_once(':').unwrap();
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    terminal.types("o");
    terminal
        .shows(&format!("opened http://127.0.0.1:{port}."))
        .await;
    terminal.types("d");
    terminal
        .shows(&format!("opened http://127.0.0.1:{port}/__gin/."))
        .await;
    terminal.types("q");
    assert_eq!(terminal.wait().await.code, 0);
}

#[tokio::test]
async fn a_terminal_that_is_stopped_delays_no_request() {
    let project = Sandbox::with_main("fn main() { http::serve(\"v1\") }");
    let terminal = project.start_at_terminal(&["dev", "--port", "0"]);
    let listening = terminal.shows("at http://").await;
    let (_, address) = listening.rsplit_once("http://").unwrap();
    let client = Client::new(address.trim().parse().unwrap());
    client.get("/").await.is(200).says("v1");
    terminal.types(STOP);
    for version in ["v2", "v3"] {
        let main = format!("fn main() {{ http::serve({version:?}) }}");
        project.edit("src/main.rs", &main);
        client.get("/").await.is(200).says(version);
    }
    terminal.types(START);
    // A build that began and ended meanwhile is one line: "rebuilding", or else "ready".
    terminal.shows("app/src/main.rs").await;
    terminal.types("q");
    assert_eq!(terminal.wait().await.code, 0);
}

#[tokio::test]
async fn the_url_is_printed_if_no_browser_opens() {
    let project = Sandbox::new("plain");
    for name in ["xdg-open", "gio", "gnome-open", "kde-open", "wslview"] {
        program(&project, name, "exit 3");
    }
    let terminal = project.start_at_terminal(&["dev", "--port", "0"]);
    terminal.shows("at http://").await;
    terminal.types("d");
    terminal
        .shows("cannot open a browser from here; go to http://127.0.0.1:")
        .await;
}

#[tokio::test]
async fn a_background_job_keeps_running_and_leaves_the_keys_to_the_shell() {
    let project = Sandbox::new("plain");
    let shell = project.shell();
    start(&shell, " &").await;
    shell.shows("ready").await;
    shell.types("jobs\n");
    shell.shows("Running").await;
    shell.types("kill %1; wait\n");
    shell.types("echo \"it is $((1 + 1))\"\n");
    shell.shows("it is 2").await;
    shell.exits().await;
}

#[tokio::test]
async fn a_stopped_job_takes_keys_again_in_the_foreground() {
    let project = Sandbox::new("plain");
    let shell = project.shell();
    start(&shell, "").await;
    shell.types("\x1a");
    shell.shows("Stopped").await;
    shell.types("bg; jobs\n");
    shell.shows("Running").await;
    shell.types("fg; echo \"it is $((1 + 1))\"\n");
    shell.types("?");
    shell.shows("r rebuild").await;
    shell.types("q");
    shell.shows("it is 2").await;
    shell.exits().await;
}
