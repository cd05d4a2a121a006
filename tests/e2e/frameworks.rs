//! Apps on other frameworks, which need no changes for `cargo gin dev`.

use gin_tests::Sandbox;

#[tokio::test]
async fn an_axum_app_is_held_built_and_rebuilt() {
    lives_through_an_edit("axum").await;
}

#[tokio::test]
async fn an_actix_app_is_held_built_and_rebuilt() {
    lives_through_an_edit("actix").await;
}

#[tokio::test]
async fn a_hyper_app_is_held_built_and_rebuilt() {
    lives_through_an_edit("hyper").await;
}

#[tokio::test]
async fn an_app_that_takes_a_socket_is_held_built_and_rebuilt() {
    lives_through_an_edit("listenfd").await;
}

/// The first request comes before the first build is done; the next ones right after a save.
async fn lives_through_an_edit(fixture: &str) {
    let project =
        Sandbox::new(fixture).with(".env", "GREETING='from the file'\nLANG='from the file'\n");
    project.replace("src/main.rs", "v1", "v0");
    let app = project
        .dev()
        .env("LANG", "from the shell")
        .arg("--")
        .arg("--flag")
        .arg("two words")
        .await;
    app.get("/").await.is(200).says("v0");
    app.say("v1");
    app.get("/").await.is(200).says("v1");

    for (name, value) in [
        ("HOST", "127.0.0.1"),
        ("GIN_DEV", "1"),
        ("GREETING", "from the file"),
        ("LANG", "from the shell"),
    ] {
        let path = format!("/env/{name}");
        app.get(&path).await.is(200).says(value);
    }
    app.get("/args").await.is(200).says("--flag\ntwo words");
}
