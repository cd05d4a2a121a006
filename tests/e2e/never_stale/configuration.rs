//! Configuration of cargo and the app's variables, wherever their files are.

use gin_tests::Sandbox;

/// An app that responds with a variable of the build.
const CONFIGURED: &str = "fn main() { http::serve(option_env!(\"WORDS\").unwrap_or(\"none\")) }";

fn words(text: &str) -> String {
    format!("[env]\nWORDS = \"{text}\"\n")
}

#[tokio::test]
async fn a_configuration_above_the_workspace_counts() {
    const PATH: &str = "../../.cargo/config.toml";
    let project = Sandbox::deep().with("src/main.rs", CONFIGURED);
    let app = project.dev().await;
    app.get("/").await.is(200).says("none");
    for text in ["v1", "v2"] {
        app.edit(PATH, &words(text));
        app.get("/").await.is(200).says(text);
    }
    app.project().save_atomically(PATH, &words("v3"));
    app.get("/").await.is(200).says("v3");
    app.project().remove_directory("../../.cargo");
    app.get("/").await.is(200).says("none");
    app.edit("../../../.cargo/config.toml", &words("v4"));
    app.get("/").await.is(200).says("v4");
}

#[tokio::test]
async fn a_file_that_a_configuration_includes_counts() {
    let project = Sandbox::deep()
        .with("src/main.rs", CONFIGURED)
        .with(
            "../../.cargo/config.toml",
            "include = [{ path = \"../more/words.toml\" }]\n",
        )
        .with("../../more/words.toml", &words("v1"));
    let app = project.dev().await;
    app.get("/").await.is(200).says("v1");
    for text in ["v2", "v3"] {
        app.edit("../../more/words.toml", &words(text));
        app.get("/").await.is(200).says(text);
    }
}

#[tokio::test]
async fn the_target_of_a_linked_env_file_counts() {
    for target in ["../secrets/first", "secrets/first"] {
        let project = Sandbox::new("plain").with(target, "WORD=one\n");
        project.link(target, ".env");
        let app = project.dev().await;
        app.get("/env/WORD").await.is(200).says("one");
        app.edit(target, "WORD=two\n");
        app.get("/env/WORD").await.is(200).says("two");
        app.project().save_atomically(target, "WORD=three\n");
        app.get("/env/WORD").await.is(200).says("three");
        app.edit("../secrets/second", "WORD=four\n");
        app.project().link("../secrets/second", ".env");
        app.get("/env/WORD").await.is(200).says("four");
    }
}

#[tokio::test]
async fn inputs_are_found_with_any_dep_info_basedir() {
    let main = "mod part;\nfn main() { http::serve(part::TEXT) }";
    let embedding = |directory: &str| {
        format!("pub const TEXT: &str = include_str!(\"../{directory}/page.html\");\n")
    };
    for (config, variable) in [
        ("[build]\ndep-info-basedir = \".\"\n", None),
        ("", Some("..")),
    ] {
        let project = Sandbox::deep()
            .with("src/main.rs", main)
            .with("src/part.rs", &embedding(".."))
            .with("../page.html", "v1")
            .with("page.html", "v3")
            .with("../.cargo/config.toml", config);
        let mut start = project.dev();
        if let Some(directory) = variable {
            start = start.env("CARGO_BUILD_DEP_INFO_BASEDIR", directory);
        }
        let app = start.await;
        app.get("/").await.is(200).says("v1");
        app.edit("../page.html", "v2");
        app.get("/").await.is(200).says("v2");
        app.edit("src/part.rs", &embedding("."));
        app.get("/").await.is(200).says("v3");
        app.edit("page.html", "v4");
        app.get("/").await.is(200).says("v4");
    }
}
