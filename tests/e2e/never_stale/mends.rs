//! Mends of a failed build or of a failed first load, by a file that no good build has read yet.

use gin_tests::Sandbox;

/// An app whose text is in a generated module.
const GENERATED: &str =
    "#[path = \"gen.rs\"]\nmod generated;\nfn main() { http::serve(generated::TEXT) }";

fn part(text: &str) -> String {
    format!("pub const TEXT: &str = \"{text}\";\n")
}

/// Starts with a failed build, and mends it by writing a module.
async fn a_module_mends_the_first_build(project: Sandbox, path: &str) {
    let app = project.dev().await;
    app.page("/").await.is(500).text();
    app.edit(path, &part("v1"));
    app.get("/").await.is(200).says("v1");
    app.edit(path, &part("v2"));
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn a_generated_file_that_git_ignores_mends_the_first_build() {
    let project = Sandbox::with_main(GENERATED).with(".gitignore", "src/gen.rs\n");
    a_module_mends_the_first_build(project, "src/gen.rs").await;
}

#[tokio::test]
async fn a_generated_file_mends_the_first_build_although_a_parent_ignores_all() {
    let project = Sandbox::with_main(GENERATED).with("../.gitignore", "*\n");
    a_module_mends_the_first_build(project, "src/gen.rs").await;
}

#[tokio::test]
async fn a_generated_file_in_an_ignored_directory_mends_the_first_build() {
    let main = GENERATED.replace("gen.rs", "gen/deep/mod.rs");
    let project = Sandbox::with_main(&main).with(".gitignore", "gen/\n");
    a_module_mends_the_first_build(project, "src/gen/deep/mod.rs").await;
}

#[tokio::test]
async fn a_module_outside_the_package_mends_the_first_build() {
    for broken in [None, Some("oops")] {
        let main = GENERATED.replace("gen.rs", "../../outside/part.rs");
        let mut project = Sandbox::with_main(&main);
        if let Some(text) = broken {
            project = project.with("../outside/part.rs", text);
        }
        a_module_mends_the_first_build(project, "../outside/part.rs").await;
    }
}

#[tokio::test]
async fn a_module_outside_the_workspace_mends_the_first_build() {
    let project = Sandbox::deep();
    let main = GENERATED.replace("gen.rs", "../../../../outside/part.rs");
    let project = project.with("src/main.rs", &main);
    a_module_mends_the_first_build(project, "../../../outside/part.rs").await;
}

#[tokio::test]
async fn a_broken_manifest_of_the_workspace_or_a_sibling_is_mended_there() {
    for path in ["../Cargo.toml", "../http/Cargo.toml"] {
        let project = Sandbox::new("plain");
        let good = project.read(path);
        project.edit(path, &format!("[package\n{good}"));
        let app = project.dev().await;
        app.page("/").await.is(500).shows("Cargo.toml");
        app.edit(path, &good);
        app.get("/").await.is(200).says("v1");
        app.say("v2");
        app.get("/").await.is(200).says("v2");
    }
}

#[tokio::test]
async fn an_absent_manifest_of_a_sibling_is_mended_there() {
    let project = Sandbox::new("plain");
    let good = project.read("../http/Cargo.toml");
    project.remove("../http/Cargo.toml");
    let app = project.dev().await;
    app.page("/").await.is(500).shows("Cargo.toml");
    app.edit("../http/Cargo.toml", &good);
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn a_manifest_outside_the_workspace_is_mended_there() {
    let project = Sandbox::deep();
    let good = project.read("../http/Cargo.toml");
    let manifest = project.read("Cargo.toml") + "words = { path = \"../../../words\" }\n";
    let outside = good.replace("\"http\"", "\"words\"");
    let app = project
        .with("Cargo.toml", &manifest)
        .with("../../../words/Cargo.toml", &format!("[package\n{outside}"))
        .with("../../../words/src/lib.rs", &part("v1"))
        .with("src/main.rs", "fn main() { http::serve(words::TEXT) }")
        .dev()
        .await;
    app.page("/").await.is(500).shows("Cargo.toml");
    app.edit("../../../words/Cargo.toml", &outside);
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn a_missing_file_outside_the_package_mends_the_build_once_it_is_there() {
    for path in ["../page.html", "../made/later/page.html"] {
        let app = Sandbox::new("plain").dev().await;
        app.get("/").await.is(200).says("v1");
        let main = format!("fn main() {{ http::serve(include_str!(\"../{path}\")) }}");
        app.edit("src/main.rs", &main);
        app.page("/").await.is(500).shows("page.html");
        app.edit(path, "v2");
        app.get("/").await.is(200).says("v2");
        app.edit(path, "v3");
        app.get("/").await.is(200).says("v3");
    }
}
