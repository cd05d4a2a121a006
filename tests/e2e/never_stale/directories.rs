//! Directories that disappear and come back: the input is the file that its path leads to now.

use gin_tests::{Gate, Sandbox};

/// Returns an app with a page that is embedded from a directory outside of its package.
fn embedding() -> Sandbox {
    Sandbox::with_main("fn main() { http::serve(include_str!(\"../../ui/dist/index.html\")) }")
        .with("../ui/dist/index.html", "v1")
}

#[tokio::test]
async fn a_directory_that_is_left_away_and_made_again_counts() {
    for gone in ["../ui/dist", "../ui"] {
        let app = embedding().dev().await;
        app.get("/").await.is(200).says("v1");
        for text in ["v2", "v3"] {
            app.project().remove_directory(gone);
            app.page("/").await.is(500).shows("index.html");
            app.edit("../ui/dist/index.html", text);
            app.get("/").await.is(200).says(text);
        }
        app.edit("../ui/dist/index.html", "v4");
        app.get("/").await.is(200).says("v4");
    }
}

#[tokio::test]
async fn a_directory_that_is_made_again_at_once_counts() {
    for gone in ["../ui/dist", "../ui"] {
        let app = embedding().dev().await;
        app.get("/").await.is(200).says("v1");
        for text in ["v2", "v3", "v4"] {
            app.project().remove_directory(gone);
            app.edit("../ui/dist/index.html", text);
            app.get("/").await.is(200).says(text);
        }
    }
}

#[tokio::test]
async fn a_directory_that_is_moved_away_and_replaced_counts() {
    let app = embedding().dev().await;
    app.get("/").await.is(200).says("v1");
    for (number, text) in ["v2", "v3"].into_iter().enumerate() {
        app.edit("../ui/next/index.html", text);
        let project = app.project();
        project.rename("../ui/dist", &format!("../ui/old{number}"));
        project.rename("../ui/next", "../ui/dist");
        app.get("/").await.is(200).says(text);
    }
    app.edit("../ui/dist/index.html", "v4");
    app.get("/").await.is(200).says("v4");
}

#[tokio::test]
async fn a_parent_that_is_moved_away_and_replaced_counts() {
    let app = embedding().dev().await;
    app.get("/").await.is(200).says("v1");
    app.edit("../next/dist/index.html", "v2");
    let project = app.project();
    project.rename("../ui", "../old");
    project.rename("../next", "../ui");
    app.get("/").await.is(200).says("v2");
    app.edit("../ui/dist/index.html", "v3");
    app.get("/").await.is(200).says("v3");
}

#[tokio::test]
async fn a_project_that_is_deleted_and_made_again_counts() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    let manifest = app.project().read("Cargo.toml");
    app.project().remove_directory("../app");
    app.page("/").await.is(500).text();
    app.edit("Cargo.toml", &manifest);
    app.edit("src/main.rs", "fn main() { http::serve(\"v2\") }");
    app.get("/").await.is(200).says("v2");
    app.edit("src/main.rs", "fn main() { http::serve(\"v3\") }");
    app.get("/").await.is(200).says("v3");
}

#[tokio::test]
async fn a_file_that_is_moved_into_place_with_its_old_time_counts() {
    let part = |text: &str| format!("pub const TEXT: &str = \"{text}\";\n");
    let app = Sandbox::with_main("mod part;\nfn main() { http::serve(part::TEXT) }")
        .with("src/part.bak", &part("v2"))
        .with("src/part.rs", &part("v1"))
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    app.project().rename("src/part.bak", "src/part.rs");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn a_file_that_is_written_during_a_build_and_moved_into_place_afterwards_counts() {
    let gate = Gate::new().await;
    let script = "fn main() {
        println!(\"cargo::rerun-if-changed=build.rs\");
        http::wait_at_gate();
    }";
    let app = Sandbox::with_gated_build()
        .with("build.rs", script)
        .with("page.html", "v1")
        .with(
            "src/main.rs",
            "fn main() { http::serve(include_str!(\"../page.html\")) }",
        )
        .dev()
        .env("GATE", gate.address())
        .await;
    let build = gate.arrival().await;
    app.edit("next.html", "v2");
    build.pass().await;
    app.get("/").await.is(200).says("v1");
    app.project().rename("next.html", "page.html");
    app.get("/").await.is(200).says("v2");
}
