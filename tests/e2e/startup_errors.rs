//! Errors at the start: each message names the culprit and the remedy.

use std::net::TcpListener;

use gin_tests::{Exit, Sandbox, Start};

/// Fails unless the start exits with this code and prints all of these words.
async fn refused(start: Start, code: i32, words: &[&str]) -> Exit {
    let exit = start.fails().await;
    assert_eq!(exit.code, code, "{}", exit.stderr);
    for word in words {
        assert!(
            exit.stderr.contains(word),
            "`{word}` is not printed:\n{}",
            exit.stderr
        );
    }
    exit
}

#[tokio::test]
async fn a_missing_manifest_is_refused() {
    let start = Sandbox::empty().dev();
    refused(
        start,
        1,
        &[
            "there is no Cargo.toml in",
            "--manifest-path",
            "cargo gin new",
        ],
    )
    .await;
    let start = Sandbox::empty().dev().arg("--manifest-path=no/Cargo.toml");
    refused(start, 1, &["there is no manifest at no/Cargo.toml"]).await;
}

#[tokio::test]
async fn a_directory_instead_of_a_manifest_is_refused() {
    let start = Sandbox::new("plain").dev().arg("--manifest-path=../app");
    let words = ["../app is a directory", "--manifest-path ../app/Cargo.toml"];
    refused(start, 1, &words).await;
}

#[tokio::test]
async fn a_package_without_a_binary_is_refused() {
    let project = Sandbox::new("plain").with("src/lib.rs", "");
    project.remove("src/main.rs");
    refused(
        project.dev(),
        1,
        &["package `app` has no binary target", "src/main.rs"],
    )
    .await;
}

#[tokio::test]
async fn an_unknown_package_binary_or_example_is_refused() {
    for (args, words) in [
        (["-p", "ap"], ["no package `ap`", "did you mean `app`?"]),
        (
            ["-p", "zebra"],
            ["no package `zebra`", "available: app, http"],
        ),
        (
            ["--bin", "appp"],
            ["no binary `appp`", "did you mean `app`?"],
        ),
        (
            ["--example", "demo"],
            ["no example `demo`", "there are none"],
        ),
    ] {
        let start = Sandbox::new("plain").dev().arg(args[0]).arg(args[1]);
        refused(start, 1, &words).await;
    }
}

#[tokio::test]
async fn several_binaries_are_listed_unless_one_is_the_default() {
    let project =
        || Sandbox::new("plain").with("src/bin/other.rs", "fn main() { http::serve(\"other\") }");
    let words = ["several binaries", "-p app --bin app", "-p app --bin other"];
    refused(project().dev(), 1, &words).await;
    let app = project().dev().arg("--bin=other").await;
    app.get("/").await.is(200).says("other");

    let project = project();
    project.replace(
        "Cargo.toml",
        "publish = false",
        "publish = false\ndefault-run = \"other\"",
    );
    let app = project.dev().await;
    app.get("/").await.is(200).says("other");
}

#[tokio::test]
async fn a_port_in_use_is_refused() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = holder.local_addr().unwrap().port();
    let exit = Sandbox::new("plain")
        .run(&["dev", "--port", &port.to_string()])
        .await;
    assert_eq!(exit.code, 1, "{}", exit.stderr);
    for words in [
        port.to_string(),
        std::process::id().to_string(),
        "--port".to_owned(),
    ] {
        assert!(
            exit.stderr.contains(&words),
            "`{words}` is not printed:\n{}",
            exit.stderr
        );
    }
    let (_, rest) = exit.stderr.split_once("run with --port ").unwrap();
    let free = &rest[..rest.find(|end: char| !end.is_ascii_digit()).unwrap()];
    assert!(exit.stderr.contains(&format!("`port = {free}`")));
    let project = Sandbox::new("plain");
    let other = project.start(&["dev", "--port", free]);
    let url = format!("http://127.0.0.1:{free}");
    let says = |line: &serde_json::Value| line.as_str().is_some_and(|line| line.contains(&url));
    other.stderr.find(&url, says).await;
}

#[tokio::test]
async fn invalid_values_of_options_are_refused() {
    for (arg, words) in [
        ("--port=99999", ["99999", "--port"]),
        ("--hold=soon", ["soon", "500ms, 2s or 1m"]),
        ("--laddr=nowhere", ["nowhere", "127.0.0.1, 0.0.0.0 or ::1"]),
        ("--app-port=0", ["'0'", "--app-port"]),
        ("--message-format=xml", ["xml", "human, json"]),
        ("--prot=1", ["--prot", "'--port'"]),
    ] {
        let exit = Sandbox::new("plain").run(&["dev", arg]).await;
        assert_eq!(exit.code, 2, "{}", exit.stderr);
        for word in words {
            assert!(
                exit.stderr.contains(word),
                "`{word}` is not printed:\n{}",
                exit.stderr
            );
        }
    }
    let start = Sandbox::new("plain").dev().arg("--allowed-host=a b");
    refused(start, 1, &["`a b` is not a host name", "--allowed-host"]).await;
    let start = Sandbox::new("plain")
        .dev()
        .arg("--overlap")
        .arg("--app-port=4000");
    refused(start, 1, &["two apps cannot share a port"]).await;
}

#[tokio::test]
async fn invalid_keys_in_the_manifest_are_refused() {
    for (key, words) in [
        (
            "prot = 1",
            [
                "unknown key `prot` in [package.metadata.gin]",
                "did you mean `port`?",
            ],
        ),
        ("grace = \"soon\"", ["soon", "[package.metadata.gin]"]),
        ("grace = { s = 1 }", ["`grace`", "[package.metadata.gin]"]),
        (
            "manifest-path = \"Cargo.toml\"",
            [
                "`manifest-path` cannot be in [package.metadata.gin]",
                "itself",
            ],
        ),
        ("path = \"../pages\"", ["../pages does not exist", "--path"]),
    ] {
        let project = Sandbox::new("plain");
        let manifest = project.read("Cargo.toml");
        let table = format!("{manifest}\n[package.metadata.gin]\n{key}\n");
        refused(project.with("Cargo.toml", &table).dev(), 1, &words).await;
    }
}

#[tokio::test]
async fn a_missing_cargo_is_refused() {
    let words = ["cannot start cargo", "rustup.rs", "$CARGO"];
    let start = Sandbox::new("plain").dev().env("PATH", "/nowhere");
    refused(start, 1, &words).await;
    let start = Sandbox::new("plain").dev().env("CARGO", "/nowhere/cargo");
    refused(start, 1, &words).await;
}
