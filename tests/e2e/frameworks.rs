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

#[tokio::test]
async fn a_rocket_app_is_held_built_and_rebuilt() {
    lives_through_an_edit("rocket").await;
}

#[tokio::test]
async fn an_app_with_the_configuration_of_leptos_is_held_built_and_rebuilt() {
    lives_through_an_edit("leptos").await;
}

/// Regression: the app found its port taken by the socket that it did not take.
#[tokio::test]
async fn an_app_that_could_take_a_socket_but_opens_its_port_starts() {
    let project = Sandbox::new("listenfd");
    project.replace("src/main.rs", "let listener = socket()?;", OWN);
    let app = project.dev().await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
    assert_eq!(notices(&app).len(), 1, "{:?}", notices(&app));
    // From now on it is given no socket.
    assert_eq!(conflicts(&app), 1);
}

const OWN: &str = "if env::var_os(\"NEVER\").is_some() { socket()?; }
    let listener = std::net::TcpListener::bind(format!(\"127.0.0.1:{}\", env::var(\"PORT\").unwrap()))?;";

#[tokio::test]
async fn an_app_that_could_take_a_socket_by_a_feature_opens_its_port_without_it() {
    let project = Sandbox::new("listenfd");
    let optional = "listenfd = { workspace = true, optional = true }";
    project.replace("Cargo.toml", "listenfd.workspace = true", optional);
    project.replace("src/main.rs", "use listenfd::ListenFd;\n", "");
    let main = project.read("src/main.rs");
    let start = main
        .find("/// Takes the socket")
        .expect("it takes a socket");
    let end = main.find("#[tokio::main").expect("it has a main function");
    let main = main[..start].to_owned() + &main[end..];
    project.edit("src/main.rs", &main);
    let own = OWN.lines().last().expect("it has lines");
    project.replace("src/main.rs", "let listener = socket()?;", own);
    let app = project.dev().await;
    app.get("/").await.is(200).says("v1");
    assert_eq!(conflicts(&app), 0);
}

#[tokio::test]
async fn an_app_on_gin_core_that_opens_its_port_by_hand_starts() {
    let project = Sandbox::new("hello");
    project.edit("src/main.rs", BY_HAND);
    let app = project.dev().await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

/// Returns the number of times that the app found its port taken.
fn conflicts(app: &gin_tests::Dev) -> usize {
    let events = app.events.all().into_iter();
    let texts = events.filter(|event| event["event"] == "output");
    texts
        .filter(|event| event["text"].to_string().contains("AddrInUse"))
        .count()
}

/// Returns the texts of the notices so far.
fn notices(app: &gin_tests::Dev) -> Vec<String> {
    let events = app.events.all().into_iter();
    let notices = events.filter(|event| event["event"] == "notice");
    notices.map(|event| event["text"].to_string()).collect()
}

#[tokio::test]
async fn a_panic_in_an_axum_handler_is_shown_and_mended() {
    lives_through_a_panic("axum").await;
}

#[tokio::test]
async fn a_panic_in_an_actix_handler_is_shown_and_mended() {
    lives_through_a_panic("actix").await;
}

#[tokio::test]
async fn a_panic_in_a_handler_on_hyper_is_shown_and_mended() {
    lives_through_a_panic("hyper").await;
}

/// A handler panics, which closes the connection without a response, and the app goes on.
async fn lives_through_a_panic(fixture: &str) {
    let app = Sandbox::new(fixture).dev().await;
    // A navigation would not wait for a build that takes longer than a second.
    app.get("/").await.is(200).says("v1");
    let page = app.get("/user").as_navigation().await.is(502);
    page.has("x-gin-phase", "ready")
        .shows(&format!("{fixture}-app panicked"))
        .shows("there is no user 7")
        .shows(&format!("{fixture}/src/main.rs:"))
        .shows("closed the connection without a response, and still runs")
        .shows("token=••••••");
    assert!(
        page.text().contains("data-revision="),
        "it reloads by itself"
    );
    let place = format!("Panic at {fixture}/src/main.rs:");
    app.get("/user").await.is(502).shows(&place).shows("user 7");
    let markdown = app.get("/user").accept("text/markdown").await.is(502);
    markdown.shows("# ").shows(&place).shows("## Last output");

    let problem = app.get("/user").accept("application/json").await.is(502);
    problem.has("content-type", "application/problem+json");
    let problem = problem.json();
    let [panic] = problem["panics"]
        .as_array()
        .expect("it is a list")
        .as_slice()
    else {
        panic!("only the panic since the request: {problem}");
    };
    assert_eq!(panic["message"], "there is no user 7");
    assert_eq!(panic["place"]["file"], format!("{fixture}/src/main.rs"));
    assert!(!problem.to_string().contains("hunter2"), "{problem}");

    app.get("/").await.is(200).says("v1");
    app.replace(
        "src/main.rs",
        "panic!(\"there is no user {id}\")",
        "assert_eq!(id, 7); \"Ann\"",
    );
    app.get("/user").await.is(200).says("Ann");
}

#[tokio::test]
async fn a_panic_with_a_long_backtrace_is_shown_whole() {
    let project = Sandbox::new("axum");
    let app = project.dev().env("RUST_BACKTRACE", "full").await;
    // A navigation waits for a build for a second only.
    app.get("/").await.is(200).says("v1");
    let page = app.get("/user").as_navigation().await.is(502);
    page.shows("axum-app panicked").shows("there is no user 7");
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

/// An app on gin-core that opens its port by itself.
const BY_HAND: &str = "use gin::prelude::*;
use gin::{Server, server::Listener};

#[get(\"/\")]
async fn home() -> &'static str {
    \"v1\"
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let port = std::env::var(\"PORT\").unwrap();
    let listener = Listener::tcp(&format!(\"127.0.0.1:{port}\")).await?;
    let engine = gin::default().mount(routes![home]).build()?;
    Server::new(engine).listen(listener).run().await
}
";
