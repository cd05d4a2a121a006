//! Hooks: `[package.metadata.gin.on]`.

use gin_tests::{Browser, Dev, Gate, Sandbox};
use rustix::process::Signal;
use serde_json::Value;

use crate::site::{MAIN, site, url};

/// Creates the plain app with these lines in its manifest.
fn project(lines: &str) -> Sandbox {
    let project = Sandbox::new("plain");
    let manifest = project.read("Cargo.toml");
    project.with("Cargo.toml", &format!("{manifest}\n{lines}\n"))
}

/// Returns the output of a hook, once it contains this text.
async fn output(app: &Dev, hook: &str, text: &str) -> String {
    let is_output = |event: &Value| {
        event["event"] == "output"
            && event["hook"] == hook
            && event["text"].as_str().unwrap_or_default().contains(text)
    };
    let event = app.events.find(text, is_output).await;
    event["text"].as_str().unwrap_or_default().to_owned()
}

/// Waits for a notice that contains this text.
async fn notice(app: &Dev, text: &str) {
    let is_notice = |event: &Value| {
        event["event"] == "notice" && event["text"].as_str().unwrap_or_default().contains(text)
    };
    app.events.find(text, is_notice).await;
}

/// A generator that writes `src/made.rs` on every run, from a file that only it reads.
const GENERATOR: &str = "[package.metadata.gin]
path = [\"words.txt\"]
on = { build = \"sh gen.sh\" }";

/// Creates an app whose text is generated.
fn generated() -> Sandbox {
    project(GENERATOR)
        .with("words.txt", "one")
        .with(
            "gen.sh",
            "echo run >>runs.log; echo \"pub const TEXT: &str = \\\"$(cat words.txt)\\\";\" >src/made.rs",
        )
        .with("src/made.rs", "pub const TEXT: &str = \"none\";")
        .with("src/main.rs", "mod made;\nfn main() { http::serve(made::TEXT) }")
}

#[tokio::test]
async fn a_generator_runs_before_each_build_and_its_own_writes_start_none() {
    let app = generated().dev().await;
    app.get("/").await.is(200).says("one");
    for word in ["two", "three", "four", "five"] {
        app.edit("words.txt", word);
        app.get("/").await.is(200).says(word);
    }
    let attempts = app.settled().await;
    let runs = app.project().read("runs.log").lines().count();
    // The first write of a file during a run may be the user's, so the hook runs once more.
    assert!(runs <= 6, "{runs} runs");
    app.get("/").await.is(200).says("five");
    assert_eq!(app.settled().await, attempts);
}

#[tokio::test]
async fn a_save_while_a_hook_runs_is_built() {
    let gate = Gate::new().await;
    let (host, port) = gate
        .address()
        .rsplit_once(':')
        .map(|(host, port)| (host.to_owned(), port.to_owned()))
        .expect("an address");
    let script = format!(
        "cat words.txt; test -f open || exec 3<>/dev/tcp/{host}/{port} && test -f open || read -n1 <&3; exit 0"
    );
    let app = project("[package.metadata.gin]\non = { build = \"bash hook.sh\" }")
        .with("words.txt", "first")
        .with("open", "")
        .with("hook.sh", &script)
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    app.project().remove("open");
    app.say("v2");
    let first = gate.arrival().await;
    app.say("v3");
    // The save ends the hook, and it runs again.
    first.gone().await;
    gate.arrival().await.pass().await;
    app.get("/").await.is(200).says("v3");
}

#[tokio::test]
async fn a_hook_that_fails_is_a_page_with_its_output() {
    let app = project("[package.metadata.gin]\non = { build = \"sh hook.sh\" }")
        .with("hook.sh", "echo checked")
        .dev()
        .await;
    let before = app.get("/pid").await.is(200).text();
    output(&app, "on.build", "checked").await;
    app.edit("hook.sh", "echo 'no such table: users' >&2; exit 3");
    app.say("v2");
    let page = app.page("/").await.is(500);
    page.shows("sh hook.sh")
        .shows("(on.build) failed: exit code 3");
    page.shows("no such table: users");
    let text = app.get("/").await.is(500);
    text.shows("no such table: users");
    // The file that the message names counts now, as it would after a failed build.
    app.edit("hook.sh", "echo mended");
    app.get("/").await.is(200).says("v2");
    assert_ne!(app.get("/pid").await.is(200).text(), before);
}

#[tokio::test]
async fn the_hook_before_the_app_gets_its_variables_and_runs_only_if_it_starts() {
    let app = project("[package.metadata.gin]\non = { start = \"sh -c 'echo starts >>starts.log; test -n \\\"$DATABASE_URL\\\" && test $CARGO_PKG_NAME = app'\" }")
        .with(".env", "DATABASE_URL=sqlite:app.db")
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    let main = app.project().read("src/main.rs");
    app.edit("src/main.rs", &format!("{main}// a comment"));
    app.get("/").await.is(200).says("v1");
    assert_eq!(app.project().read("starts.log"), "starts\n");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    assert_eq!(app.project().read("starts.log"), "starts\nstarts\n");
    app.edit(".env", "DATABASE_URL=");
    app.page("/")
        .await
        .is(500)
        .shows("(on.start) failed: exit code 1");
    app.edit(".env", "DATABASE_URL=sqlite:other.db");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn the_hook_beside_the_app_knows_its_address_and_holds_nothing_up() {
    let app = project("[package.metadata.gin.on]\nready = [\"sh -c 'echo at $HOST:$PORT as $0' $PORT\", \"sleep 600\"]")
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    let status = app.status().await;
    let address = status["address"].as_str().expect("it is ready").to_owned();
    let port = address.rsplit_once(':').expect("it has a port").1;
    let text = output(&app, "on.ready", "at ").await;
    assert_eq!(text.trim_end(), format!("at {address} as {port}"));
    // The second command still runs: a save ends it.
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

/// A command that writes a warning as `cargo clippy --message-format=json` does, with the text of the app.
const LINTS: &str = r#"word=$(sed -n 's/.*"\(v[0-9]*\)".*/\1/p' src/main.rs)
echo "{\"reason\":\"compiler-message\",\"target\":{\"name\":\"app\",\"kind\":[\"bin\"]},\"message\":{\"message\":\"$word is a poor word\",\"level\":\"error\",\"code\":{\"code\":\"clippy::words\"}}}"
exit 101"#;

#[tokio::test]
async fn diagnostics_of_a_hook_join_the_warnings_and_are_replaced_by_the_next_run() {
    let app = project("[package.metadata.gin.on]\nready = \"sh lints.sh\"")
        .with("lints.sh", LINTS)
        .dev()
        .await;
    for word in ["v1", "v2"] {
        app.say(word);
        app.get("/").await.is(200).says(word);
        let is_warned = |event: &Value| {
            event["phase"] == "ready"
                && event["warnings"] == 1
                && event["diagnostics"][0]["message"] == format!("{word} is a poor word")
        };
        let event = app.events.find("a warning", is_warned).await;
        assert_eq!(event["errors"], 0);
        assert_eq!(event["diagnostics"][0]["level"], "warning");
    }
    app.get("/__gin/").await.is(200).shows("v2 is a poor word");
    let all = app.events.all();
    assert!(all.iter().all(|event| event["event"] != "output"));
}

#[tokio::test]
async fn a_hook_that_starts_builds_again_and_again_is_skipped() {
    let app = project("[package.metadata.gin.on]\nready = \"sh -c 'echo // more >>src/main.rs'\"")
        .dev()
        .await;
    notice(&app, "runs of on.ready, which is left out once").await;
    let attempts = app.settled().await;
    assert!(attempts < 10, "{attempts} attempts");
    assert_eq!(app.settled().await, attempts);
}

#[tokio::test]
async fn no_hook_is_left_behind() {
    for when in ["build", "start", "ready"] {
        let lines = format!("[package.metadata.gin.on]\n{when} = \"sh hook.sh\"");
        // A daemon that has left the hook's process group, and starts nothing any more.
        let script = "mkfifo never; (setsid sh -c 'echo runs; read x <>never' &); sleep 600";
        for (signal, code) in [(Signal::INT, 130), (Signal::KILL, 137)] {
            let start = project(&lines).with("hook.sh", script).dev();
            let app = start.arg("--grace=300ms").await;
            output(&app, &format!("on.{when}"), "runs").await;
            // Dropping the program fails if any of its processes is left.
            assert_eq!(app.stop(signal).await.code, code);
        }
    }
}

#[tokio::test]
async fn mistakes_are_reported_with_file_and_line() {
    for (lines, message) in [
        (
            "[package.metadata.gin.on]\nbuild = \"make\"\nbuilt = \"make\"",
            "Cargo.toml:12: in [package.metadata.gin.on.built]: there is no such hook",
        ),
        (
            "[package.metadata.gin]\non.start = \"serve $PORT\"",
            "Cargo.toml:11: in [package.metadata.gin.on.start]: \"serve $PORT\" needs PORT",
        ),
    ] {
        let exit = project(lines).run(&["dev", "--port", "0"]).await;
        assert_eq!(exit.code, 1);
        assert!(exit.stderr.contains(message), "{}", exit.stderr);
    }
    let without = project("[package.metadata.gin.on]\nbuild = \"false\"");
    let app = without.dev().arg("--no-hooks").await;
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn clippy_s_findings_join_the_warnings_once_the_app_is_ready() {
    let lint = "fn text() -> &'static str { return \"v1\" }\nfn main() { let unused = 1; http::serve(text()) }";
    let start = Sandbox::with_main(lint).dev().arg("--clippy");
    let app = start.await;
    app.get("/").await.is(200).says("v1");
    let is_linted = |event: &Value| event["phase"] == "ready" && event["warnings"] == 2;
    let event = app.events.find("clippy's warning", is_linted).await;
    // Rustc's own warning, which clippy repeats, is there once.
    let codes: Vec<_> = (event["diagnostics"].as_array().expect("a list").iter())
        .map(|diagnostic| diagnostic["code"]["code"].clone())
        .collect();
    assert_eq!(codes, ["unused_variables", "clippy::needless_return"]);
    // A fix of clippy's can be applied like rustc's.
    assert_ne!(event["diagnostics"][1]["fixes"], serde_json::json!([]));
    app.edit(
        "src/main.rs",
        "fn text() -> &'static str { return \"v2\" }\nfn main() { http::serve(text()) }",
    );
    app.get("/").await.is(200).says("v2");
    let is_linted = |event: &Value| {
        event["phase"] == "ready"
            && event["warnings"] == 1
            && event["diagnostics"][0]["code"]["code"] == "clippy::needless_return"
    };
    app.events.find("the next run", is_linted).await;
    let hooks = app.events.all();
    let mut notices = hooks.iter().filter(|event| event["event"] == "notice");
    assert!(notices.all(|event| {
        !event["text"]
            .as_str()
            .unwrap_or_default()
            .contains("clippy")
    }));
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_badge_counts_what_clippy_alone_finds() {
    const TEXT: &str =
        "document.querySelector('gin-badge')?.shadowRoot.querySelector('summary').innerText";
    let idle = "fn one() -> u8 { return 1 }\n#[allow(dead_code)]\nfn two() -> u8 { return 2 }";
    let main = format!("{MAIN}\n#[allow(dead_code)]\n{idle}\n");
    let project = site().with("src/main.rs", &main);
    let app = project.dev().arg("--clippy").await;
    let ready = app.phase("ready").await;
    assert_eq!(ready["warnings"], 0, "rustc has none");
    let browser = Browser::start().await;
    browser.open_shadow_roots().await;
    browser.visit(&url(&app, "/index.html")).await;
    browser.until(&format!("{TEXT} === '2 warnings'")).await;
    app.replace("src/main.rs", "{ return 1 }", "{ 1 }");
    browser.until(&format!("{TEXT} === '1 warning'")).await;
}
