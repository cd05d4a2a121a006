//! Settings of single routes: middleware, limits and timeouts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gin::middleware::{Timeout, with_fn};
use gin::prelude::*;
use gin::testing::Client;

use crate::around::{audit, inner, mark, other, outer, ran};

const MIB: usize = 1 << 20;
const LONG: Duration = Duration::from_secs(3600);

#[get("/users")]
async fn list() -> &'static str {
    "all"
}

#[post("/users", limit = "4B")]
async fn create(body: String) -> String {
    body
}

#[put("/users", with = [inner, audit], limit = 2 * MIB, timeout = LONG)]
async fn replace(body: Bytes) -> String {
    body.len().to_string()
}

#[get("/slow", timeout = "5ms")]
async fn slow() -> &'static str {
    std::future::pending().await
}

mod admin {
    use gin::prelude::*;

    #[route(GET, POST, "/admin", with = [crate::around::audit])]
    pub(crate) async fn home() -> &'static str {
        "admin"
    }
}

#[tokio::test]
async fn a_route_has_middleware_of_its_own_inside_that_of_its_groups() {
    let app = Group::new("").with(outer).mount(routes![
        list,
        create.with(audit).with(inner),
        replace,
        admin::home.with(other)
    ]);
    let client = Client::new(app);
    assert_eq!(ran(&client.get("/users").await), ["outer"]);
    let created = client.post("/users").body("Ann").await;
    assert_eq!(ran(&created), ["outer", "audit", "inner"]);
    let replaced = client.put("/users").body("Ann").await;
    assert_eq!(ran(&replaced), ["outer", "inner", "audit"]);
    assert_eq!(
        ran(&client.get("/admin").await),
        ["outer", "audit", "other"]
    );
}

#[tokio::test]
async fn routes_that_are_made_at_run_time_have_settings_too() {
    let greet = Route::new(&["POST"], "/greet", async |body: String| body);
    let app = Group::new("").mount([greet.with(audit).body_limit(3)]);
    let client = Client::new(app);
    let response = client.post("/greet").body("Ann").await;
    assert_eq!(ran(&response.is(200)), ["audit"]);
    client.post("/greet").body("Anna").await.is(413);
}

#[tokio::test]
async fn the_limit_of_a_route_counts_in_place_of_its_groups() {
    let app = Group::new("").body_limit(8).mount(routes![create, replace]);
    let client = Client::new(app);
    client.post("/users").body("four").await.is(200);
    client.post("/users").body("fives").await.is(413);
    let replaced = client.put("/users").body("more than eight bytes").await;
    replaced.has_text("21");
    let app = Group::new("").mount(routes![create.body_limit(5)]);
    Client::new(app).post("/users").body("fives").await.is(200);
}

/// Records that it was dropped.
struct Guard(Arc<AtomicBool>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_route_drops_its_handler() {
    let dropped = Arc::new(AtomicBool::new(false));
    let state = dropped.clone();
    let stall = async |State(dropped): State<Arc<AtomicBool>>| {
        let _guard = Guard(dropped);
        std::future::pending::<()>().await;
    };
    let stall = Route::new(&["GET"], "/stall", stall).timeout(Duration::from_secs(30));
    let app = Group::new("")
        .state(state)
        .mount([stall])
        .mount(routes![slow]);
    let client = Client::new(app);
    let response = client.get("/stall").await.is(503);
    assert!(response.text().contains("took too long"));
    assert!(dropped.load(Ordering::SeqCst));
    client.get("/slow").await.is(503);
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_route_replaces_that_of_its_groups() {
    let sleep = async || tokio::time::sleep(Duration::from_secs(20)).await;
    let route = |pattern| Route::new(&["GET"], pattern, sleep);
    let app = Group::new("")
        .with(outer)
        .with(Timeout::new(Duration::from_secs(10)))
        .with(inner)
        .mount([
            route("/long").timeout(Duration::from_secs(30)),
            route("/short"),
        ]);
    let client = Client::new(app);
    client.get("/long").await.is(200);
    let short = client.get("/short").await.is(503);
    assert_eq!(ran(&short), ["outer"]);
}

#[test]
fn the_list_of_routes_shows_the_settings() {
    let app = Group::new("/api")
        .with(outer)
        .mount(routes![list, replace, slow]);
    let engine = app.build().expect("the app has no flaws");
    let [list, replace, slow] = engine.routes() else {
        panic!("three routes");
    };
    assert_eq!((list.body_limit, list.timeout), (None, None));
    assert_eq!(replace.body_limit, Some(2 * MIB));
    assert_eq!(replace.timeout, Some(LONG));
    assert_eq!(slow.timeout, Some(Duration::from_millis(5)));
    let shown = replace.to_string();
    let settings = " in outer, Timeout, inner, audit, body up to 2 MiB, timeout 3600s";
    assert!(shown.ends_with(settings), "{shown}");
}

struct Role(&'static str);

async fn mark_role(Role(role): &Role, cx: &mut Context, next: Next<'_>) -> Response {
    let mut response = next.run(cx).await;
    mark(&mut response, role);
    response
}

#[get("/reports", with = [with_fn(Role("auditor"), mark_role), inner])]
async fn reports() -> &'static str {
    "reports"
}

#[tokio::test]
async fn an_attribute_takes_any_expression_for_a_middleware() {
    let app = || Group::new("").mount(routes![reports]);
    let engine = app().build().expect("the app has no flaws");
    let shown = engine.routes()[0].to_string();
    assert!(shown.ends_with(" in mark_role, inner"), "{shown}");
    let response = Client::new(app()).get("/reports").await;
    assert_eq!(ran(&response), ["auditor", "inner"]);
}

#[get("/users/:name/posts/:id")]
async fn post(id: u64, name: String) -> String {
    format!("{name} {id}")
}

#[test]
fn the_list_of_routes_has_the_types_of_params() {
    let posts = Group::new("/api/:version").mount(routes![post, list]);
    let engine = posts.build().expect("the app has no flaws");
    let [post, list] = engine.routes() else {
        panic!("two routes");
    };
    assert_eq!(post.params, [("id", "u64")]);
    assert_eq!(list.params, []);
}

#[test]
fn contradictory_settings_are_flaws_with_their_place() {
    let route = Route::new(&["GET"], "/", async || "");
    let error = Group::new("")
        .mount([route.timeout(Duration::ZERO)])
        .build();
    let text = error.expect_err("a timeout of zero").to_string();
    assert!(
        text.contains("Timeout (gin-core/tests/routes/settings.rs:"),
        "{text}"
    );
    assert!(text.contains("set a longer time"), "{text}");
}
