//! Requests straight after a save while files are polled.

use std::fs::File;

use gin_tests::Sandbox;

#[tokio::test]
async fn a_request_straight_after_a_save_is_never_served_by_old_code() {
    let app = Sandbox::new("plain").dev().arg("--poll").await;
    for number in 2..22 {
        let text = format!("v{number}");
        app.say(&text);
        app.get("/").await.is(200).says(&text);
    }
}

#[tokio::test]
async fn a_huge_file_beside_the_package_is_not_read() {
    let project = Sandbox::new("plain");
    let huge = File::create(project.path("../huge.iso")).unwrap();
    huge.set_len(1 << 40).unwrap();
    let app = project.dev().arg("--poll").await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.phase("ready").await;
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn a_page_shows_an_error_straight_after_the_save_that_made_it() {
    let app = Sandbox::new("plain").dev().arg("--poll=1h").await;
    app.get("/").await.is(200).says("v1");
    app.edit("src/main.rs", "fn main() { oops }");
    app.page("/").await.is(500).shows("oops");
    app.edit("src/main.rs", "fn main() { http::serve(\"v2\") }");
    app.page("/").await.is(200).says("v2");
}
