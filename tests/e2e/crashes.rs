//! An app that exits, or never listens, is shown with its last output.

use std::net::TcpListener;

use gin_tests::{Sandbox, free_port};

const GOOD: &str = "fn main() { http::serve(\"v1\") }";

#[tokio::test]
async fn an_app_that_exits_at_once_is_shown_and_recovers() {
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
            "fn main() -> Result<(), String> { Err(\"no license\".into()) }",
            "exit code 1",
            "no license",
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
async fn an_app_that_exits_later_is_shown_and_restarted_by_any_save() {
    let app = Sandbox::new("plain").dev().await;
    app.get("/").await.is(200).says("v1");
    app.get("/exit").await.is(502).shows("exit code 3");
    app.page("/").await.is(502).shows("exit code 3");
    let main = app.project().read("src/main.rs");
    app.edit("src/main.rs", &main);
    app.page("/").await.is(200).says("v1");
}

#[tokio::test]
async fn the_starting_page_shows_the_output_of_an_app_that_never_listens() {
    let main = "fn main() { println!(\"thinking\"); loop { std::thread::park() } }";
    let app = Sandbox::with_main(main).dev().arg("--hold=1s").await;
    let event = app.events.find("the app's output", |event| {
        event["start"]["tail"][0]["text"] == "thinking"
    });
    event.await;
    let page = app.get("/").as_navigation().await.is(503);
    page.has("retry-after", "1").has("x-gin-phase", "starting");
    page.shows("Starting app").shows("thinking");
    app.get("/").await.is(503).shows("Starting app");
    app.edit("src/main.rs", GOOD);
    app.page("/").await.is(200).says("v1");
}

#[tokio::test]
async fn an_app_that_listens_on_another_port_is_reported_with_the_remedy() {
    let port = free_port();
    let main = format!("fn main() {{ http::serve_at({port}, \"v1\") }}");
    let app = Sandbox::with_main(&main).dev().arg("--hold=1s").await;
    let event = app.events.find("the ports that the app opened", |event| {
        event["start"]["opened"][0] == port
    });
    let event = event.await;
    let wanted = &event["start"]["port"];
    let remark = format!("app listens on {port}, not on PORT={wanted}");
    let remedy = format!("cargo gin dev --app-port {port}");
    for response in [app.get("/").as_navigation(), app.get("/")] {
        response.await.is(503).shows(&remark).shows(&remedy);
    }
}

#[tokio::test]
async fn an_app_that_listens_on_another_loopback_address_is_found() {
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
async fn an_app_whose_port_is_in_use_is_reported() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let main = format!("fn main() {{ http::serve_at({port}, \"v1\") }}");
    let app = Sandbox::with_main(&main).dev().await;
    let page = app.page("/").await.is(502);
    page.shows("the port it opens is in use").shows("read PORT");
}

#[tokio::test]
async fn an_app_on_the_port_of_the_dev_server_gets_the_command_that_leaves_it_the_port() {
    let app = Sandbox::new("plain").dev().await;
    let port = app.address().port();
    let main = format!("fn main() {{ http::serve_at({port}, \"v1\") }}");
    app.edit("src/main.rs", &main);
    let command = format!("cargo gin dev --port {} --app-port {port}", port + 1);
    app.page("/")
        .await
        .is(502)
        .shows(&command)
        .shows("read PORT");
    app.get("/").await.is(502).shows(&command);
}
