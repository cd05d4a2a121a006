//! Files whose changes the system does not report, because the directory that they are in is not watched.
//!
//! Each project has so many inputs that the comparison of all of them is not repeated for the next request.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use gin_tests::{Dev, Sandbox};
use tempfile::{Builder, NamedTempFile};

/// A directory that is too busy to be watched.
const BUSY: &str = "/tmp";

/// An app that responds with the text that its build script has read.
const READ: &str = "fn main() { http::serve(env!(\"WORDS\")) }";

/// A build script that reads the file at `OUTSIDE`, and declares that and a large directory.
const READING: &str = "fn main() {
    let outside = std::env::var(\"OUTSIDE\").unwrap();
    println!(\"cargo::rerun-if-changed={outside}\");
    println!(\"cargo::rerun-if-changed=many\");
    println!(\"cargo::rustc-env=WORDS={}\", std::fs::read_to_string(outside).unwrap());
}
";

/// Returns an app whose build script reads `outside`.
fn reading() -> Sandbox {
    let project = Sandbox::with_main(READ).with("build.rs", READING);
    for number in 0..5_000 {
        project.edit(&format!("many/{number}"), "");
    }
    project
}

fn file(text: &str) -> NamedTempFile {
    let file = NamedTempFile::new_in(BUSY).expect("the file can be created");
    fs::write(&file, text).expect("the file can be written");
    file
}

async fn started(outside: &Path) -> Dev {
    let app = reading().dev().env("OUTSIDE", outside).await;
    app.get("/").await.is(200).says("v1");
    app
}

#[tokio::test]
async fn a_file_in_a_busy_directory_counts_at_once() {
    let outside = file("v1");
    let app = started(outside.path()).await;
    for text in ["v2", "v3", "v4"] {
        fs::write(&outside, text).unwrap();
        app.get("/").await.is(200).says(text);
    }
    for text in ["v5", "v6"] {
        fs::rename(file(text).into_temp_path().keep().unwrap(), &outside).unwrap();
        app.get("/").await.is(200).says(text);
    }
}

#[tokio::test]
async fn a_file_in_a_busy_directory_starts_a_build_without_a_request() {
    let outside = file("v1");
    let app = started(outside.path()).await;
    for (build, text) in [(2, "v2"), (3, "v3")] {
        fs::write(&outside, text).unwrap();
        let is_next = |event: &serde_json::Value| event["build"] == build;
        app.events.find("a build", is_next).await;
        app.get("/").await.is(200).says(text);
    }
}

#[tokio::test]
async fn a_link_in_a_busy_directory_that_is_swapped_counts_at_once() {
    let elsewhere = tempfile::tempdir().unwrap();
    let path = |name: &str| elsewhere.path().join(name);
    for (name, text) in [("a", "v1"), ("b", "v1")] {
        fs::create_dir(path(name)).unwrap();
        fs::write(path(name).join("words"), text).unwrap();
    }
    let link = Builder::new().make_in(BUSY, |link| symlink(path("a"), link));
    let link = link.unwrap().into_temp_path();
    let app = started(&link.join("words")).await;
    symlink(path("b"), path("link")).unwrap();
    fs::rename(path("link"), &link).unwrap();
    app.get("/").await.is(200).says("v1");
    for text in ["v2", "v3"] {
        fs::write(path("b/words"), text).unwrap();
        app.get("/").await.is(200).says(text);
    }
}
