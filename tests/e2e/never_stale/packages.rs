//! Packages outside of the workspace, and their manifests.

use gin_tests::Sandbox;

/// The library of a package outside of the workspace, whose text depends on a feature.
const WORDS: &str =
    "pub const TEXT: &str = if cfg!(feature = \"loud\") { \"V1\" } else { \"v1\" };\n";

/// Returns an app in a workspace, and the manifest of a package `words` beside that workspace.
fn beside_the_workspace() -> (Sandbox, String) {
    let project = Sandbox::deep();
    let manifest = project.read("../http/Cargo.toml");
    let manifest = manifest.replace("\"http\"", "\"words\"") + "\n[features]\nloud = []\n";
    let project = project
        .with("../../words/Cargo.toml", &manifest)
        .with("../../words/src/lib.rs", WORDS);
    (project, manifest)
}

#[tokio::test]
async fn the_manifest_of_a_dev_dependency_outside_the_workspace_counts() {
    let (project, manifest) = beside_the_workspace();
    let dependent =
        project.read("Cargo.toml") + "\n[dev-dependencies]\nwords = { path = \"../../words\" }\n";
    let app = project
        .with("Cargo.toml", &dependent)
        .with("examples/web.rs", "fn main() { http::serve(words::TEXT) }")
        .dev()
        .arg("--example=web")
        .await;
    app.get("/").await.is(200).says("v1");
    app.edit(
        "../../words/Cargo.toml",
        &(manifest + "default = [\"loud\"]\n"),
    );
    app.get("/").await.is(200).says("V1");
    let spoken = WORDS.replace("V1", "V2");
    app.edit("../../words/src/lib.rs", &spoken);
    app.get("/").await.is(200).says("V2");
}

#[tokio::test]
async fn the_manifest_of_a_dependency_outside_the_workspace_counts() {
    let (project, manifest) = beside_the_workspace();
    let dependent = project.read("Cargo.toml") + "words = { path = \"../../words\" }\n";
    let app = project
        .with("Cargo.toml", &dependent)
        .with("src/main.rs", "fn main() { http::serve(words::TEXT) }")
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    app.edit(
        "../../words/Cargo.toml",
        &(manifest + "default = [\"loud\"]\n"),
    );
    app.get("/").await.is(200).says("V1");
}

#[tokio::test]
async fn a_lock_file_that_cargo_rejects_is_one_attempt() {
    let app = Sandbox::new("plain").dev().await;
    let before = app.settled().await;
    app.edit("../Cargo.lock", "oops");
    app.page("/").await.is(500).shows("Cargo.lock");
    assert_eq!(app.settled().await - before, 1);
}
