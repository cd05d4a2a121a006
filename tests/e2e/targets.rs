//! A choice of the binary or the example that changes while the dev server runs.

use gin_tests::Sandbox;

const OTHER: &str = "fn main() { http::serve(\"other\") }";

/// Creates the plain app with a second binary, and `default-run`.
fn two_binaries() -> Sandbox {
    let project = Sandbox::new("plain").with("src/bin/other.rs", OTHER);
    let manifest = project.read("Cargo.toml");
    let manifest = manifest.replace("[package]", "[package]\ndefault-run = \"app\"");
    project.with("Cargo.toml", &manifest)
}

#[tokio::test]
async fn the_default_binary_of_the_manifest_is_followed() {
    let app = two_binaries().dev().await;
    app.get("/").await.is(200).says("v1");
    for (old, new, text) in [("app", "other", "other"), ("other", "app", "v1")] {
        let line = |name: &str| format!("default-run = \"{name}\"");
        app.replace("Cargo.toml", &line(old), &line(new));
        app.get("/").await.is(200).says(text);
        assert_eq!(app.status().await["target"]["name"], new);
    }
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    let apps = app.processes().into_iter();
    let apps = apps.filter(|process| ["app", "other"].contains(&process.name.as_str()));
    assert_eq!(apps.count(), 1, "one of the two runs");
}

/// The choice is missed only when cargo looks for binaries again.
#[tokio::test]
async fn a_binary_that_is_added_leaves_the_app_until_the_manifest_is_read_again() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    app.edit("src/bin/other.rs", OTHER);
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    let manifest = app.project().read("Cargo.toml");
    app.edit("Cargo.toml", &format!("{manifest}\n# Read again.\n"));
    let page = app.page("/").await.is(500);
    page.shows("several binaries").shows("-p app --bin other");
    let chosen = manifest.replace("[package]", "[package]\ndefault-run = \"app\"");
    app.edit("Cargo.toml", &chosen);
    app.page("/").await.is(200).says("v2");
    app.edit("Cargo.toml", &manifest);
    app.page("/").await.is(500).shows("several binaries");
    app.project().remove("src/bin/other.rs");
    app.page("/").await.is(200).says("v2");
}

#[tokio::test]
async fn a_package_that_loses_its_only_binary_is_mended_by_another() {
    let app = Sandbox::new("plain").with("src/lib.rs", "").dev().await;
    app.get("/").await.is(200).says("v1");
    app.project().remove("src/main.rs");
    app.page("/").await.is(500).shows("no binary target");
    app.edit("src/bin/other.rs", OTHER);
    // No name of a file was known to be missing, so that its event is waited for.
    app.phase("ready").await;
    app.get("/").await.is(200).says("other");
}

#[tokio::test]
async fn the_only_binary_is_followed_when_it_is_renamed() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    app.edit("src/bin/other.rs", OTHER);
    app.project().remove("src/main.rs");
    app.page("/").await.is(200).says("other");
    assert_eq!(app.status().await["target"]["name"], "other");
}

#[tokio::test]
async fn a_chosen_target_that_disappears_is_named_until_it_is_back() {
    for (option, directory, kind) in [
        ("--bin=other", "src/bin", "binary"),
        ("--example=other", "examples", "example"),
    ] {
        let file = format!("{directory}/other.rs");
        let project = Sandbox::new("plain").with(&file, OTHER);
        let app = project.dev().arg(option).await;
        app.get("/").await.is(200).says("other");
        app.project().remove(&file);
        let page = app.page("/").await.is(500);
        page.shows(&format!("there is no {kind} other"));
        app.edit(&file, &OTHER.replace("other", "back"));
        app.page("/").await.is(200).says("back");
    }
}
