//! `cargo gin tune`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Gate, Sandbox};
use rustix::process::Signal;
use serde_json::Value;

/// A compiler that takes long for debug information, so that the outcome is the same on any machine.
const WRAPPER: &str = "#!/bin/sh\n\
    case \"$*\" in *debuginfo=*) sleep 3;; esac\n\
    exec \"$@\"\n";

const MANIFEST: &str = "../Cargo.toml";
const MAIN: &str = "fn main() {\n    http::serve(\"v1\")\n}\n";

/// Creates the plain app with this `main.rs`, and with this compiler.
fn project(main: &str, wrapper: &str) -> Sandbox {
    let project = Sandbox::with_main(main);
    project.edit("../slow", wrapper);
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(project.path("../slow"), mode).expect("the mode can be changed");
    let config = "[build]\nrustc-wrapper = \"./slow\"\n";
    project.edit("../.cargo/config.toml", config);
    project
}

/// Returns `true` if a run has left files in the target directory.
fn has_left_files(project: &Sandbox) -> bool {
    let target = project.path("../target");
    ["gin-tune", "gin-tune.lock"]
        .iter()
        .any(|name| target.join(name).exists())
}

#[tokio::test]
async fn a_setting_that_gains_is_applied_and_taken_back() {
    let project = project(MAIN, WRAPPER);
    let before = project.read(MANIFEST);
    let args = [
        "tune",
        "--json",
        "--rounds",
        "3",
        "--apply",
        "--edit",
        "src/main.rs",
        "--only",
    ];
    let exit = project
        .run(&[&args[..], &["debug-none,debug-line-tables"]].concat())
        .await;
    assert_eq!(exit.code, 0, "{}{}", exit.stdout, exit.stderr);
    let report: Value = serde_json::from_str(&exit.stdout).expect("it is JSON");
    let found = &report["candidates"][0];
    assert_eq!(found["name"], "debug-none", "{report}");
    assert_eq!(found["verdict"], "faster", "{report}");
    assert_eq!(found["changes"][0], "profile.dev.debug=false");
    assert_eq!(report["skipped"][0]["reason"], "as today", "{report}");
    assert_eq!(report["offer"]["name"], "debug-none", "{report}");
    assert_eq!(report["applied"], true);
    let applied = project.read(MANIFEST);
    assert_eq!(applied, before.replace("\"line-tables-only\"", "false"));
    assert_eq!(project.read("src/main.rs"), MAIN);
    assert!(!has_left_files(&project));

    let edited = format!("{applied}# mine\n");
    project.edit(MANIFEST, &edited);
    let exit = project.run(&["tune", "--undo"]).await;
    assert_eq!(exit.code, 1, "{}", exit.stdout);
    assert!(exit.stderr.contains("has changed since"), "{}", exit.stderr);
    assert!(exit.stdout.contains("+debug = false"), "{}", exit.stdout);
    assert_eq!(project.read(MANIFEST), edited);

    project.edit(MANIFEST, &applied);
    let exit = project.run(&["tune", "--undo"]).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    assert_eq!(project.read(MANIFEST), before);
    let exit = project.run(&["tune", "--undo"]).await;
    assert_eq!(exit.code, 1);
    assert!(
        exit.stderr.contains("has changed nothing"),
        "{}",
        exit.stderr
    );
}

/// A compiler that takes long for the app wherever the crate `paint` was built, so that the outcome is the same on any machine.
const PAINTED: &str = "#!/bin/sh\n\
    case \"$*\" in *'--crate-name app '*) for word; do\n\
    case \"$word\" in dependency=*) ls \"${word#dependency=}\"/libpaint-* >/dev/null 2>&1 && sleep 3;; esac\n\
    done;; esac\n\
    exec \"$@\"\n";

/// Creates the plain app with a dependency of which it needs the feature `loud`, but not the default one.
fn project_with_features() -> Sandbox {
    let main = "fn main() {\n    text::loud();\n    http::serve(\"v1\")\n}\n";
    let project = project(main, PAINTED);
    for name in ["paint", "volume"] {
        project.edit(&format!("../{name}/Cargo.toml"), &package(name, ""));
        project.edit(&format!("../{name}/src/lib.rs"), "");
    }
    let features = "[dependencies]\n\
        paint = { path = \"../paint\", optional = true }\n\
        volume = { path = \"../volume\", optional = true }\n\n\
        [features]\ndefault = [\"dep:paint\"]\nloud = [\"dep:volume\"]\n";
    project.edit("../text/Cargo.toml", &package("text", features));
    let text = "#[cfg(feature = \"loud\")]\npub fn loud() {}\n";
    project.edit("../text/src/lib.rs", text);
    project.replace("../Cargo.toml", "\"http\"", "\"http\", \"text\"");
    let text = "[dependencies]\ntext = { path = \"../text\", features = [\"loud\"] } # mine";
    project.replace("Cargo.toml", "[dependencies]", text);
    project
}

fn package(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{rest}")
}

#[tokio::test]
async fn features_that_nobody_needs_are_found_and_left_out() {
    let project = project_with_features();
    let before = project.read("Cargo.toml");
    let args = "tune --json --rounds 3 --apply --edit src/main.rs --only unused-features";
    let exit = project.run(&args.split(' ').collect::<Vec<_>>()).await;
    assert_eq!(exit.code, 0, "{}{}", exit.stdout, exit.stderr);
    let report: Value = serde_json::from_str(&exit.stdout).expect("it is JSON");
    let found = &report["candidates"][0];
    let changes = serde_json::json!(["app/Cargo.toml: without text/default"]);
    assert_eq!(found["changes"], changes, "{report}");
    assert_eq!(found["title"], "fewer features (4 of 5 crates)");
    assert_eq!(found["verdict"], "faster", "{report}");
    assert_eq!(report["applied"], true, "{report}");
    let left_out = "features = [\"loud\"], default-features = false } # mine";
    let expected = before.replace("features = [\"loud\"] } # mine", left_out);
    assert_eq!(project.read("Cargo.toml"), expected);
    assert!(!has_left_files(&project));

    let exit = project.run(&["tune", "--undo"]).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    assert_eq!(project.read("Cargo.toml"), before);
}

#[tokio::test]
async fn nothing_is_written_without_consent() {
    let project = project(MAIN, WRAPPER);
    let before = project.read(MANIFEST);
    let args = [
        "tune",
        "--rounds",
        "3",
        "--only",
        "debug-none",
        "--edit",
        "src/main.rs",
    ];
    let exit = project.run(&args).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    for text in [
        "builds after an edit of app/src/main.rs:1",
        "worth it: no debug information",
        "costs: backtraces have no lines",
        "-debug = \"line-tables-only\"\n+debug = false",
        "cargo gin tune --apply",
    ] {
        assert!(exit.stdout.contains(text), "{text}: {}", exit.stdout);
    }
    assert_eq!(project.read(MANIFEST), before);
    assert!(!has_left_files(&project));
}

#[tokio::test]
async fn a_spent_budget_leaves_the_rest_unmeasured() {
    let project = Sandbox::new("plain");
    let args = ["tune", "--json", "--only", "debug-none", "--budget", "1ms"];
    let exit = project.run(&args).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    let report: Value = serde_json::from_str(&exit.stdout).expect("it is JSON");
    assert_eq!(report["candidates"][0]["verdict"], "unmeasured", "{report}");
    assert_eq!(report["offer"], Value::Null);
    let exit = project.run(&[&args[..1], &args[2..]].concat()).await;
    for text in ["the budget is spent", "raise it with --budget"] {
        assert!(exit.stdout.contains(text), "{text}: {}", exit.stdout);
    }
}

#[tokio::test]
async fn a_project_that_does_not_build_is_shown_with_its_diagnostics() {
    let project = Sandbox::with_main("fn main() { oops }");
    let exit = project.run(&["tune"]).await;
    assert_eq!(exit.code, 1, "{}", exit.stdout);
    for text in ["cannot find value `oops`", "the project does not build"] {
        assert!(exit.stderr.contains(text), "{text}: {}", exit.stderr);
    }
    assert!(!has_left_files(&project));
}

#[tokio::test]
async fn a_signal_ends_the_build_and_leaves_nothing() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let gate = Gate::new().await;
        let project = Sandbox::with_gated_build();
        let tune = project.start_with(&["tune"], "GATE", &gate.address());
        let script = gate.arrival().await;
        assert!(has_left_files(&project), "the build is of the copy");
        assert_eq!(tune.stop(signal).await.code, code);
        script.gone().await;
        assert!(!has_left_files(&project));
    }
}

#[tokio::test]
async fn mistakes_are_named_with_their_remedies() {
    let nowhere = Sandbox::empty();
    let exit = nowhere.run(&["tune"]).await;
    assert_eq!(exit.code, 1);
    assert!(
        exit.stderr.contains("there is no Cargo.toml in"),
        "{}",
        exit.stderr
    );

    let project = Sandbox::new("plain");
    project.edit("no-directory", "a file");
    let exit = project.run(&["tune", "--target-dir", "no-directory"]).await;
    assert_eq!(exit.code, 1);
    assert!(
        exit.stderr.contains("choose one with --target-dir"),
        "{}",
        exit.stderr
    );

    fs::create_dir_all(project.path("../target")).expect("the directory can be created");
    let lock = fs::File::create(project.path("../target/gin-tune.lock"));
    let lock = lock.expect("the lock file can be created");
    lock.lock().expect("the lock can be taken");
    let exit = project.run(&["tune"]).await;
    assert_eq!(exit.code, 1);
    assert!(
        exit.stderr.contains("another `cargo gin tune` uses"),
        "{}",
        exit.stderr
    );
    drop(lock);

    let args = ["tune", "--edit", "Cargo.toml"];
    let exit = project.run(&args).await;
    assert_eq!(exit.code, 1);
    assert!(
        exit.stderr.contains("name another file with --edit"),
        "{}",
        exit.stderr
    );
}
