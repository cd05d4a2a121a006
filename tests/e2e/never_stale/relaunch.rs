//! Files that the app reads when it starts: with `--all` or `--path` they restart it, although its binary stays the same.

use gin_tests::{Sandbox, Start};

/// Returns an app that responds with a file that it reads at its start.
fn reading(path: &str) -> Sandbox {
    let project = Sandbox::new("plain").with(path, "v1");
    let absolute = project.path(path).display().to_string();
    let main = format!(
        "fn main() {{ http::serve(std::fs::read_to_string({absolute:?}).unwrap().leak()) }}"
    );
    project.with("src/main.rs", &main)
}

/// Edits the file, and expects an app that has read it again.
async fn restarts(start: Start, path: &str) {
    let app = start.await;
    app.get("/").await.is(200).says("v1");
    for text in ["v2", "v3"] {
        app.edit(path, text);
        app.get("/").await.is(200).says(text);
    }
    app.project().save_atomically(path, "v4");
    app.get("/").await.is(200).says("v4");
    let pid = app.get("/pid").await.is(200).text();
    app.edit(
        "src/main.rs",
        &(app.project().read("src/main.rs") + "\n// The same binary.\n"),
    );
    app.get("/pid").await.is(200).says(&pid);
}

#[tokio::test]
async fn with_all_a_file_of_the_package_restarts_the_app() {
    for path in ["data.txt", "data/deep/words.txt"] {
        restarts(reading(path).dev().arg("--all"), path).await;
    }
}

#[tokio::test]
async fn a_file_that_path_names_restarts_the_app() {
    const PATH: &str = "../notes/data.txt";
    for watched in [PATH, "../notes"] {
        let start = reading(PATH).dev();
        restarts(start.arg(format!("--path={watched}")), PATH).await;
    }
}
