//! Links of any component of a path, and several names of one file.

use std::fs;

use gin_tests::{Dev, Sandbox};
use rustix::process::Signal;

/// Returns an app with a page whose path goes through a link.
fn through_a_link() -> Sandbox {
    let project =
        Sandbox::with_main("fn main() { http::serve(include_str!(\"../../ui/now/page.html\")) }")
            .with("../ui/a/page.html", "v1");
    project.link("a", "../ui/now");
    project
}

#[tokio::test]
async fn a_link_that_is_swapped_in_the_middle_of_a_path_counts() {
    let app = through_a_link().dev().await;
    app.get("/").await.is(200).says("v1");
    app.edit("../ui/b/page.html", "v2");
    app.project().link("b", "../ui/now");
    app.get("/").await.is(200).says("v2");
    app.edit("../ui/b/page.html", "v3");
    app.get("/").await.is(200).says("v3");
    app.edit("../ui/a/page.html", "v4");
    app.get("/").await.is(200).says("v3");
    app.project().link("a", "../ui/now");
    app.get("/").await.is(200).says("v4");
}

#[tokio::test]
async fn a_file_behind_a_link_in_the_middle_of_its_path_counts() {
    let app = through_a_link().dev().await;
    app.get("/").await.is(200).says("v1");
    app.edit("../ui/a/page.html", "v2");
    app.get("/").await.is(200).says("v2");
    app.project().save_atomically("../ui/now/page.html", "v3");
    app.get("/").await.is(200).says("v3");
    app.project().remove_directory("../ui/a");
    app.page("/").await.is(500).shows("page.html");
    app.edit("../ui/a/page.html", "v4");
    app.get("/").await.is(200).says("v4");
}

#[tokio::test]
async fn a_link_inside_the_package_that_is_swapped_counts() {
    let project = Sandbox::with_main("fn main() { http::serve(include_str!(\"../page.html\")) }")
        .with("a.html", "v1")
        .with("b.html", "v2");
    project.link("a.html", "page.html");
    let app = project.dev().await;
    app.get("/").await.is(200).says("v1");
    app.project().link("b.html", "page.html");
    app.get("/").await.is(200).says("v2");
    app.edit("b.html", "v3");
    app.get("/").await.is(200).says("v3");
    app.project().link("a.html", "page.html");
    app.get("/").await.is(200).says("v1");
    app.project().remove("page.html");
    app.page("/").await.is(500).shows("page.html");
    app.project().link("b.html", "page.html");
    app.get("/").await.is(200).says("v3");
}

#[tokio::test]
async fn a_source_directory_that_is_a_link_and_swapped_counts() {
    let project = Sandbox::new("plain");
    project.rename("src", "one");
    project.link("one", "src");
    let app = project
        .with("two/main.rs", "fn main() { http::serve(\"v2\") }")
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    app.project().link("two", "src");
    app.get("/").await.is(200).says("v2");
    app.edit("two/main.rs", "fn main() { http::serve(\"v3\") }");
    app.get("/").await.is(200).says("v3");
}

#[tokio::test]
async fn an_edit_under_another_name_of_the_file_counts() {
    let project =
        Sandbox::with_main("fn main() { http::serve(include_str!(\"../../ui/page.html\")) }")
            .with("../ui/page.html", "v1")
            .with("../elsewhere/notes", "");
    let (page, other) = (
        project.path("../ui/page.html"),
        project.path("../elsewhere/page.html"),
    );
    fs::hard_link(&page, &other).unwrap();
    let app = project.dev().await;
    app.get("/").await.is(200).says("v1");
    for text in ["v2", "v3"] {
        app.edit("../elsewhere/page.html", text);
        app.get("/").await.is(200).says(text);
    }
    app.project().remove("../ui/page.html");
    fs::hard_link(&other, &page).unwrap();
    app.get("/").await.is(200).says("v3");
    app.edit("../elsewhere/page.html", "v4");
    app.get("/").await.is(200).says("v4");
}

/// Makes a link in a watched directory, and expects responses, new code and an end.
async fn a_link_does_no_harm(target: &str) {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    app.project().link(target, "src/out");
    responds_and_ends(app).await;
}

async fn responds_and_ends(app: Dev) {
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    let exit = app.stop(Signal::INT).await;
    assert_eq!(exit.code, 130, "{exit:?}");
}

#[tokio::test]
async fn a_link_to_usr_that_is_made_while_it_runs_does_no_harm() {
    a_link_does_no_harm("/usr").await;
}

#[tokio::test]
async fn a_link_to_proc_that_is_made_while_it_runs_does_no_harm() {
    a_link_does_no_harm("/proc").await;
}

#[tokio::test]
async fn a_link_to_the_root_that_is_made_while_it_runs_does_no_harm() {
    a_link_does_no_harm("/").await;
}
