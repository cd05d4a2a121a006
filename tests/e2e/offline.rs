//! A project whose dependencies are not all downloaded, without a network.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use gin_tests::Sandbox;

const ENTRY: &str =
    r#"{"name":"elsewhere","vers":"1.0.0","deps":[],"features":{},"yanked":false,"cksum":""#;

/// Adds an index of a registry in which a crate exists, but cannot be downloaded.
fn index_without_crates(project: &Sandbox) {
    let checksum = "0".repeat(64);
    project.edit(
        "../index/el/se/elsewhere",
        &format!("{ENTRY}{checksum}\"}}\n"),
    );
    let index = project.path("../index");
    let config = format!("{{\"dl\":\"file://{}/none\"}}", index.display());
    project.edit("../index/config.json", &config);
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
        let mut git = Command::new("git");
        git.args(identity).args(args).current_dir(&index);
        let output = git.output().expect("git is there");
        assert!(output.status.success(), "{args:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message=index"]);
}

/// Makes `cargo` and its registries those of this project alone.
fn home(project: &Sandbox) -> String {
    let index = project.path("../index");
    let config = format!("[registries.near]\nindex = \"file://{}\"\n", shown(&index));
    project.edit("../home/config.toml", &config);
    shown(&project.path("../home"))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[tokio::test]
async fn crates_of_other_platforms_and_of_tests_need_no_download() {
    for section in ["target.'cfg(windows)'.dependencies", "dev-dependencies"] {
        let project = Sandbox::new("plain");
        index_without_crates(&project);
        let home = home(&project);
        let manifest = project.read("Cargo.toml");
        let dependency = "elsewhere = { version = \"1\", registry = \"near\" }";
        project.edit(
            "Cargo.toml",
            &format!("{manifest}\n[{section}]\n{dependency}\n"),
        );
        let app = project.dev().env("CARGO_HOME", &home).await;
        let notice = app
            .events
            .find("a notice of what cannot be downloaded", |event| {
                let text = event["text"].as_str().unwrap_or_default();
                event["event"] == "notice" && text.starts_with("cargo cannot download")
            });
        notice.await;
        app.page("/").await.is(200).says("v1");
        // The library in the workspace is watched as well.
        app.replace("../http/src/lib.rs", "HTTP/1.1 200", "HTTP/1.1 201");
        app.page("/").await.is(201).says("v1");
    }
}

/// A cargo that writes its arguments into a file.
const RECORDING: &str = "#!/bin/sh
echo \"$*\" >> \"$CALLS\"
exec \"$REAL\" \"$@\"
";

#[tokio::test]
async fn every_call_of_cargo_is_offline_with_the_option() {
    for option in ["--offline", "--frozen"] {
        let project = Sandbox::new("plain").with("cargo", RECORDING);
        let (cargo, calls) = (project.path("cargo"), project.path("../calls"));
        let executable = Permissions::from_mode(0o755);
        fs::set_permissions(&cargo, executable).expect("it is ours");
        let app = project.dev().arg(option).env("CARGO", &cargo);
        let app = app.env("CALLS", &calls).env("REAL", env!("CARGO")).await;
        app.get("/").await.is(200).says("v1");
        app.say("v2");
        app.get("/").await.is(200).says("v2");
        let calls = app.project().read("../calls");
        let resolving = |line: &&str| {
            ["metadata", "build", "rustc"]
                .iter()
                .any(|call| line.starts_with(call))
        };
        let resolving: Vec<&str> = calls.lines().filter(resolving).collect();
        assert!(resolving.len() >= 3, "{calls}");
        for line in resolving {
            assert!(line.contains(option), "{line}");
        }
    }
}

#[tokio::test]
async fn a_crate_that_offline_keeps_from_being_downloaded_is_named() {
    let project = Sandbox::new("plain");
    index_without_crates(&project);
    let home = home(&project);
    let manifest = project.read("Cargo.toml");
    let dependency = "elsewhere = { version = \"1\", registry = \"near\" }";
    project.edit("Cargo.toml", &format!("{manifest}\n{dependency}\n"));
    let app = project
        .dev()
        .arg("--offline")
        .env("CARGO_HOME", &home)
        .await;
    let page = app.page("/").await.is(500);
    page.shows("elsewhere").shows("offline");
    app.edit("Cargo.toml", &manifest);
    app.page("/").await.is(200).says("v1");
}
