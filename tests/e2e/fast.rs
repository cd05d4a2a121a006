//! `--fast`: rustc is called without cargo when only sources have changed, and cargo whenever that would not be right.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;

use gin_tests::{Dev, Sandbox, Start};
use serde_json::json;

/// Starts a dev server whose builds by cargo are counted.
fn counted(project: Sandbox) -> Start {
    let cargo = script(
        &project,
        "cargo",
        &format!("exec '{}' \"$@\"", env!("CARGO")),
    );
    project.dev().arg("--fast").env("CARGO", cargo)
}

/// Writes a program that writes its first argument into a log beside it, and then does this.
fn script(project: &Sandbox, name: &str, text: &str) -> String {
    let (path, log) = (format!("../bin/{name}"), format!("../bin/{name}.log"));
    let text = format!(
        "#!/bin/sh\necho \"$1\" >> '{}'\n{text}\n",
        project.path(&log).display()
    );
    project.edit(&path, &text);
    project.edit(&log, "");
    let path = project.path(&path);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the mode can be set");
    path.display().to_string()
}

/// Returns the number of builds by cargo.
fn builds(app: &Dev) -> usize {
    let log = fs::read_to_string(app.project().path("../bin/cargo.log"));
    let log = log.expect("the log can be read");
    log.lines().filter(|line| *line == "build").count()
}

fn notices(app: &Dev) -> Vec<String> {
    let events = app.events.all().into_iter();
    let notices = events.filter(|event| event["event"] == "notice");
    let texts = notices.filter_map(|event| event["text"].as_str().map(str::to_owned));
    texts.filter(|text| text.starts_with("--fast")).collect()
}

#[tokio::test]
async fn a_changed_source_needs_no_cargo() {
    let app = counted(Sandbox::new("plain")).await;
    app.get("/").await.is(200).says("v1");
    assert_eq!(builds(&app), 1);
    for text in ["v2", "v3"] {
        app.say(text);
        app.get("/").await.is(200).says(text);
    }
    app.edit("src/main.rs", "fn main() { http::serve(oops) }");
    app.page("/")
        .await
        .is(500)
        .shows("cannot find value `oops` in this scope");
    app.restore("src/main.rs");
    app.get("/").await.is(200).says("v1");
    app.edit(
        "../http/src/lib.rs",
        &(app.project().read("../http/src/lib.rs") + "fn unused() {}\n"),
    );
    app.get("/").await.is(200).says("v1");
    assert_eq!(app.status().await["warnings"], 1);
    assert_eq!(builds(&app), 1);
    assert_eq!(notices(&app), [""; 0]);
}

#[tokio::test]
async fn the_first_change_after_a_build_from_scratch_needs_no_cargo() {
    let script = "fn main() { println!(\"cargo::rerun-if-changed=build.rs\"); }";
    let project = Sandbox::new("plain").with("build.rs", script);
    assert!(!project.path("../target").exists());
    let app = counted(project).await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    assert_eq!(builds(&app), 1);
    assert_eq!(notices(&app), [""; 0]);
}

#[tokio::test]
async fn a_changed_manifest_and_a_new_module_need_cargo() {
    let app = counted(Sandbox::new("plain")).await;
    app.get("/").await.is(200).says("v1");
    let manifest = app.project().read("Cargo.toml");
    app.edit("Cargo.toml", &(manifest + "\n[features]\nmore = []\n"));
    app.get("/").await.is(200).says("v1");
    assert_eq!(builds(&app), 2);
    app.edit("src/part.rs", "pub const TEXT: &str = \"v2\";");
    app.edit(
        "src/main.rs",
        "mod part;\nfn main() { http::serve(part::TEXT) }",
    );
    app.get("/").await.is(200).says("v2");
    // A file that was changed while the build that reads it first had begun is built once more.
    let before = builds(&app);
    assert!(before >= 3, "{before}");
    app.edit("src/part.rs", "pub const TEXT: &str = \"v3\";");
    app.get("/").await.is(200).says("v3");
    assert_eq!(builds(&app), before);
    let expected = "--fast: cargo builds, since `app` consists of other files than before";
    assert_eq!(notices(&app), [expected]);
}

#[tokio::test]
async fn an_input_of_a_build_script_needs_cargo_even_if_it_is_a_source() {
    let script = "fn main() { println!(\"cargo::rerun-if-changed=src/part.rs\"); }";
    let project = Sandbox::with_main("mod part;\nfn main() { http::serve(part::TEXT) }")
        .with("src/part.rs", "pub const TEXT: &str = \"v1\";")
        .with("build.rs", script);
    let app = counted(project).await;
    app.get("/").await.is(200).says("v1");
    app.edit("src/part.rs", "pub const TEXT: &str = \"v2\";");
    app.get("/").await.is(200).says("v2");
    assert_eq!(builds(&app), 2);
    let [notice] = <[String; 1]>::try_from(notices(&app)).expect("there is one notice");
    assert!(
        notice.ends_with("/src/part.rs has changed, which is not only a source"),
        "{notice}"
    );
}

#[tokio::test]
async fn cargo_waits_for_another_cargo_that_has_the_target_directory() {
    let app = counted(Sandbox::new("plain")).await;
    app.get("/").await.is(200).says("v1");
    let lock = File::open(app.project().path("../target/debug/.cargo-lock"));
    let lock = lock.expect("cargo has made it");
    lock.lock().expect("it can be locked");
    app.say("v2");
    let mut events = app.get("/__gin/events").stream().await;
    events.receives("file lock on").await;
    lock.unlock().expect("it can be unlocked");
    app.get("/").await.is(200).says("v2");
    let expected = "--fast: cargo builds, since another cargo uses the target directory";
    assert_eq!(notices(&app), [expected]);
    assert_eq!(builds(&app), 2);
}

#[tokio::test]
async fn the_wrapper_of_the_user_is_called_each_time() {
    for is_configured in [false, true] {
        let project = Sandbox::new("plain");
        let wrapper = script(&project, "wrapper", "exec \"$@\"");
        let calls = project.path("../bin/wrapper.log");
        let mut start = counted(if is_configured {
            let text = format!("[build]\nrustc-wrapper = '{wrapper}'\n");
            project.with(".cargo/config.toml", &text)
        } else {
            project
        });
        if !is_configured {
            start = start.env("RUSTC_WRAPPER", &wrapper);
        }
        let app = start.await;
        app.get("/").await.is(200).says("v1");
        let calls = || {
            fs::read_to_string(&calls)
                .expect("the log can be read")
                .lines()
                .count()
        };
        let before = calls();
        app.say("v2");
        app.get("/").await.is(200).says("v2");
        assert_eq!((calls() - before, builds(&app)), (1, 1));
    }
}

#[tokio::test]
async fn a_newer_save_ends_the_compilers() {
    let project = Sandbox::new("plain");
    // The wrapper takes its time while this file is there.
    let held = project.path("../bin/held").display().to_string();
    let wait = format!("if test -e '{held}'; then exec sleep 600; fi\nexec \"$@\"");
    let wrapper = script(&project, "wrapper", &wait);
    let app = counted(project).env("RUSTC_WRAPPER", wrapper).await;
    app.get("/").await.is(200).says("v1");
    app.project().edit("../bin/held", "");
    app.say("v2");
    while app.status().await["progress"]["crates"] != json!(["app(bin)"]) {}
    app.project().remove("../bin/held");
    app.say("v3");
    app.get("/").await.is(200).says("v3");
    assert!(
        !app.processes()
            .iter()
            .any(|process| process.name == "sleep")
    );
    assert_eq!(builds(&app), 1);
    let verdict = app
        .project()
        .cargo(&["build", "--message-format=json"])
        .await;
    assert!(
        !verdict.stdout.contains("\"fresh\":false"),
        "{}",
        verdict.stdout
    );
}

#[tokio::test]
async fn a_linker_that_is_gone_is_reported_and_found_again() {
    let project = Sandbox::new("plain");
    let linker = script(&project, "linker", "exec cc \"$@\"");
    let setting = format!("[build]\nrustflags = ['-Clinker={linker}']\n");
    let app = counted(project.with(".cargo/config.toml", &setting)).await;
    app.get("/").await.is(200).says("v1");
    let text = app.project().read("../bin/linker");
    app.project().remove("../bin/linker");
    app.say("v2");
    app.page("/")
        .await
        .is(500)
        .shows(&format!("linker `{linker}` not found"));
    script(app.project(), "linker", "exec cc \"$@\"");
    assert_eq!(app.project().read("../bin/linker"), text);
    app.say("v3");
    app.get("/").await.is(200).says("v3");
    is_up_to_date(&app).await;
}

#[tokio::test]
async fn a_wrapper_that_fails_leaves_the_build_to_cargo() {
    let project = Sandbox::new("plain");
    // The wrapper fails while this file is there.
    let broken = project.path("../bin/broken").display().to_string();
    let text = format!("if test -e '{broken}'; then exit 3; fi\nexec \"$@\"");
    let wrapper = script(&project, "wrapper", &text);
    let app = counted(project).env("RUSTC_WRAPPER", wrapper).await;
    app.get("/").await.is(200).says("v1");
    app.project().edit("../bin/broken", "");
    app.say("v2");
    app.page("/").await.is(500).shows("did not build `app`");
    app.project().remove("../bin/broken");
    app.say("v3");
    app.get("/").await.is(200).says("v3");
    let expected = "--fast: cargo builds, since the compiler of `app` gave no reason";
    assert_eq!(notices(&app), [expected]);
    is_up_to_date(&app).await;
}

#[tokio::test]
async fn a_call_whose_program_is_gone_leaves_the_build_to_cargo() {
    let project = Sandbox::new("plain");
    let wrapper = script(&project, "wrapper", "exec \"$@\"");
    let app = counted(project).env("RUSTC_WRAPPER", &wrapper).await;
    app.get("/").await.is(200).says("v1");
    app.project().remove("../bin/wrapper");
    app.say("v2");
    app.page("/").await.is(500).shows("wrapper");
    script(app.project(), "wrapper", "exec \"$@\"");
    app.say("v3");
    app.get("/").await.is(200).says("v3");
    let [notice] = <[String; 1]>::try_from(notices(&app)).expect("there is one notice");
    let expected = "--fast: cargo builds, since the compiler of `app` cannot be started: ";
    assert!(notice.starts_with(expected), "{notice}");
    is_up_to_date(&app).await;
}

#[tokio::test]
async fn a_record_of_cargo_that_cannot_be_read_leaves_the_build_to_cargo() {
    let app = counted(Sandbox::new("plain")).await;
    app.get("/").await.is(200).says("v1");
    let records = app.project().path("../target/debug/.fingerprint");
    fs::remove_dir_all(records).expect("cargo has made it");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    assert_eq!(builds(&app), 2);
    let expected = "--fast: cargo builds, since cargo's record of `app` is not as it was left";
    assert_eq!(notices(&app), [expected]);
    app.say("v3");
    app.get("/").await.is(200).says("v3");
    assert_eq!(builds(&app), 2);
    is_up_to_date(&app).await;
}

/// Checks that cargo has nothing to do.
pub(crate) async fn is_up_to_date(app: &Dev) {
    let verdict = app.project().cargo(&["build", "--message-format=json"]);
    let verdict = verdict.await;
    assert_eq!(verdict.code, 0, "{}", verdict.stderr);
    assert!(
        !verdict.stdout.contains("\"fresh\":false"),
        "{}",
        verdict.stdout
    );
}
