//! Apps that start again after a crash, and those that run only once.

use gin_tests::{Client, Sandbox};

const GOOD: &str = "fn main() { http::serve(\"v1\") }";

#[tokio::test]
async fn a_request_starts_an_app_again_that_crashed() {
    let app = Sandbox::with_main(GOOD)
        .dev()
        .arg("--restart=on-request")
        .await;
    app.get("/").await.is(200).says("v1");
    let first = app.get("/pid").await.text();
    app.get("/exit").await.is(502).shows("exit code 3");
    // Requests during the pause after the crash do not start it.
    app.get("/").await.is(502).shows("exit code 3");
    loop {
        let response = app.get("/pid").await;
        if response.status == 200 {
            assert_ne!(response.text(), first);
            break;
        }
        response.is(502).shows("exit code 3");
    }
    let status = app.status().await;
    assert_eq!(
        (&status["build"], &status["cause"]),
        (&2.into(), &"crashed before".into())
    );
}

#[tokio::test]
async fn an_app_starts_again_by_itself_after_a_pause() {
    let app = Sandbox::with_main(GOOD).dev().arg("--restart=always").await;
    app.get("/").await.is(200).says("v1");
    app.get("/exit").await.is(502).shows("exit code 3");
    let again = app.events.find("the second start", |event| {
        event["phase"] == "ready" && event["build"] == 2
    });
    assert_eq!(again.await["cause"], "crashed before");
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn a_key_starts_the_app_again_without_a_build() {
    let project = Sandbox::with_main(GOOD);
    let terminal = project.start_at_terminal(&["dev", "--port", "0"]);
    let listening = terminal.shows("at http://").await;
    let (_, address) = listening.rsplit_once("http://").unwrap();
    let client = Client::new(address.trim().parse().unwrap());
    let first = client.get("/pid").await.is(200).text();
    terminal.types("s");
    terminal.shows("restarting: app").await;
    terminal.shows("ready").await;
    let status = client.get("/__gin/status").await.is(200).json();
    assert_eq!(status["build"], 2);
    assert_ne!(client.get("/pid").await.is(200).text(), first);
    terminal.types("q");
    assert_eq!(terminal.wait().await.code, 0);
}

#[tokio::test]
async fn once_exits_with_the_code_of_the_app_and_rebuilds_nothing() {
    let app = Sandbox::with_main(GOOD).dev().arg("--once").await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v1");
    assert_eq!(app.status().await["build"], 1);
    app.get("/exit").await;
    assert_eq!(app.wait().await.code, 3);
}

#[tokio::test]
async fn once_exits_as_cargo_does_if_the_code_does_not_build() {
    let project = Sandbox::with_main("fn main() { oops }");
    let exit = project
        .start(&["dev", "--once", "--port", "0"])
        .wait()
        .await;
    assert_eq!(exit.code, 101);
    assert!(
        exit.stderr.contains("cannot find value `oops`"),
        "{}",
        exit.stderr
    );
}

#[tokio::test]
async fn no_run_builds_and_shows_the_pages_only() {
    let app = Sandbox::with_main(GOOD).dev().arg("--no-run").await;
    app.phase("built").await;
    let page = app.get("/").await.is(503);
    page.shows("app is built").shows("--no-run");
    app.edit("src/main.rs", "fn main() { oops }");
    app.get("/").await.is(500).shows("cannot find value `oops`");
    app.restore("src/main.rs");
    app.phase("built").await;
}

#[tokio::test]
async fn once_without_a_run_exits_after_the_build() {
    let project = Sandbox::with_main("fn main() { std::process::exit(9) }");
    let args = ["dev", "--once", "--no-run", "--port", "0"];
    assert_eq!(project.start(&args).wait().await.code, 0);
}

#[tokio::test]
async fn an_app_that_crashes_twice_over_the_same_request_waits_for_an_edit() {
    let app = Sandbox::with_main(GOOD)
        .dev()
        .arg("--restart=on-request")
        .await;
    app.get("/").await.is(200).says("v1");
    let page = app.get("/exit").await.is(502);
    page.shows("while it served `GET /exit`");
    let exit = &app.status().await["exit"];
    assert_eq!(exit["in_flight"][0]["path"], "/exit");
    while app.get("/pid").await.status != 200 {}
    app.get("/exit").await.is(502).shows("exit code 3");
    let waits = app.events.find("the second crash", |event| {
        event["phase"] == "crashed" && event["build"] == 2
    });
    waits.await;
    let repeated = "crashed at the same place twice";
    while !app.get("/").await.is(502).text().contains(repeated) {}
    // Its build stays the last: no request starts it.
    app.get("/").await.is(502).shows(repeated);
    assert_eq!(app.status().await["build"], 2);
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

/// Regression: an app that panicked before it served a request was started again for ever.
#[tokio::test]
async fn an_app_that_panics_twice_at_its_start_waits_for_an_edit() {
    let app = Sandbox::with_main("fn main() { panic!(\"no license\") }")
        .dev()
        .arg("--restart=always")
        .await;
    let waits = app.events.find("the second crash", |event| {
        event["phase"] == "crashed" && event["build"] == 2
    });
    let remark = waits.await["detail"].to_string();
    assert!(
        remark.contains("at the same place twice, so it does not start again by itself"),
        "{remark}"
    );
    app.page("/").await.is(502).shows("edit the code, and save");
    app.edit("src/main.rs", GOOD);
    app.get("/").await.is(200).says("v1");
    assert_eq!(app.status().await["build"], 3);
}

#[tokio::test]
async fn the_terminal_says_that_a_crash_repeats() {
    let project = Sandbox::with_main("fn main() { panic!(\"no license\") }");
    let terminal = project.start_at_terminal(&["dev", "--port", "0", "--restart=always"]);
    terminal.shows("save a file to try again").await;
    let repeated = "at the same place as before; edit the code, and save";
    terminal.shows(repeated).await;
    terminal.types("q");
    assert_eq!(terminal.wait().await.code, 0);
}

/// An app that exits with an error may lack what comes by itself: a database that starts later.
#[tokio::test]
async fn an_app_that_exits_with_an_error_at_its_start_is_tried_again() {
    let main = "fn main() { if !std::fs::exists(\"../database\").unwrap() { std::process::exit(1) } http::serve(\"v1\") }";
    let app = Sandbox::with_main(main).dev().arg("--restart=always").await;
    let third = app.events.find("the third start", |event| {
        event["phase"] == "crashed" && event["build"] == 3
    });
    third.await;
    app.project().edit("../database", "");
    app.phase("ready").await;
}

#[tokio::test]
async fn no_run_starts_no_process_beside_the_app() {
    let project = Sandbox::with_main(GOOD);
    let manifest = project.read("Cargo.toml");
    let side = "[package.metadata.gin.with.front]\nrun = \"sleep 1000\"\n";
    project.edit("Cargo.toml", &format!("{manifest}\n{side}"));
    let app = project.dev().arg("--no-run").await;
    app.phase("built").await;
    assert_eq!(app.status().await["with"], serde_json::json!([]));
    let mut processes = app.processes().into_iter();
    assert!(!processes.any(|process| process.name == "sleep"));
}
