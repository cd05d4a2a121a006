//! An app starts as `cargo run` starts it: by its runner, in the caller's directory, from the package that cargo selects.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use gin_tests::Sandbox;
use rustix::process::Signal;

/// A runner that becomes the app.
const EXECS: &str = "#!/bin/sh\nexport RUNNER=\"$1\"\nshift\nexec \"$@\"\n";

/// Adds a program to a project, and returns its path.
fn program(project: &Sandbox, path: &str, text: &str) -> String {
    project.edit(path, text);
    let path = project.path(path);
    fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("it can be made executable");
    path.display().to_string()
}

#[tokio::test]
async fn a_runner_starts_the_app_until_the_configuration_names_another() {
    let config = "[target.'cfg(unix)']\nrunner = ['tools/runner', 'by condition']\n\
                  [target.'cfg(windows)']\nrunner = 'none'\n";
    let project = Sandbox::new("plain").with(".cargo/config.toml", config);
    program(&project, "tools/runner", EXECS);
    let app = project.dev().arg("--").arg("--flag").await;
    app.get("/env/RUNNER").await.is(200).says("by condition");
    app.get("/args").await.is(200).says("--flag");
    app.say("v2");
    app.get("/").await.is(200).says("v2");

    let host = host();
    let config = format!("target.{host}.runner = './tools/runner by-triple'\n{config}");
    app.edit(".cargo/config.toml", &config);
    app.get("/env/RUNNER").await.is(200).says("by-triple");
    app.edit(
        ".cargo/config.toml",
        "[target.'cfg(unix)']\nrunner = 'no-such-runner'\n",
    );
    let page = app.page("/").await;
    page.shows("the runner no-such-runner is not installed")
        .shows(".cargo/config.toml");
    app.edit(".cargo/config.toml", "");
    app.get("/env/RUNNER").await.is(200).says("not set");
}

/// Returns the target triple of this machine.
fn host() -> String {
    let rustc = Command::new("rustc").arg("-vV").output();
    let text = rustc.expect("rustc can be started").stdout;
    let text = String::from_utf8(text).expect("it is text");
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc names its host").to_owned()
}

#[tokio::test]
async fn an_argument_beats_a_variable_beats_a_file_that_names_a_runner() {
    let host = host();
    let project = || {
        let config = format!("[target.{host}]\nrunner = ['tools/runner', 'file']\n");
        let project = Sandbox::new("plain").with(".cargo/config.toml", &config);
        program(&project, "tools/runner", EXECS);
        project
    };
    let variable = host.to_uppercase().replace('-', "_");
    let variable = format!("CARGO_TARGET_{variable}_RUNNER");
    let app = project()
        .dev()
        .env(&variable, "tools/runner variable")
        .await;
    app.get("/env/RUNNER").await.is(200).says("variable");
    let start = project().dev().env(&variable, "tools/runner variable");
    let argument = format!("target.{host}.runner=['tools/runner', 'argument']");
    let app = start.arg("--config").arg(argument).await;
    app.get("/env/RUNNER").await.is(200).says("argument");
}

/// A runner that starts the app as its child and ends before that at SIGTERM. Another child takes a moment to end.
const FORKS: &str = "#!/bin/sh
(trap 'sleep 0.2; echo drained >> drained; exit' TERM; while :; do sleep 0.01; done) &
\"$@\"
exit
";

#[tokio::test]
async fn an_app_whose_runner_forks_is_found_and_ends_in_its_time() {
    let project = Sandbox::new("plain");
    let runner = program(&project, "tools/runner", FORKS);
    let config = format!("[target.'cfg(all())']\nrunner = ['{runner}']\n");
    let app = project.with(".cargo/config.toml", &config).dev().await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    assert_eq!(app.project().read("drained"), "drained\n");
    assert_eq!(app.stop(Signal::TERM).await.code, 143);
    assert_eq!(app.processes(), []);
}

#[tokio::test]
async fn an_app_whose_runner_gives_it_a_session_of_its_own_is_found() {
    let runner = "[target.'cfg(all())']\nrunner = ['setsid', '--wait']\n";
    let project = Sandbox::new("plain").with(".cargo/config.toml", runner);
    let app = project.dev().await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    assert_eq!(app.stop(Signal::TERM).await.code, 143);
    assert_eq!(app.processes(), []);
}

#[tokio::test]
async fn an_app_whose_runner_forks_ends_with_a_dev_server_that_is_killed() {
    let runner = "[target.'cfg(all())']\nrunner = ['sh', '-c', '\"$@\"; exit', 'runner']\n";
    let app = Sandbox::new("plain")
        .with(".cargo/config.toml", runner)
        .dev()
        .await;
    let pid = app.get("/pid").await.is(200).text();
    let processes = app.processes();
    let process = processes
        .iter()
        .find(|process| process.id.to_string() == pid);
    let process = process.expect("it runs").clone();
    assert_eq!(app.stop(Signal::KILL).await.code, 137);
    assert!(process.wait(), "it outlives the dev server");
}

#[tokio::test]
async fn an_app_on_gin_core_with_a_runner_opens_its_port() {
    let runner = "[target.'cfg(all())']\nrunner = ['sh', '-c', '\"$@\"; exit', 'runner']\n";
    let app = Sandbox::new("hello")
        .with(".cargo/config.toml", runner)
        .dev()
        .await;
    app.get("/hello/Ann").await.is(200).says("Hello, Ann!");
}

#[tokio::test]
async fn the_directory_of_the_app_is_the_caller_s_unless_cwd_names_one() {
    let project = Sandbox::new("plain").with("data/notes.txt", "");
    let here = project.path("").display().to_string();
    let here = here.trim_end_matches('/').to_owned();
    let app = project.dev().await;
    app.get("/cwd").await.is(200).says(&here);
    let project = Sandbox::new("plain").with("data/notes.txt", "");
    let data = project.path("data").display().to_string();
    let app = project.dev().arg("--cwd").arg("data").await;
    app.get("/cwd").await.is(200).says(&data);
    app.project().remove_directory("data");
    app.say("v2");
    app.page("/")
        .await
        .shows("data is not a directory that the app can run in");
    app.edit("data/notes.txt", "");
    app.say("v3");
    app.get("/cwd").await.is(200).says(&data);
}

#[tokio::test]
async fn the_only_default_run_of_a_virtual_workspace_is_run() {
    let project = Sandbox::new("plain")
        .with("src/bin/other.rs", "fn main() { http::serve(\"other\") }")
        .with("../http/src/main.rs", "fn main() {}");
    project.replace(
        "Cargo.toml",
        "publish = false",
        "publish = false\ndefault-run = \"other\"",
    );
    let app = project.dev().arg("--manifest-path=../Cargo.toml").await;
    app.get("/").await.is(200).says("other");
}

#[tokio::test]
async fn a_package_may_depend_on_an_older_version_of_its_own_name() {
    let project = Sandbox::deep()
        .with(
            "../../../old/Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.0.1\"\n",
        )
        .with(
            "../../../old/src/lib.rs",
            "pub const TEXT: &str = \"v1\";\n",
        )
        .with("src/main.rs", "fn main() { http::serve(old::TEXT) }");
    project.replace("Cargo.toml", "version = \"0.0.0\"", "version = \"1.2.3\"");
    let old = "[dependencies]\nold = { package = \"app\", path = \"../../../old\" }";
    project.replace("Cargo.toml", "[dependencies]", old);
    let app = project.dev().arg("-p").arg("app@1.2").await;
    app.get("/").await.is(200).says("v1");
    app.edit(
        "../../../old/src/lib.rs",
        "pub const TEXT: &str = \"v2\";\n",
    );
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn a_version_that_no_package_has_is_refused() {
    let exit = Sandbox::new("plain")
        .dev()
        .arg("-p")
        .arg("app@9")
        .fails()
        .await;
    let words = "there is no package `app@9` in this workspace; its version is 0.0.0";
    assert!(exit.stderr.contains(words), "{}", exit.stderr);
}

/// Returns the path of a program of the toolchain that runs the tests.
fn real(name: &str) -> String {
    let found = Command::new("rustup").args(["which", name]).output();
    match found {
        Ok(output) if output.status.success() => {
            let path = String::from_utf8(output.stdout).expect("it is text");
            path.trim().to_owned()
        }
        _ => format!("/usr/bin/{name}"),
    }
}

/// Stands for rustup: notes the toolchain file and the variable that pins a toolchain, and calls the real program.
fn proxy(name: &str) -> String {
    let pinned = std::env::var("RUSTUP_TOOLCHAIN").unwrap_or_default();
    format!(
        "#!/bin/sh\necho \"$1 $(cat rust-toolchain) ${{RUSTUP_TOOLCHAIN-not pinned}}\" >> \"$CARGO_HOME/calls\"\n\
         export RUSTUP_TOOLCHAIN='{pinned}'\nexec {} \"$@\"\n",
        real(name)
    )
}

#[tokio::test]
async fn the_toolchain_is_the_one_that_the_files_name_now() {
    for (source, expected) in [
        (
            "toolchain-file",
            ["build first not pinned", "build second not pinned"],
        ),
        ("cli", ["", ""]),
    ] {
        let project = Sandbox::new("plain").with("rust-toolchain", "first");
        for name in ["cargo", "rustc"] {
            program(&project, &format!("home/bin/{name}"), &proxy(name));
        }
        let home = project.path("home");
        let cargo = real("cargo");
        let mut parts = cargo.rsplit('/').skip(2);
        let toolchain = parts.next().expect("it is in `toolchains/NAME/bin`");
        let start = project.dev().env("CARGO_HOME", &home).env("CARGO", &cargo);
        let start = start.env("RUSTUP_TOOLCHAIN", toolchain);
        let app = start.env("RUSTUP_TOOLCHAIN_SOURCE", source).await;
        app.get("/").await.is(200).says("v1");
        app.edit("rust-toolchain", "second");
        app.say("v2");
        app.get("/").await.is(200).says("v2");
        let calls = fs::read_to_string(home.join("calls")).unwrap_or_default();
        for line in expected {
            assert!(
                calls.contains(line),
                "{source}: `{line}` is not in\n{calls}"
            );
        }
        assert_eq!(calls.contains("not pinned"), source != "cli", "{calls}");
    }
}
