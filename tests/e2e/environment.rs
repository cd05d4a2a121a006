//! What others have set reaches neither the build nor the app, unless it was meant to.

use std::fs;

use gin_tests::Sandbox;

/// What an outer `cargo run` sets, or something like it.
const SET_BY_CARGO: [(&str, &str); 5] = [
    ("CARGO_PKG_NAME", "cargo-gin"),
    ("CARGO_MANIFEST_DIR", "/cargo-gin"),
    ("CARGO_BIN_NAME", "cargo-gin"),
    ("OUT_DIR", "/cargo-gin"),
    ("LD_LIBRARY_PATH", "/rust/toolchains/stable/lib:/mine"),
];

#[tokio::test]
async fn what_an_outer_cargo_set_reaches_neither_the_build_nor_the_app() {
    let main = "fn main() { http::serve(env!(\"CARGO_PKG_NAME\")) }";
    let mut start = Sandbox::with_main(main).dev();
    for (name, value) in SET_BY_CARGO {
        start = start.env(name, value);
    }
    let app = start.await;
    app.get("/").await.is(200).says("app");
    for (name, _) in &SET_BY_CARGO[..4] {
        let path = format!("/env/{name}");
        app.get(&path).await.is(200).says("not set");
    }
    app.get("/env/LD_LIBRARY_PATH").await.is(200).says("/mine");
    app.get("/env/LISTEN_FDS").await.is(200).says("not set");
}

#[tokio::test]
async fn a_plain_cargo_build_and_ours_share_what_they_make() {
    let project = Sandbox::new("plain");
    assert_eq!(project.cargo(&["build"]).await.code, 0);
    let binary = project.path("../target/debug/app");
    let made = |binary| {
        fs::metadata(binary)
            .and_then(|file| file.modified())
            .unwrap()
    };
    let before = made(&binary);
    let mut start = project.dev();
    for (name, value) in SET_BY_CARGO {
        start = start.env(name, value);
    }
    let app = start.await;
    app.get("/").await.is(200).says("v1");
    assert_eq!(made(&binary), before, "it was built again");
    assert_eq!(app.project().cargo(&["build"]).await.code, 0);
    assert_eq!(made(&binary), before, "it was built again");
}

#[tokio::test]
async fn the_alias_runs_the_template_of_this_repository() {
    let app = Sandbox::of_repository().dev().arg("-p=hello").await;
    app.get("/hello/Ann").await.is(200).says("Hello, Ann!");
    let processes = app.processes();
    let hello = processes.iter().find(|process| process.name == "hello");
    let hello = hello.expect("the app runs");
    assert_eq!(hello.variable("GIN_DEV").as_deref(), Some("1"));
    for name in [
        "CARGO",
        "CARGO_PKG_NAME",
        "CARGO_MANIFEST_DIR",
        "LD_LIBRARY_PATH",
    ] {
        assert_eq!(hello.variable(name), None, "{name}");
    }
}
