//! Environment variables reach the build and the app only if they are meant for them.

use std::fs;

use gin_tests::Sandbox;

/// Variables that an outer `cargo run` or rustup sets.
const SET_BY_CARGO: [(&str, &str); 5] = [
    ("CARGO_PKG_NAME", "cargo-gin"),
    ("CARGO_MANIFEST_DIR", "/cargo-gin"),
    ("CARGO_BIN_NAME", "cargo-gin"),
    ("OUT_DIR", "/cargo-gin"),
    ("LD_LIBRARY_PATH", "/rust/toolchains/stable/lib:/mine"),
];

#[tokio::test]
async fn variables_of_an_outer_cargo_reach_neither_the_build_nor_the_app() {
    let main = "fn main() { http::serve(env!(\"CARGO_PKG_NAME\")) }";
    let mut start = Sandbox::with_main(main).dev();
    for (name, value) in SET_BY_CARGO {
        start = start.env(name, value);
    }
    let app = start.await;
    app.get("/").await.is(200).says("app");
    app.get("/env/CARGO_PKG_NAME").await.is(200).says("app");
    let directory = app.project().path("");
    let directory = directory.display().to_string();
    app.get("/env/CARGO_MANIFEST_DIR")
        .await
        .is(200)
        .says(directory.trim_end_matches('/'));
    for name in ["CARGO_BIN_NAME", "OUT_DIR", "LISTEN_FDS"] {
        let path = format!("/env/{name}");
        app.get(&path).await.is(200).says("not set");
    }
    let directories = app.get("/env/LD_LIBRARY_PATH").await.is(200).text();
    assert!(directories.ends_with(":/mine"), "{directories}");
    assert!(!directories.contains("/rust/toolchains"), "{directories}");
}

#[tokio::test]
async fn the_app_has_the_variables_that_cargo_run_gives_it() {
    let project = Sandbox::with_main(PRINTING)
        .with(
            "build.rs",
            "fn main() { println!(\"cargo::rustc-env=SCRIPT=1\") }",
        )
        .with(".cargo/config.toml", CONFIG)
        .with(".env", "PLAIN=dotenv\nDOTENV=1\n");
    let run = project.cargo(&["run", "--", "--print"]).await;
    assert_eq!(run.code, 0, "{run:?}");
    let start = project.dev().env("MINE", "mine").env("FORCED", "mine");
    let app = start.await;
    let mut compared = 0;
    for (name, value) in run.stdout.lines().filter_map(|line| line.split_once('=')) {
        let is_of_cargo = name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        if is_of_cargo || SET_BY_BUILD.contains(&name) {
            app.get(&format!("/env/{name}")).await.is(200).says(value);
            compared += 1;
        }
    }
    assert_eq!(compared, 16 + SET_BY_BUILD.len(), "{}", run.stdout);
    app.get("/env/MINE").await.is(200).says("mine");
    app.get("/env/DOTENV").await.is(200).says("1");
    app.edit(".cargo/config.toml", "[env]\nPLAIN = 'edited'\n");
    app.get("/env/PLAIN").await.is(200).says("edited");
    app.get("/env/FORCED").await.is(200).says("mine");
}

/// An app that prints its variables with `--print`.
const PRINTING: &str = "
fn main() {
    if std::env::args().any(|arg| arg == \"--print\") {
        for (name, value) in std::env::vars() {
            println!(\"{name}={value}\");
        }
    } else {
        http::serve(\"v1\")
    }
}
";

const CONFIG: &str = "
[env]
PLAIN = 'config'
MINE = 'config'
FORCED = { value = 'config', force = true }
BESIDE = { value = 'certs', relative = true }
";

/// Variables from the build script, the configuration and `.env`.
const SET_BY_BUILD: [&str; 5] = ["OUT_DIR", "SCRIPT", "PLAIN", "FORCED", "BESIDE"];

/// The files of variables, each with one that it alone sets and one that those of less precedence set, too.
#[tokio::test]
async fn the_nearest_file_of_variables_wins() {
    const NAMES: [&str; 6] = [
        "../.env",
        "../.env.local",
        ".env",
        ".env.local",
        "one.env",
        "two.env",
    ];
    let mut project = Sandbox::new("plain");
    for (index, file) in NAMES.iter().enumerate() {
        let lines: Vec<_> = (index..NAMES.len())
            .map(|name| format!("V{name}={file}\n"))
            .collect();
        project = project.with(file, &format!("\u{feff}{}", lines.concat()));
    }
    let start = project
        .dev()
        .arg("--env-file=one.env")
        .arg("--env-file=two.env");
    let app = start.env("V3", "the shell").await;
    for (index, file) in NAMES.iter().enumerate() {
        let expected = if index == 3 { "the shell" } else { file };
        app.get(&format!("/env/V{index}"))
            .await
            .is(200)
            .says(expected);
    }
    for file in NAMES {
        app.edit(file, &format!("LAST={file}\n"));
        app.get("/env/LAST").await.is(200).says(file);
    }
    app.project().remove("two.env");
    app.page("/")
        .await
        .shows("there is no file")
        .shows("two.env")
        .shows("--env-file");
    app.edit("two.env", "two words\n");
    app.page("/").await.shows("app/two.env:1:5");
    app.edit("two.env", "LAST=mended\n");
    app.get("/env/LAST").await.is(200).says("mended");
}

#[tokio::test]
async fn the_host_of_the_user_is_kept() {
    let host = |start: gin_tests::Start| async {
        let app = start.await;
        app.get("/env/HOST").await.is(200).text()
    };
    let plain = || Sandbox::new("plain");
    assert_eq!(host(plain().dev()).await, "127.0.0.1");
    assert_eq!(host(plain().dev().env("HOST", "0.0.0.0")).await, "0.0.0.0");
    assert_eq!(host(plain().with(".env", "HOST=::1\n").dev()).await, "::1");
}

#[tokio::test]
async fn an_app_finds_its_shared_libraries() {
    let project = Sandbox::new("plain").with(
        ".cargo/config.toml",
        "build.rustflags = ['-Cprefer-dynamic']",
    );
    let manifest = project.read("../http/Cargo.toml") + "\n[lib]\ncrate-type = ['dylib']\n";
    let app = project.with("../http/Cargo.toml", &manifest).dev().await;
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn a_plain_cargo_build_and_ours_share_their_artifacts() {
    let project = Sandbox::new("plain");
    assert_eq!(project.cargo(&["build"]).await.code, 0);
    let binary = project.path("../target/debug/app");
    let modified = |binary| {
        fs::metadata(binary)
            .and_then(|file| file.modified())
            .unwrap()
    };
    let before = modified(&binary);
    let mut start = project.dev();
    for (name, value) in SET_BY_CARGO {
        start = start.env(name, value);
    }
    let app = start.await;
    app.get("/").await.is(200).says("v1");
    assert_eq!(modified(&binary), before, "it was rebuilt");
    assert_eq!(app.project().cargo(&["build"]).await.code, 0);
    assert_eq!(modified(&binary), before, "it was rebuilt");
}

#[tokio::test]
async fn the_command_of_the_readme_runs_the_template_of_this_repository() {
    let repository = Sandbox::of_repository();
    assert_eq!(
        first_command(&repository),
        "cargo run -p cargo-gin -- dev -p hello"
    );
    let app = repository.dev().arg("-p").arg("hello").await;
    // A newcomer may have edited the rest of the text.
    app.get("/hello/Ann").await.is(200).shows("Ann");
    let processes = app.processes();
    let hello = processes.iter().find(|process| process.name == "hello");
    let hello = hello.expect("the app runs");
    assert_eq!(hello.variable("GIN_DEV").as_deref(), Some("1"));
    assert_eq!(hello.variable("CARGO_PKG_NAME").as_deref(), Some("hello"));
}

/// Returns the first command of the README.
fn first_command(repository: &Sandbox) -> String {
    let readme = repository.read("README.md");
    let command = readme.lines().find_map(|line| line.strip_prefix("$ "));
    command.expect("the README has commands").to_owned()
}

/// It was an alias with `--quiet`, so the screen stayed empty for minutes.
#[tokio::test]
async fn the_command_of_the_readme_shows_the_progress_of_the_first_build() {
    let repository = Sandbox::of_repository();
    let empty = tempfile::tempdir().expect("there is room");
    let shell = repository.shell();
    let command = first_command(&repository);
    let target = empty.path().display();
    shell.types(&format!("CARGO_TARGET_DIR={target} {command}\n"));
    shell.shows(" Compiling ").await;
    shell.types("\u{3}");
    shell.exits().await;
}
