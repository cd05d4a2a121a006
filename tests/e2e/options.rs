//! The options of `cargo gin dev`, and their precedence.

use gin_tests::{Gate, Process, Sandbox, free_port};
use serde_json::Value;

/// The groups of `--help`, in its order.
const GROUPS: [&str; 10] = [
    "Arguments",
    "Options",
    "Target",
    "Build",
    "Addresses",
    "TLS and proxies",
    "Watching",
    "Running",
    "Pages",
    "Terminal",
];

#[tokio::test]
async fn lazy_starts_the_app_on_the_first_request() {
    let app = Sandbox::new("plain").dev().arg("--lazy").await;
    app.phase("idle").await;
    let is_app = |process: &Process| process.name == "app";
    assert!(!app.processes().iter().any(is_app));
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.phase("idle").await;
    app.page("/").await.is(200).says("v2");
}

#[tokio::test]
async fn overlap_starts_the_new_app_before_the_old_one_ends() {
    let main = "fn main() { http::wait_at_gate(); http::serve(\"v1\") }";
    let gate = Gate::new().await;
    let start = Sandbox::with_main(main).dev().arg("--overlap");
    let app = start.env("GATE", gate.address()).await;
    gate.arrival().await.pass().await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    let new = gate.arrival().await;
    let apps = app.processes();
    let apps = apps.iter().filter(|process| process.name == "app");
    assert_eq!(apps.count(), 2);
    new.pass().await;
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn an_app_with_a_fixed_port_is_found_there() {
    let port = free_port();
    let main = format!("fn main() {{ http::serve_at({port}, \"v1\") }}");
    let app = Sandbox::with_main(&main)
        .dev()
        .arg(format!("--app-port={port}"))
        .await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn one_port_for_dev_server_and_app_is_refused() {
    let port = free_port().to_string();
    let project = Sandbox::new("plain");
    let args = ["dev", "--port", &port, "--app-port", &port];
    let exit = project.run(&args).await;
    assert_eq!(exit.code, 1);
    let message = format!("the dev server itself listens on port {port}");
    assert!(exit.stderr.contains(&message), "{}", exit.stderr);
}

#[tokio::test]
async fn new_options_in_cargo_toml_are_reported_to_need_a_restart() {
    for start in ["[package\n", ""] {
        let project = Sandbox::new("plain");
        let good = project.read("Cargo.toml");
        project.edit("Cargo.toml", &format!("{start}{good}"));
        let app = project.dev().await;
        app.page("/").await;
        for more in ["# without options", "[package.metadata.gin]\nhold = \"1s\""] {
            app.edit("Cargo.toml", &format!("{good}\n{more}\n"));
            app.page("/").await.is(200).says("v1");
        }
        let is_notice = |event: &Value| event["event"] == "notice";
        let notice = app
            .events
            .find("a notice about the options", is_notice)
            .await;
        let text = notice["text"].as_str().unwrap();
        assert!(
            text.contains("restart `cargo gin dev` to apply them"),
            "{text}"
        );
        let notices = app.events.all().into_iter().filter(is_notice);
        assert_eq!(notices.count(), 1, "after {start:?}");
    }
}

#[tokio::test]
async fn hold_limits_how_long_a_request_waits() {
    let main = "fn main() { loop { std::thread::park() } }";
    let app = Sandbox::with_main(main).dev().arg("--hold=200ms").await;
    app.phase("starting").await;
    let response = app.get("/").await.is(503);
    response
        .has("x-gin-phase", "starting")
        .has("retry-after", "1");
}

#[tokio::test]
async fn a_flag_beats_a_variable_beats_the_package_beats_the_workspace() {
    let ports = [free_port(), free_port(), free_port(), free_port()];
    let [flag, variable, package, workspace] = &ports;
    for given in 1..=4 {
        let mut project = Sandbox::new("plain");
        let manifest = project.read("../Cargo.toml");
        let table = format!("{manifest}\n[workspace.metadata.gin]\napp-port = {workspace}\n");
        project = project.with("../Cargo.toml", &table);
        if given >= 2 {
            let manifest = project.read("Cargo.toml");
            let table = format!("{manifest}\n[package.metadata.gin]\napp-port = {package}\n");
            project = project.with("Cargo.toml", &table);
        }
        let mut start = project.dev();
        if given >= 3 {
            start = start.env("GIN_APP_PORT", variable.to_string());
        }
        if given >= 4 {
            start = start.arg(format!("--app-port={flag}"));
        }
        let app = start.await;
        app.get("/env/PORT")
            .await
            .is(200)
            .says(&ports[4 - given].to_string());
    }
}

#[tokio::test]
async fn bin_app_port_sets_the_app_s_port_unless_gin_app_port_does() {
    let [gin, ours] = [free_port(), free_port()].map(|port| port.to_string());
    let start = Sandbox::new("plain").dev().env("BIN_APP_PORT", &gin);
    let app = start.await;
    app.get("/env/PORT").await.is(200).says(&gin);
    let start = Sandbox::new("plain").dev().env("BIN_APP_PORT", &gin);
    let app = start.env("GIN_APP_PORT", &ours).await;
    app.get("/env/PORT").await.is(200).says(&ours);
}

#[tokio::test]
async fn every_option_has_a_variable() {
    let project =
        Sandbox::new("plain").with("src/bin/other.rs", "fn main() { http::serve(\"other\") }");
    let app = project
        .dev()
        .env("GIN_BIN", "other")
        .env("GIN_LAZY", "true")
        .await;
    app.phase("idle").await;
    app.get("/").await.is(200).says("other");

    let help = Sandbox::empty().run(&["dev", "--help"]).await.stdout;
    let options = help
        .lines()
        .filter(|line| line.trim_start().starts_with('-') && line.contains("--"));
    // `--help` and `--version` need no variable.
    assert_eq!(
        options.count() - 2,
        help.matches("[env: ").count(),
        "{help}"
    );
}

#[tokio::test]
async fn every_option_of_the_help_is_in_a_named_group() {
    let help = Sandbox::empty().run(&["dev", "--help"]).await.stdout;
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in help.lines() {
        let text = line.trim_start();
        if let (0, Some(group)) = (line.len() - text.len(), text.strip_suffix(':')) {
            groups.push((group, Vec::new()));
        } else if let (true, Some((_, options))) = (text.starts_with('-'), groups.last_mut()) {
            let words = text.split([' ', ',']);
            options.extend(words.filter(|word| word.starts_with("--")));
        }
    }
    let names: Vec<&str> = groups.iter().map(|(group, _)| *group).collect();
    assert_eq!(names, GROUPS, "{help}");
    for (group, options) in groups {
        match group {
            // Those of every command.
            "Options" => assert_eq!(options, ["--help", "--version"]),
            "Arguments" => assert_eq!(options, [""; 0]),
            _ => assert!(options.len() > 1, "{group}: {options:?}"),
        }
    }
}

#[tokio::test]
async fn a_variable_may_be_empty_and_a_switch_may_be_1_or_yes() {
    for (value, phase) in [
        ("1", "idle"),
        ("yes", "idle"),
        ("0", "ready"),
        ("", "ready"),
    ] {
        let app = Sandbox::new("plain").dev().env("GIN_LAZY", value);
        app.env("GIN_BIN", "")
            .env("GIN_HOLD", "")
            .await
            .phase(phase)
            .await;
    }
}

#[tokio::test]
async fn an_option_beats_a_conflicting_key_of_cargo_toml() {
    let project = Sandbox::new("plain");
    let manifest = project.read("Cargo.toml");
    let table = "[package.metadata.gin]\nlazy = true\nbin = \"app\"\n";
    let app = project
        .with("Cargo.toml", &format!("{manifest}\n{table}"))
        .with("examples/demo.rs", "fn main() { http::serve(\"demo\") }")
        .dev()
        .arg("--immediate")
        .arg("--example=demo")
        .await;
    app.phase("ready").await;
    app.get("/").await.is(200).says("demo");
}

#[tokio::test]
async fn a_polling_interval_of_zero_is_refused() {
    let start = Sandbox::new("plain").dev().arg("--poll=0");
    let exit = start.fails().await;
    assert!(exit.stderr.contains("above zero"), "{}", exit.stderr);
}

#[tokio::test]
async fn the_package_can_be_named_from_anywhere_in_the_workspace() {
    let project = Sandbox::new("plain");
    let manifest = project.path("../Cargo.toml");
    let app = project
        .dev()
        .arg("-p=app")
        .arg("--manifest-path")
        .arg(manifest)
        .await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn env_prints_the_variables_of_the_file() {
    let project = Sandbox::new("plain").with(".env", "# a comment\nWORD=one\nLINE='two words'\n");
    let exit = project.run(&["env"]).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    assert_eq!(exit.stdout, "WORD=one\nLINE=two words");
}

#[tokio::test]
async fn an_example_can_be_run() {
    let app = Sandbox::new("plain")
        .with("examples/demo.rs", "fn main() { http::serve(\"demo\") }")
        .dev()
        .arg("--example=demo")
        .await;
    app.get("/").await.is(200).says("demo");
    app.edit(
        "examples/demo.rs",
        "fn main() { http::serve(\"new demo\") }",
    );
    app.get("/").await.is(200).says("new demo");
}

#[tokio::test]
async fn features_profile_and_target_are_passed_to_cargo() {
    let main = "fn main() { http::serve(if cfg!(feature = \"loud\") { \"V1\" } else { \"v1\" }) }";
    let project = Sandbox::with_main(main);
    let manifest = project.read("Cargo.toml");
    let app = project
        .with("Cargo.toml", &(manifest + "\n[features]\nloud = []\n"))
        .dev()
        .arg("--features=loud")
        .arg("--profile=release")
        .arg("--target-dir=made here")
        .env("CARGO_BUILD_TARGET", env!("GIN_TESTS_HOST"))
        .await;
    app.get("/").await.is(200).says("V1");
    app.replace("src/main.rs", "\"V1\"", "\"V2\"");
    app.get("/").await.is(200).says("V2");
    let directory = format!("made here/{}/release", env!("GIN_TESTS_HOST"));
    assert!(app.project().path(&directory).is_dir());
}

#[tokio::test]
async fn the_dependencies_of_a_configured_feature_are_watched_from_the_start() {
    let project = Sandbox::with_main("fn main() { http::serve(more::TEXT) }");
    let manifest = project.read("Cargo.toml");
    let more = "more = { path = \"../more\", optional = true }\n\n[package.metadata.gin]\nfeatures = [\"more\"]\n";
    let its_own = "[package]\nname = \"more\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
    let workspace = project.read("../Cargo.toml");
    let app = project
        .with(
            "../Cargo.toml",
            &workspace.replace("\"http\"", "\"http\", \"more\""),
        )
        .with("../more/Cargo.toml", its_own)
        .with("../more/src/lib.rs", "pub const TEXT: &str = \"v1\";")
        .with("Cargo.toml", &(manifest + more))
        .dev()
        .await;
    app.get("/").await.is(200).says("v1");
    app.edit(
        "../more/Cargo.toml",
        &format!("{its_own}description = \"more\"\n"),
    );
    assert_eq!(app.phase("ready").await["cause"], "more/Cargo.toml");
}

#[tokio::test]
async fn polling_notices_a_save() {
    let app = Sandbox::new("plain").dev().arg("--poll=50ms").await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.phase("ready").await;
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn directories_can_be_added_to_and_excluded_from_watching() {
    let app = Sandbox::new("plain")
        .with("../pages/index.html", "")
        .with("src/drafts/one.rs", "")
        .dev()
        .arg("--path=../pages")
        .arg("--exclude-dir=src/drafts")
        .arg("--all")
        .await;
    app.get("/").await.is(200).says("v1");
    app.edit("src/drafts/one.rs", "words");
    app.get("/").await.is(200).says("v1");
    assert_eq!(app.status().await["build"], 1);
    app.edit("../pages/index.html", "words");
    assert_eq!(app.phase("ready").await["cause"], "pages/index.html");
}

/// An app that responds with the text that a file had when it started.
fn with_page(path: &str) -> Sandbox {
    let main =
        format!("fn main() {{ http::serve(std::fs::read_to_string({path:?}).unwrap().leak()) }}");
    Sandbox::with_main(&main)
}

#[tokio::test]
async fn with_all_an_app_that_reads_a_file_when_it_starts_is_restarted() {
    let project = with_page("page.txt").with("page.txt", "v1");
    let app = project.dev().arg("--all").await;
    app.get("/").await.is(200).says("v1");
    app.edit("page.txt", "v2");
    app.get("/").await.is(200).says("v2");
    // The restart is not forgotten while the code is broken.
    let main = app.project().read("src/main.rs");
    app.edit("src/main.rs", "fn main() { oops }");
    app.page("/")
        .await
        .is(500)
        .shows("cannot find value `oops`");
    app.edit("page.txt", "v3");
    app.page("/")
        .await
        .is(500)
        .shows("cannot find value `oops`");
    app.edit("src/main.rs", &main);
    app.page("/").await.is(200).says("v3");
}

#[tokio::test]
async fn an_app_that_reads_a_file_of_path_when_it_starts_is_restarted() {
    let project = with_page("../pages/page.txt").with("../pages/page.txt", "v1");
    let app = project.dev().arg("--path=../pages").await;
    app.get("/").await.is(200).says("v1");
    let pid = app.get("/pid").await.is(200).text();
    app.edit("../pages/page.txt", "v2");
    app.get("/").await.is(200).says("v2");
    assert_ne!(app.get("/pid").await.is(200).text(), pid);
}

#[tokio::test]
async fn go_gin_s_spellings_mean_the_same() {
    let port = free_port().to_string();
    let main = "fn main() { http::serve(if cfg!(feature = \"loud\") { \"V1\" } else { \"v1\" }) }";
    let project = Sandbox::with_main(main);
    let manifest = project.read("Cargo.toml");
    let project = project
        .with(
            "Cargo.toml",
            &format!("{manifest}\n[features]\nloud = []\n"),
        )
        .with("left/out.rs", "");
    let start = project
        .dev()
        .arg("--host=localhost")
        .arg(format!("--appPort={port}"))
        .arg("--buildArgs=--features 'loud'")
        .arg("--excludeDir=left")
        .arg("--logPrefix=blog")
        .arg("--all");
    let app = start.await;
    app.get("/env/PORT").await.is(200).says(&port);
    app.edit("left/out.rs", "// Nobody looks.");
    let status = app.status().await;
    app.get("/").await.is(200).says("V1");
    assert_eq!(app.status().await["build"], status["build"]);
}
