//! An app that ends, or never begins, is shown with its last words.

use std::net::TcpListener;

use gin_tests::{Sandbox, free_port};

const GOOD: &str = "fn main() { http::serve(\"v1\") }";

#[tokio::test]
async fn an_app_that_ends_at_once_is_shown_and_recovers() {
    for (main, end, words) in [
        (
            "fn main() { panic!(\"no database\") }",
            "exit code 101",
            "no database",
        ),
        (
            "fn main() { println!(\"nothing to do\") }",
            "exit code 0",
            "nothing to do",
        ),
        (
            "fn main() { eprintln!(\"so long\"); std::process::abort() }",
            "SIGABRT (signal 6",
            "so long",
        ),
        (
            "fn main() -> Result<(), String> { Err(\"no licence\".into()) }",
            "exit code 1",
            "no licence",
        ),
    ] {
        let app = Sandbox::with_main(main).dev().await;
        app.page("/")
            .await
            .is(502)
            .has("x-gin-phase", "crashed")
            .shows(end)
            .shows(words);
        app.get("/").await.is(502).shows(end).shows(words);
        app.edit("src/main.rs", GOOD);
        app.page("/").await.is(200).says("v1");
    }
}

#[tokio::test]
async fn an_app_that_ends_later_is_shown_and_started_again_by_any_save() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    app.get("/exit").await.is(502).shows("exit code 3");
    app.page("/").await.is(502).shows("exit code 3");
    let main = app.project().read("src/main.rs");
    app.edit("src/main.rs", &main);
    app.page("/").await.is(200).says("v1");
}

#[tokio::test]
async fn an_app_that_never_listens_is_waited_for_in_words() {
    let main = "fn main() { println!(\"thinking\"); loop { std::thread::park() } }";
    let app = Sandbox::with_main(main).dev().arg("--hold=1s").await;
    let told = app.events.find("what the app wrote", |event| {
        event["start"]["tail"][0]["text"] == "thinking"
    });
    told.await;
    let page = app.get("/").as_navigation().await.is(503);
    page.has("retry-after", "1").has("x-gin-phase", "starting");
    page.shows("Starting app").shows("thinking");
    app.get("/").await.is(503).shows("Starting app");
    app.edit("src/main.rs", GOOD);
    app.page("/").await.is(200).says("v1");
}

#[tokio::test]
async fn an_app_that_listens_elsewhere_is_told_so() {
    let port = free_port();
    let main = format!("fn main() {{ http::serve_at({port}, \"v1\") }}");
    let app = Sandbox::with_main(&main).dev().arg("--hold=1s").await;
    let told = app.events.find("the ports that the app opened", |event| {
        event["start"]["opened"][0] == port
    });
    let told = told.await;
    let wanted = &told["start"]["port"];
    let remark = format!("app listens on {port}, not on PORT={wanted}");
    let remedy = format!("cargo gin dev --app-port {port}");
    for answer in [app.get("/").as_navigation(), app.get("/")] {
        answer.await.is(503).shows(&remark).shows(&remedy);
    }
}

#[tokio::test]
async fn an_app_that_opens_its_port_at_another_address_is_found_there() {
    let main = "fn main() {
    let port = std::env::var(\"PORT\").unwrap().parse::<u16>().unwrap();
    http::serve_on((\"127.0.0.2\", port), \"v1\")
}
";
    let app = Sandbox::with_main(main).dev().await;
    app.get("/").await.is(200).says("v1");
    app.say("v2");
    app.get("/").await.is(200).says("v2");
}

#[tokio::test]
async fn an_app_that_wants_a_port_of_another_is_told_so() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let main = format!("fn main() {{ http::serve_at({port}, \"v1\") }}");
    let app = Sandbox::with_main(&main).dev().await;
    let page = app.page("/").await.is(502);
    page.shows("wanted a port that is in use")
        .shows("read PORT");
}
