//! Every way in which a file can change: the next response comes from the changed code.

use gin_tests::{Dev, Sandbox};

/// Returns an app whose text is in a module.
fn with_module() -> Sandbox {
    Sandbox::with_main("mod part;\nfn main() { http::serve(part::TEXT) }")
        .with("src/part.rs", &part("v1"))
}

fn part(text: &str) -> String {
    format!("pub const TEXT: &str = \"{text}\";\n")
}

/// Returns the number of builds, including those of all changes so far.
async fn builds(app: &Dev) -> u64 {
    app.get("/").await.is(200).text();
    app.status().await["build"]
        .as_u64()
        .expect("builds are numbered")
}

#[tokio::test]
async fn a_deleted_module_is_shown_until_it_is_back() {
    let app = with_module().dev().await;
    app.page("/").await.is(200).says("v1");
    app.project().remove("src/part.rs");
    app.page("/")
        .await
        .is(500)
        .shows("file not found for module `part`");
    app.edit("src/part.rs", &part("v2"));
    app.page("/").await.is(200).says("v2");
}

#[tokio::test]
async fn a_renamed_module_is_watched_under_its_new_name() {
    let app = with_module().dev().await;
    app.get("/").await.is(200).says("v1");
    app.project().rename("src/part.rs", "src/piece.rs");
    app.edit(
        "src/main.rs",
        "mod piece;\nfn main() { http::serve(piece::TEXT) }",
    );
    app.get("/").await.is(200).says("v1");
    app.edit("src/piece.rs", &part("v2"));
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn an_atomic_save_is_one_build() {
    let app = with_module().dev().await;
    let before = builds(&app).await;
    app.project().save_atomically("src/part.rs", &part("v2"));
    app.get("/").await.is(200).says("v2");
    assert_eq!(builds(&app).await, before + 1);
}

#[tokio::test]
async fn a_save_that_moves_the_old_file_away_never_fails_the_build() {
    let app = with_module().dev().await;
    app.get("/").await.is(200).says("v1");
    // As vim does: probe the directory, keep a backup, write a new file, drop the backup.
    app.edit("src/4913", "");
    app.project().remove("src/4913");
    app.project().rename("src/part.rs", "src/part.rs~");
    app.edit("src/part.rs", &part("v2"));
    app.project().remove("src/part.rs~");
    app.get("/").await.is(200).says("v2");
    let has_failed = |event: &serde_json::Value| event["phase"] == "failed";
    assert!(!app.events.all().iter().any(has_failed));
}

#[tokio::test]
async fn a_new_directory_is_watched() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    app.edit("src/deep/down/mod.rs", &part("v2"));
    let main = "mod deep { pub mod down; }\nfn main() { http::serve(deep::down::TEXT) }";
    app.edit("src/main.rs", main);
    app.get("/").await.is(200).says("v2");
    app.edit("src/deep/down/mod.rs", &part("v3"));
    app.get("/").await.is(200).says("v3");
}

#[tokio::test]
async fn a_directory_that_is_deleted_and_created_again_is_still_watched() {
    let app = Sandbox::with_main("mod deep;\nfn main() { http::serve(deep::TEXT) }")
        .with("src/deep/mod.rs", &part("v1"))
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    app.project().remove_directory("src/deep");
    app.page("/")
        .await
        .is(500)
        .shows("file not found for module `deep`");
    for text in ["v2", "v3"] {
        app.edit("src/deep/mod.rs", &part(text));
        app.get("/").await.is(200).says(text);
    }
}

#[tokio::test]
async fn a_package_that_is_moved_away_and_back_is_still_watched() {
    let project = Sandbox::new("plain");
    let manifest = project.path("Cargo.toml");
    let start = project.dev().arg("--manifest-path").arg(manifest);
    let app = start.await;
    app.get("/").await.is(200).says("v1");
    app.project().rename("../app", "../away");
    app.page("/").await.is(500).shows("Cargo.toml");
    app.project().rename("../away", "../app");
    app.page("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn all_sources_can_be_deleted_and_restored() {
    let app = with_module().dev().await;
    app.get("/").await.is(200).says("v1");
    let main = app.project().read("src/main.rs");
    app.project().remove_directory("src");
    app.page("/").await.is(500).shows("src/main.rs");
    app.edit("src/part.rs", &part("v2"));
    app.edit("src/main.rs", &main);
    app.page("/").await.is(200).says("v2");
}

#[tokio::test]
async fn an_edit_of_a_path_dependency_counts() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    let library = app.project().read("../http/src/lib.rs");
    let louder = library.replace("None => text.to_owned()", "None => text.to_uppercase()");
    app.edit("../http/src/lib.rs", &louder);
    app.get("/").await.is(200).says("V1");
    let ready = app.phase("ready").await;
    assert_eq!(ready["cause"], "http/src/lib.rs");
    assert_eq!(ready["changed"].as_array().map(Vec::len), Some(1));
    assert_eq!(ready["changed"][0], "http/src/lib.rs");
}

#[tokio::test]
async fn a_new_path_dependency_is_watched() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    let manifest = app
        .project()
        .read("../http/Cargo.toml")
        .replace("\"http\"", "\"words\"");
    app.edit("../words/Cargo.toml", &manifest);
    app.edit("../words/src/lib.rs", &part("v2"));
    let workspace = app.project().read("../Cargo.toml");
    app.edit(
        "../Cargo.toml",
        &workspace.replace("\"http\"", "\"http\", \"words\""),
    );
    let manifest = app.project().read("Cargo.toml");
    app.edit(
        "Cargo.toml",
        &format!("{manifest}words = {{ path = \"../words\" }}\n"),
    );
    app.edit("src/main.rs", "fn main() { http::serve(words::TEXT) }");
    app.get("/").await.is(200).says("v2");
    app.edit("../words/src/lib.rs", &part("v3"));
    app.get("/").await.is(200).says("v3");
}

#[tokio::test]
async fn an_included_file_counts() {
    let app = Sandbox::with_main("fn main() { http::serve(include_str!(\"../page.html\")) }")
        .with("page.html", "v1")
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    app.edit("page.html", "v2");
    app.get("/").await.is(200).says("v2");
    assert_eq!(app.phase("ready").await["cause"], "app/page.html");
}

#[tokio::test]
async fn a_feature_that_is_added_counts() {
    let main = "fn main() { http::serve(if cfg!(feature = \"loud\") { \"V1\" } else { \"v1\" }) }";
    let app = Sandbox::with_main(main).dev().await;
    app.get("/").await.is(200).says("v1");
    let manifest = app.project().read("Cargo.toml");
    let features = "\n[features]\ndefault = [\"loud\"]\nloud = []\n";
    app.edit("Cargo.toml", &(manifest + features));
    app.get("/").await.is(200).says("V1");
}

#[tokio::test]
async fn an_env_file_that_changes_restarts_the_app() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/env/WORD").await.is(200).says("not set");
    app.edit(".env", "WORD=one\nPORT=1\n");
    app.get("/env/WORD").await.is(200).says("one");
    app.project().remove(".env");
    app.get("/env/WORD").await.is(200).says("not set");
}

#[tokio::test]
async fn the_same_bytes_written_again_do_not_restart_the_app() {
    let app = Sandbox::new("plain").dev().await;
    let pid = app.get("/pid").await.is(200).text();
    let main = app.project().read("src/main.rs");
    for _ in 0..3 {
        app.edit("src/main.rs", &main);
        app.get("/pid").await.is(200).says(&pid);
    }
    app.edit(
        "src/main.rs",
        &format!("{main}// A comment makes the same binary.\n"),
    );
    app.get("/pid").await.is(200).says(&pid);
}

#[tokio::test]
async fn files_that_the_build_does_not_read_start_no_build() {
    let app = Sandbox::new("plain")
        .with(".gitignore", "*.log\n")
        .dev()
        .await;
    let before = builds(&app).await;
    for path in [
        "README.md",
        "app.log",
        "src/main.rs.swp~",
        "src/.main.rs.swp",
        "../target/debug/note.rs",
        "../notes/todo.rs",
        "tests/api.rs",
    ] {
        app.edit(path, "words");
        assert_eq!(builds(&app).await, before, "{path}");
    }
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

/// After a failed build every other file counts, because it may be the one that the build lacked.
#[tokio::test]
async fn a_temporary_file_of_an_editor_mends_no_failed_build() {
    let app = Sandbox::with_main("fn main() { oops }").dev().await;
    app.phase("failed").await;
    let attempts = app.settled().await;
    for name in ["4913", "main.rs~", ".main.rs.swp", "sedPOrjHm"] {
        app.project().edit(&format!("src/{name}"), "half a file");
        assert_eq!(app.settled().await, attempts, "{name}");
    }
    app.project().edit("src/sedition", "a file of the user's");
    assert_eq!(app.settled().await, attempts + 1);
}

#[tokio::test]
async fn a_build_script_that_writes_a_source_file_does_not_loop() {
    let script = "fn main() { std::fs::write(\"src/made.rs\", \"// made\\n\").unwrap() }";
    let main = "mod made;\nfn main() { http::serve(\"v1\") }";
    let app = Sandbox::with_main(main)
        .with("build.rs", script)
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

/// Returns a build script that writes different text to each of `files` on every run, and takes some time after each.
fn generator(files: &[&str]) -> String {
    let write = |file| format!("    made({file:?});\n");
    let writes: String = files.iter().map(write).collect();
    format!(
        "use std::time::{{Duration, SystemTime, UNIX_EPOCH}};\n\
         fn made(file: &str) {{\n    \
             let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();\n    \
             std::fs::write(file, format!(\"// {{}}\\n\", now.as_nanos())).unwrap();\n    \
             std::thread::sleep(Duration::from_millis(200));\n\
         }}\n\
         fn main() {{\n{writes}}}\n"
    )
}

/// Waits for the notice that builds write this file.
async fn is_reported(app: &Dev, file: &str) {
    let notice = app
        .events
        .find("a notice about the generated file", |event| {
            let text = event["text"].as_str().unwrap_or_default();
            event["event"] == "notice" && text.contains(file)
        });
    notice.await;
}

#[tokio::test]
async fn a_build_that_writes_different_text_every_time_does_not_loop() {
    let app = Sandbox::with_main("mod made;\nfn main() { http::serve(\"v1\") }")
        .with("build.rs", &generator(&["src/made.rs"]))
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    is_reported(&app, "app/src/made.rs").await;
    for text in ["v2", "v3"] {
        app.say(text);
        app.get("/").await.is(200).says(text);
    }
    app.edit("src/made.rs", "compile_error!(\"mine\");");
    app.say("v4");
    app.get("/").await.is(200).says("v4");
}

#[tokio::test]
async fn a_build_that_writes_several_files_in_turn_does_not_loop() {
    let main = "mod made;\nmod more;\nfn main() { http::serve(\"v1\") }";
    let app = Sandbox::with_main(main)
        .with("build.rs", &generator(&["src/made.rs", "src/more.rs"]))
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    is_reported(&app, "app/src/made.rs").await;
    is_reported(&app, "app/src/more.rs").await;
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn the_cause_of_a_build_is_always_reported() {
    let app = with_module().dev().await;
    assert_eq!(app.phase("building").await["cause"], "first build");
    app.get("/").await.is(200).says("v1");
    app.edit("src/part.rs", &part("v2"));
    assert_eq!(app.phase("building").await["cause"], "app/src/part.rs");
}
