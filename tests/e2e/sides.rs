//! Processes beside the app: `[package.metadata.gin.with.NAME]`.

use gin_tests::{Client, Dev, Gate, Process, Sandbox, Start, within};
use rustix::process::Signal;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Creates the plain app, with a second binary `front`, and these tables of processes.
pub(crate) fn project(tables: &str) -> Sandbox {
    let project =
        Sandbox::new("plain").with("src/bin/front.rs", "fn main() { http::serve(\"front 1\") }");
    let manifest = project.read("Cargo.toml");
    let manifest = manifest.replace("[package]", "[package]\ndefault-run = \"app\"");
    project.with("Cargo.toml", &format!("{manifest}\n{tables}\n"))
}

const FRONT: &str = "[package.metadata.gin.with.front]
bin = \"front\"
routes = [\"/front/*\", \"/front.html\"]";

/// Returns the entry of a process in the status.
pub(crate) async fn entry(app: &Dev, name: &str) -> Value {
    let status = app.status().await;
    let entries = status["with"].as_array().expect("there is a list").clone();
    let mut entries = entries.into_iter();
    let entry = entries.find(|entry| entry["name"] == name);
    entry.unwrap_or_else(|| panic!("there is no {name}"))
}

/// Waits for a notice that contains this text.
pub(crate) async fn notice(app: &Dev, text: &str) -> String {
    let is_notice = |event: &Value| {
        event["event"] == "notice" && event["text"].as_str().unwrap_or_default().contains(text)
    };
    let event = app.events.find(text, is_notice).await;
    event["text"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn its_paths_are_served_by_the_process_and_the_rest_by_the_app() {
    let app = project(FRONT).dev().await;
    for path in ["/front/", "/front/a/b?c", "/front.html"] {
        app.get(path).await.is(200).says("front 1");
    }
    for path in ["/", "/front", "/front.htm", "/frontier"] {
        app.get(path).await.is(200).says("v1");
    }
    let front = entry(&app, "front").await;
    assert_eq!(front["phase"], "ready");
    assert_eq!(
        front["routes"],
        serde_json::json!(["/front/*", "/front.html"])
    );
}

#[tokio::test]
async fn a_front_end_can_have_every_path_except_the_app_s() {
    let tables = "[package.metadata.gin.with.front]
bin = \"front\"
except = [\"/api/*\", \"/pid\"]";
    let app = project(tables).dev().await;
    for path in ["/", "/@vite/client", "/src/main.tsx", "/api"] {
        app.get(path).await.is(200).says("front 1");
    }
    app.get("/api/users").await.is(200).says("v1");
    let served = app.get("/pid").await.is(200).text();
    let process = app
        .processes()
        .into_iter()
        .find(|process| process.name == "app");
    assert_eq!(served, process.expect("the app runs").id.to_string());
    notice(&app, "front is ready for /* except /api/*, /pid").await;
}

#[tokio::test]
async fn a_binary_beside_the_app_starts_by_the_runner_as_well() {
    let config = "[target.'cfg(all())']\nrunner = ['env', 'RUNNER=env']\n";
    let app = project(FRONT)
        .with(".cargo/config.toml", config)
        .dev()
        .await;
    app.get("/front/").await.is(200).says("front 1");
    app.get("/env/RUNNER").await.is(200).says("env");
    let processes = app.processes();
    let front = processes.iter().find(|process| process.name == "front");
    let front = front.expect("it runs");
    assert_eq!(front.variable("RUNNER").as_deref(), Some("env"));
}

/// A server that grants every upgrade, and sends back what it receives.
const ECHO: &str = r#"
use std::io::{Read, Write};

fn main() {
    let port = std::env::var("PORT").unwrap().parse().unwrap();
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        std::thread::spawn(move || {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") {
                if stream.read(&mut byte).unwrap() == 0 {
                    return;
                }
                head.push(byte[0]);
            }
            stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n").unwrap();
            let _ = std::io::copy(&mut stream.try_clone().unwrap(), &mut stream);
        });
    }
}
"#;

#[tokio::test]
async fn an_upgraded_connection_reaches_the_process_while_the_app_is_rebuilt() {
    let app = project(FRONT).with("src/bin/front.rs", ECHO).dev().await;
    let mut tunnel = app.get("/front/socket").upgrade("echo").await;
    for text in ["v2", "v3", "v4"] {
        app.say(text);
        app.get("/").await.is(200).says(text);
        tunnel.write_all(text.as_bytes()).await.unwrap();
        let mut echoed = vec![0; text.len()];
        within("an echo", tunnel.read_exact(&mut echoed))
            .await
            .unwrap();
        assert_eq!(echoed, text.as_bytes());
    }
}

#[tokio::test]
async fn a_save_of_its_code_is_served_at_once_and_leaves_the_app_alone() {
    let app = project(FRONT).dev().await;
    app.get("/front/").await.is(200).says("front 1");
    let started = app.get("/").await.is(200).text();
    let before = app.processes();
    for round in 2..6 {
        let text = format!("fn main() {{ http::serve(\"front {round}\") }}");
        app.edit("src/bin/front.rs", &text);
        app.get("/front/")
            .await
            .is(200)
            .says(&format!("front {round}"));
    }
    assert_eq!(app.get("/").await.is(200).text(), started);
    let is_app = |process: &Process| process.name == "app";
    let ids = |all: &[Process]| -> Vec<u32> {
        all.iter()
            .filter(|one| is_app(one))
            .map(|one| one.id)
            .collect()
    };
    assert_eq!(ids(&before), ids(&app.processes()));
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    assert_eq!(entry(&app, "front").await["starts"], 5);
}

#[tokio::test]
async fn an_old_process_responds_before_it_is_stopped() {
    let gate = Gate::new().await;
    let tables = FRONT.replace("routes = [", "routes = [\"/gate\", ");
    let start = project(&tables).dev().arg("--grace=60s");
    let app = start.env("GATE", gate.address()).await;
    // A request with an effect is never sent again.
    let pending = tokio::spawn(app.get("/gate").post("").outcome());
    let slow = gate.arrival().await;
    app.edit("src/bin/front.rs", "fn main() { http::serve(\"front 2\") }");
    app.get("/").await.is(200).says("v1");
    slow.pass().await;
    let response = within("the response", pending).await.unwrap().unwrap();
    response.is(200).says("front 1");
    app.get("/front/").await.is(200).says("front 2");
}

#[tokio::test]
async fn broken_code_of_the_process_is_a_page_at_its_paths_too() {
    let app = project(FRONT).dev().await;
    app.get("/front/").await.is(200).says("front 1");
    app.edit("src/bin/front.rs", "fn main() { oops }");
    app.page("/front/").await.is(500).shows("oops");
    app.edit("src/bin/front.rs", "fn main() { http::serve(\"mended\") }");
    app.get("/front/").await.is(200).says("mended");
}

#[tokio::test]
async fn a_command_gets_a_port_and_its_output_is_shown_with_its_name() {
    let tables = "[package.metadata.gin.with.clock]
run = \"sh -c 'echo port $PORT in $PWD; exec sleep 600'\"
dir = \"src\"
env = { LEVEL = \"9\" }";
    let app = project(tables).dev().await;
    let is_line = |event: &Value| event["event"] == "output" && event["with"] == "clock";
    let line = app.events.find("output of the command", is_line).await;
    let text = line["text"].as_str().unwrap();
    assert!(
        text.starts_with("port ") && !text.contains("$PORT"),
        "{text}"
    );
    assert!(text.trim_end().ends_with("/app/src"), "{text}");
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn a_process_that_exits_starts_again_after_longer_and_longer_pauses() {
    let tables = "[package.metadata.gin.with.short]
run = \"sh -c 'exit 3'\"";
    let app = project(tables).dev().await;
    for pause in ["1s", "2s"] {
        let text = format!("short exited: exit code 3; it starts again in {pause}");
        notice(&app, &text).await;
    }
    app.get("/").await.is(200).says("v1");
}

#[tokio::test]
async fn the_paths_of_a_process_that_has_exited_say_so() {
    let tables = "[package.metadata.gin.with.short]
run = \"sh -c 'echo no config >&2; exit 3'\"
routes = [\"/short/*\"]
restart = \"never\"";
    let app = project(tables).dev().await;
    let page = app.page("/short/x").await.is(502);
    page.shows("short exited: exit code 3").shows("no config");
    assert_eq!(page.headers["refresh"], "5", "it may start again");
    let text = app.get("/short/x").await.is(502);
    text.shows("short exited: exit code 3").shows("no config");
    app.get("/").await.is(200).says("v1");
    assert_eq!(entry(&app, "short").await["exit"]["code"], 3);
}

#[tokio::test]
async fn a_process_that_is_not_ready_shows_its_output_so_far() {
    let tables = "[package.metadata.gin.with.slow]
run = \"sh -c 'echo compiling 3 modules >&2; sleep 600'\"
routes = [\"/slow/*\"]";
    let app = project(tables).dev().await;
    let is_line = |event: &Value| event["event"] == "output" && event["with"] == "slow";
    app.events.find("its output", is_line).await;
    let page = app.get("/slow/").as_navigation().await.is(503);
    page.shows("Starting slow").shows("compiling 3 modules");
    assert_eq!(page.headers["refresh"], "1");
}

#[tokio::test]
async fn a_process_has_a_standard_input_that_stays_open() {
    let tables = "[package.metadata.gin.with.watcher]
run = \"bash -c 'read -t 0 && echo ended || echo open; sleep 600'\"";
    let app = project(tables).dev().await;
    let is_line = |event: &Value| event["event"] == "output" && event["with"] == "watcher";
    let line = app.events.find("its output", is_line).await;
    assert_eq!(line["text"], "open\n", "watchers end with their input");
}

#[tokio::test]
async fn a_program_that_is_missing_is_named() {
    let tables = "[package.metadata.gin.with.css]
run = \"no-such-program --watch\"
restart = \"never\"";
    let app = project(tables).dev().await;
    let is_line = |event: &Value| event["event"] == "output" && event["with"] == "css";
    let line = app.events.find("an error", is_line).await;
    assert!(
        line["text"]
            .as_str()
            .unwrap()
            .contains("cannot start no-such-program")
    );
    notice(&app, "restart `cargo gin dev` to start it again").await;
}

#[tokio::test]
async fn no_process_is_left_behind() {
    let tables = format!(
        "{FRONT}\n[package.metadata.gin.with.deaf]\nrun = \"sh -c 'trap : TERM; (setsid sleep 601 &); while :; do sleep 0.1; done'\""
    );
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::KILL, 137)] {
        let app = project(&tables).dev().arg("--grace=300ms").await;
        app.get("/front/").await.is(200).says("front 1");
        // Dropping the program fails if any of its processes is left.
        assert_eq!(app.stop(signal).await.code, code);
    }
}

#[tokio::test]
async fn the_options_choose_the_processes() {
    let two = format!("{FRONT}\n[package.metadata.gin.with.other]\nrun = \"sleep 600\"");
    for (args, names) in [
        (&[][..], &["front", "other"][..]),
        (&["--with", "other"], &["other"]),
        (&["--no-with"], &[]),
    ] {
        let start = project(&two).dev();
        let app = args.iter().fold(start, Start::arg).await;
        app.get("/").await.is(200).says("v1");
        let status = app.status().await;
        let entries = status["with"].as_array().unwrap().clone();
        let found: Vec<_> = entries.iter().map(|entry| entry["name"].clone()).collect();
        assert_eq!(found, names, "{args:?}");
    }
}

#[tokio::test]
async fn mistakes_in_the_tables_end_the_start() {
    for (tables, message) in [
        (
            "[package.metadata.gin.with.x]\nrnu = \"a\"",
            "in [package.metadata.gin.with.x]: unknown field `rnu`",
        ),
        (
            "[package.metadata.gin.with.x]\nbin = \"fron\"",
            "did you mean `front`?",
        ),
        (
            "[package.metadata.gin.with.x]\nrun = \"a\"\nroutes = [\"/__gin/*\"]",
            "is the dev server's own",
        ),
    ] {
        let exit = project(tables).run(&["dev", "--port", "0"]).await;
        assert_eq!(exit.code, 1);
        assert!(exit.stderr.contains(message), "{}", exit.stderr);
    }
}

/// Adds the member `other` to the app's workspace, which depends on the same crate.
fn with_other_member(project: Sandbox) -> Sandbox {
    let other = "[package]\nname = \"other\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\nhttp = { path = \"../http\" }\n";
    let workspace = project.read("../Cargo.toml");
    let workspace = workspace.replace("members = [", "members = [\"other\", ");
    project
        .with("../Cargo.toml", &workspace)
        .with("../other/Cargo.toml", other)
        .with(
            "../other/src/main.rs",
            "fn main() { http::serve(\"other 1\") }",
        )
}

#[tokio::test]
async fn a_binary_of_another_member_starts_again_only_when_its_own_bytes_change() {
    const SHARED: &str = "../http/src/lib.rs";
    let tables = "[package.metadata.gin.with.other]\nbin = \"other\"\nroutes = [\"/other/*\"]";
    let project = with_other_member(project(tables));
    let shared = project.read(SHARED) + "\npub const TEXT: &str = \"v1\";\n";
    let project = project
        .with(SHARED, &shared)
        .with("src/main.rs", "fn main() { http::serve(http::TEXT) }");
    let app = project.dev().await;
    app.get("/other/").await.is(200).says("other 1");
    app.get("/").await.is(200).says("v1");
    let first = app.get("/pid").await.is(200).text();

    app.replace("../other/src/main.rs", "other 1", "other 2");
    app.get("/other/").await.is(200).says("other 2");
    assert_eq!(app.get("/pid").await.is(200).text(), first);
    assert_eq!(entry(&app, "other").await["starts"], 2);

    // The app alone reads this constant.
    app.replace(SHARED, "\"v1\"", "\"v2\"");
    app.get("/").await.is(200).says("v2");
    app.get("/other/").await.is(200).says("other 2");
    assert_eq!(entry(&app, "other").await["starts"], 2);

    app.replace(SHARED, "content-length", "shared: yes\\r\\ncontent-length");
    app.get("/").await.is(200).has("shared", "yes");
    app.get("/other/").await.is(200).has("shared", "yes");
    assert_eq!(entry(&app, "other").await["starts"], 3);
}

#[tokio::test]
async fn two_dev_servers_of_one_workspace_run_beside_each_other() {
    let first = with_other_member(project(FRONT)).dev().await;
    let args = [
        "dev",
        "--port=0",
        "--message-format=json",
        "--package=other",
        "--no-with",
    ];
    let program = first.project().start(&args);
    let is_listening = |event: &Value| event["event"] == "listening";
    let listening = program
        .events
        .find("the second to listen", is_listening)
        .await;
    let url = listening["url"].as_str().expect("it has a URL").to_owned();
    let address = url.strip_prefix("http://").expect("it is plain");
    let second = Client::new(address.parse().expect("its host is an address"));
    for round in ["2", "3"] {
        first.say(&format!("v{round}"));
        let text = format!("fn main() {{ http::serve(\"other {round}\") }}");
        first.project().edit("../other/src/main.rs", &text);
        // A crate of both: cargo's lock makes one build wait for the other.
        first
            .project()
            .replace("../http/src/lib.rs", "//!", "//! More.\n//!");
        let (own, other) = tokio::join!(first.get("/"), second.get("/"));
        own.is(200).says(&format!("v{round}"));
        other.is(200).says(&format!("other {round}"));
        first.get("/front/").await.is(200).says("front 1");
    }
    let status = second.get("/__gin/status").await.is(200).json();
    assert_eq!(status["target"]["name"], "other");
    assert_eq!(status["with"], serde_json::json!([]));
}

#[tokio::test]
async fn the_app_and_the_processes_learn_the_addresses_of_each_other() {
    let tables = "[package.metadata.gin.with.my-front]
bin = \"front\"
routes = [\"/front/*\"]";
    let shown = |names: &str| {
        format!(
            "fn main() {{ http::serve({names}.map(|name| std::env::var(name).unwrap()).join(\" \").leak()) }}"
        )
    };
    let own = "[\"GIN_SIDE_MY_FRONT_URL\"]";
    let project = project(tables).with("src/main.rs", &shown(own));
    let both = "[\"GIN_APP_URL\", \"GIN_SIDE_MY_FRONT_URL\"]";
    let app = project.with("src/bin/front.rs", &shown(both)).dev().await;
    let front = app.get("/").await.is(200).text();
    let listening = app
        .events
        .find("the address", |event| event["event"] == "listening");
    let url = listening.await["url"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    app.get("/front/")
        .await
        .is(200)
        .says(&format!("{url} {front}"));
    let port = front
        .strip_prefix("http://localhost:")
        .unwrap()
        .parse()
        .unwrap();
    let client = Client::new(([127, 0, 0, 1], port).into());
    client
        .get("/")
        .await
        .is(200)
        .says(&format!("{url} {front}"));
    // A later start has the same port.
    app.edit("src/bin/front.rs", "fn main() { http::serve(\"front 2\") }");
    app.get("/front/").await.is(200).says("front 2");
    client.get("/").await.is(200).says("front 2");
}
