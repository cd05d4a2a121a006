//! `cargo gin routes` and `cargo gin client`.

use gin_tests::Sandbox;

const APP: &str = r#"
use gin::prelude::*;

#[get("/hello/:name")]
async fn hello(name: &str) -> String {
    format!("Hello, {name}!")
}

#[get("/items/:id")]
async fn item(id: u64) -> String {
    format!("Item {id}")
}

#[gin::main]
async fn main() -> gin::Result<()> {
    println!("an app may print");
    gin::default().nest(Group::new("/api").mount(routes![hello, item])).run().await
}
"#;

#[tokio::test]
async fn routes_are_printed_as_a_table_and_as_json() {
    let project = Sandbox::new("hello");
    project.edit("src/main.rs", APP);
    let exit = project.run(&["routes"]).await;
    assert_eq!(exit.code, 0, "{}", exit.stderr);
    let line = exit.stdout.lines().next().expect("a line for each route");
    let place = "src/main.rs:5 in Logger, Recovery";
    assert_eq!(
        line.split_whitespace().collect::<Vec<_>>().join(" "),
        format!("GET /api/hello/:name hello::hello {place}")
    );
    let exit = project.run(&["routes", "--json"]).await;
    let routes: serde_json::Value = serde_json::from_str(&exit.stdout).expect("it is JSON");
    assert_eq!(routes[0]["pattern"], "/api/hello/:name");
    assert_eq!(routes[0]["line"], 5);
    assert!(routes[0].get("params").is_none(), "text has no type");
    assert_eq!(routes[1]["params"], serde_json::json!([["id", "u64"]]));
}

#[tokio::test]
async fn limits_and_timeouts_of_routes_are_printed() {
    let project = Sandbox::new("hello");
    let settings = r#"/hello/:name", limit = "1kB", timeout = "30s""#;
    project.edit("src/main.rs", &APP.replace("/hello/:name\"", settings));
    let exit = project.run(&["routes"]).await;
    let limits = "body up to 1000 bytes, timeout 30s";
    assert!(
        exit.stdout.contains(limits),
        "{}{}",
        exit.stdout,
        exit.stderr
    );
}

#[tokio::test]
async fn an_app_that_does_not_build_has_no_routes() {
    let project = Sandbox::new("hello");
    project.edit("src/main.rs", "fn main() { oops }");
    let exit = project.run(&["routes"]).await;
    assert_eq!(exit.code, 1);
    let message = "cannot find value `oops`";
    assert!(exit.stderr.contains(message), "{}", exit.stderr);
}

#[tokio::test]
async fn an_app_that_serves_nothing_has_no_routes() {
    let project = Sandbox::new("hello");
    project.edit("src/main.rs", "fn main() {}");
    let exit = project.run(&["routes"]).await;
    assert_eq!(exit.code, 1);
    let message = "before it ran a `Server`";
    assert!(exit.stderr.contains(message), "{}", exit.stderr);
}

#[tokio::test]
async fn an_app_of_another_framework_has_no_routes() {
    let project = Sandbox::with_main("fn main() { http::serve(\"hello\") }");
    let exit = project.run(&["routes"]).await;
    assert_eq!(exit.code, 1);
    let message = "does not depend on gin-core";
    assert!(exit.stderr.contains(message), "{}", exit.stderr);
}

#[tokio::test]
async fn a_client_needs_the_feature_that_describes_types() {
    let project = Sandbox::new("hello");
    project.edit("src/main.rs", APP);
    let exit = project.run(&["client", "--ts"]).await;
    assert_eq!(exit.code, 1);
    let message = "cargo add gin-core --features openapi";
    assert!(exit.stderr.contains(message), "{}", exit.stderr);
}
