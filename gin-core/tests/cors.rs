//! Cross-origin requests: preflights of every kind, origins, credentials.

use gin::middleware::Cors;
use gin::prelude::*;
use gin::routing::Routing;
use gin::testing::{Client, TestResponse};

const ORIGIN: &str = "https://app.example";

fn client(app: Group) -> Client {
    Client::new(app)
}

async fn preflight(client: &Client, path: &str, origin: &str, method: &str) -> TestResponse {
    let request = client.request("OPTIONS", path).header("origin", origin);
    request
        .header("access-control-request-method", method)
        .await
}

fn api(prefix: &'static str) -> Group {
    let cors = Cors::new([ORIGIN]).credentials();
    let group = Group::new(prefix).with(cors);
    group
        .get("/users", async || "users")
        .post("/users", async || "created")
}

#[tokio::test]
async fn a_preflight_lists_the_methods_of_the_path() {
    for prefix in ["", "/api"] {
        let client = client(api(prefix));
        let response = preflight(&client, &format!("{prefix}/users"), ORIGIN, "POST").await;
        response
            .is(204)
            .has_header("access-control-allow-origin", ORIGIN)
            .has_header("access-control-allow-credentials", "true")
            .has_header("access-control-allow-methods", "GET, HEAD, OPTIONS, POST")
            .has_header("access-control-max-age", "600");
    }
}

#[tokio::test]
async fn requested_headers_are_allowed_unless_they_are_limited() {
    let requested = "content-type,x-trace";
    let app = client(api(""));
    let request = app.request("OPTIONS", "/users").header("origin", ORIGIN);
    let request = request.header("access-control-request-method", "GET");
    let response = request
        .header("access-control-request-headers", requested)
        .await;
    response.has_header("access-control-allow-headers", requested);

    let limited = Cors::new([ORIGIN]).headers([http_header("content-type")]);
    let app = client(Group::new("").with(limited).get("/", async || ""));
    let request = app.request("OPTIONS", "/").header("origin", ORIGIN);
    let request = request.header("access-control-request-method", "GET");
    let response = request
        .header("access-control-request-headers", requested)
        .await;
    response.has_header("access-control-allow-headers", "content-type");
}

fn http_header(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

#[tokio::test]
async fn other_origins_get_the_response_without_permission() {
    let client = client(api(""));
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.evil.example",
    ] {
        let response = client.get("/users").header("origin", origin).await.is(200);
        assert_eq!(response.header("access-control-allow-origin"), None);
        response.has_header("vary", "origin");
        let response = preflight(&client, "/users", origin, "POST").await;
        assert_eq!(response.header("access-control-allow-origin"), None);
        assert_eq!(response.header("access-control-allow-methods"), None);
    }
}

#[tokio::test]
async fn errors_of_handlers_are_readable_for_an_allowed_origin() {
    let client = client(api("").get("/broken", async || Problem::new(500)));
    for path in ["/broken", "/nowhere"] {
        let response = client.get(path).header("origin", ORIGIN).await;
        response.has_header("access-control-allow-origin", ORIGIN);
    }
}

#[tokio::test]
async fn any_origin_needs_no_vary() {
    let client = client(
        Group::new("")
            .with(Cors::any_origin())
            .get("/", async || ""),
    );
    let response = client.get("/").header("origin", "https://x.example").await;
    let response = response.has_header("access-control-allow-origin", "*");
    assert_eq!(response.header("access-control-allow-credentials"), None);
    assert_eq!(response.header("vary"), None);
}

#[test]
fn credentials_for_everyone_are_a_mistake() {
    for (cors, flaw) in [
        (
            Cors::any_origin().credentials(),
            "credentials with any origin",
        ),
        (
            Cors::new([ORIGIN, "null"]).credentials(),
            "credentials with the origin `null`",
        ),
        (Cors::new(["app.example"]), "`app.example` is not an origin"),
        (Cors::new(["*"]), "`*` is not an origin"),
    ] {
        let line = line!() + 1;
        let app = Group::new("").with(cors).get("/", async || "");
        let error = app.build().expect_err("a mistake").to_string();
        let place = format!("Cors (gin-core/tests/cors.rs:{line}): {flaw}");
        assert!(error.contains(&place), "{error}");
    }
    assert!(Group::new("").with(Cors::new(["null"])).build().is_ok());
}

#[tokio::test]
async fn the_null_origin_is_allowed_only_by_name() {
    let named = Group::new("")
        .with(Cors::new(["null"]))
        .get("/", async || "");
    let response = client(named).get("/").header("origin", "null").await;
    let response = response.has_header("access-control-allow-origin", "null");
    assert_eq!(response.header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn a_preflight_needs_no_automatic_options() {
    let group = api("").routing(Routing::new().without_options());
    let response = preflight(&client(group), "/users", ORIGIN, "POST").await;
    response
        .is(204)
        .has_header("access-control-allow-methods", "GET, HEAD, POST");
}

#[tokio::test]
async fn an_options_route_gets_what_is_not_a_preflight() {
    let client = client(api("").options("/users", async || "own"));
    let response = preflight(&client, "/users", ORIGIN, "POST").await;
    response
        .is(204)
        .has_header("access-control-allow-origin", ORIGIN)
        .has_header("access-control-allow-methods", "POST");
    let own = client.request("OPTIONS", "/users").header("origin", ORIGIN);
    own.await.is(200).has_text("own");
}

async fn nobody(_: &mut Context, _: Next<'_>) -> Problem {
    Problem::new(401)
}

#[tokio::test]
async fn a_guard_further_in_sees_no_preflight() {
    // A browser sends preflights without cookies and tokens, so that a guard would refuse each.
    let cors = Cors::new([ORIGIN]);
    let app = Group::new("").with(cors).with(nobody);
    let client = client(app.post("/users", async || "").any("/any", async || ""));
    for path in ["/users", "/any"] {
        let response = preflight(&client, path, ORIGIN, "POST").await;
        response
            .is(204)
            .has_header("access-control-allow-origin", ORIGIN);
    }
    let response = client.post("/users").header("origin", ORIGIN).await;
    response
        .is(401)
        .has_header("access-control-allow-origin", ORIGIN);
}

#[tokio::test]
async fn a_handler_for_every_method_runs_for_no_preflight() {
    async fn broken() -> &'static str {
        panic!("a preflight has run the handler")
    }
    let app = Group::new("").with(Cors::any_origin()).any("/", broken);
    preflight(&client(app), "/", ORIGIN, "DELETE").await.is(204);
}

#[tokio::test]
async fn a_preflight_varies_by_all_that_it_depends_on() {
    let response = preflight(&client(api("")), "/users", ORIGIN, "POST").await;
    let vary: Vec<_> = response.headers().get_all("vary").iter().collect();
    assert_eq!(
        vary,
        [
            "access-control-request-method, access-control-request-headers, access-control-request-private-network",
            "origin"
        ]
    );
}

#[tokio::test]
async fn a_browser_keeps_a_preflight_for_a_time() {
    use std::time::Duration;

    for (time, expected) in [
        (Duration::ZERO, "0"),
        (Duration::from_millis(7_900), "7"),
        (Duration::MAX, "18446744073709551615"),
    ] {
        let cors = Cors::any_origin().max_age(time);
        let app = Group::new("").with(cors).get("/", async || "");
        let response = preflight(&client(app), "/", ORIGIN, "GET").await;
        response.has_header("access-control-max-age", expected);
    }
}

#[tokio::test]
async fn a_private_network_is_open_only_by_name() {
    for (cors, expected) in [
        (Cors::new([ORIGIN]), None),
        (Cors::new([ORIGIN]).private_network(), Some("true")),
    ] {
        let client = client(Group::new("").with(cors).get("/", async || ""));
        let request = client.request("OPTIONS", "/").header("origin", ORIGIN);
        let request = request.header("access-control-request-method", "GET");
        let request = request.header("access-control-request-private-network", "true");
        let response = request.await;
        let allowed = response.header("access-control-allow-private-network");
        assert_eq!(allowed, expected);
        let response = preflight(&client, "/", ORIGIN, "GET").await;
        assert_eq!(
            response.header("access-control-allow-private-network"),
            None
        );
    }
}

#[tokio::test]
async fn a_page_can_read_that_a_handler_has_panicked() {
    async fn broken() -> &'static str {
        panic!("the handler is broken")
    }
    let cors = || Cors::new([ORIGIN]).credentials();
    let app = || Group::new("").get("/", broken);
    for app in [
        app().with(Recovery::new()).with(cors()),
        app().with(cors()).with(Recovery::new()),
        app().with(cors()),
    ] {
        let response = client(app).get("/").header("origin", ORIGIN).await.is(500);
        response
            .has_header("access-control-allow-origin", ORIGIN)
            .has_header("access-control-allow-credentials", "true")
            .contains("500 Internal Server Error");
    }
}

#[tokio::test]
async fn a_page_can_read_the_response_of_a_middleware_that_gave_up_on_the_handler() {
    async fn impatient(cx: &mut Context, next: Next<'_>) -> Response {
        use futures_util::FutureExt;

        let finished = next.run(cx).now_or_never();
        finished.unwrap_or_else(|| Problem::new(504).into_response())
    }
    let app = Group::new("").with(impatient).with(Cors::new([ORIGIN]));
    let app = app.get("/", async || std::future::pending::<()>().await);
    let response = client(app).get("/").header("origin", ORIGIN).await.is(504);
    response
        .has_header("access-control-allow-origin", ORIGIN)
        .contains("504 Gateway Timeout");
}

#[tokio::test]
async fn of_nested_groups_each_allows_its_own_origins() {
    let inner = Group::new("/api").with(Cors::new(["https://inner.example"]));
    let inner = inner.get("/", async || "inner");
    let app = Group::new("").with(Cors::new([ORIGIN])).nest(inner);
    let client = client(app.get("/", async || "outer"));
    for (path, origin, is_allowed) in [
        ("/", ORIGIN, true),
        ("/", "https://inner.example", false),
        ("/api/", ORIGIN, true),
        ("/api/", "https://inner.example", true),
        ("/api/", "https://other.example", false),
    ] {
        let expected = is_allowed.then_some(origin);
        let response = client.get(path).header("origin", origin).await.is(200);
        assert_eq!(response.header("access-control-allow-origin"), expected);
        let response = preflight(&client, path, origin, "GET").await.is(204);
        assert_eq!(response.header("access-control-allow-origin"), expected);
        let all = response.headers().get_all("access-control-allow-origin");
        assert!(all.iter().count() <= 1, "a browser refuses two");
    }
}

#[tokio::test]
async fn a_path_without_routes_has_no_preflight() {
    preflight(&client(api("/api")), "/api/nowhere", ORIGIN, "GET")
        .await
        .is(404);
}

#[tokio::test]
async fn an_options_request_without_a_method_is_not_a_preflight() {
    let client = client(api(""));
    let response = client
        .request("OPTIONS", "/users")
        .header("origin", ORIGIN)
        .await;
    let response = response
        .is(204)
        .has_header("allow", "GET, HEAD, OPTIONS, POST");
    assert_eq!(response.header("access-control-allow-methods"), None);
}

async fn anybody(_: gin::middleware::Token) -> Option<()> {
    Some(())
}

#[tokio::test]
async fn a_guard_before_it_is_a_mistake() {
    use gin::middleware::{BasicAuth, bearer};

    // The guard would refuse each preflight, and a page could not read why.
    let accounts = || BasicAuth::accounts([("ann", "open sesame")]);
    let line = line!() + 1;
    let app = Group::new("").with(accounts()).with(Cors::new([ORIGIN]));
    let error = app.build().expect_err("a mistake").to_string();
    let file = "gin-core/tests/cors.rs";
    let expected = format!(
        "Cors ({file}:{line}) comes after BasicAuth ({file}:{line}), which refuses preflight"
    );
    assert!(error.contains(&expected), "{error}");

    let api = Group::new("/api")
        .with(Cors::new([ORIGIN]))
        .nest(Group::new("/v1"));
    let app = Group::new("").with(bearer(anybody)).nest(api);
    let error = app.build().expect_err("a mistake").to_string();
    assert_eq!(error.matches("comes after Bearer").count(), 1, "{error}");

    for app in [
        Group::new("").with(Cors::new([ORIGIN])).with(accounts()),
        Group::new("")
            .with(accounts().proxy())
            .with(Cors::new([ORIGIN])),
        Group::new("")
            .with(bearer(anybody).optional())
            .with(Cors::new([ORIGIN])),
    ] {
        assert!(app.build().is_ok());
    }
}

#[tokio::test]
async fn groups_that_share_a_prefix_have_their_own_origins() {
    let group = |prefix: &'static str, path: &'static str, origin| {
        let cors = Cors::new([origin]).credentials();
        Group::new(prefix).with(cors).post(path, async || "done")
    };
    for prefix in ["", "/api"] {
        let (one, other) = ("https://one.example", "https://other.example");
        let app = Group::new("").nest(group(prefix, "/one", one));
        let app = app.nest(group(prefix, "/other", other));
        let client = client(app.post("/none", async || "none"));
        for (path, origin, is_allowed) in [
            ("/one", one, true),
            ("/one", other, false),
            ("/other", other, true),
            ("/other", one, false),
        ] {
            let path = format!("{prefix}{path}");
            let expected = is_allowed.then_some(origin);
            let preflight = preflight(&client, &path, origin, "POST").await.is(204);
            let allowed = preflight.header("access-control-allow-origin");
            assert_eq!(allowed, expected, "{path} for {origin}");
            // An error of the engine's own: 405.
            let response = client.get(&path).header("origin", origin).await.is(405);
            let allowed = response.header("access-control-allow-origin");
            assert_eq!(allowed, expected, "405 of {path} for {origin}");
        }
        let response = preflight(&client, "/none", one, "POST").await.is(204);
        assert_eq!(response.header("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn the_route_of_the_method_that_is_meant_decides() {
    let open = Group::new("")
        .with(Cors::any_origin())
        .get("/notes", async || "notes");
    let app = Group::new("").nest(open).nest(
        Group::new("")
            .with(Cors::new([ORIGIN]))
            .put("/notes", async || "saved"),
    );
    let client = client(app);
    let other = "https://other.example";
    for (method, origin, expected) in [
        ("GET", other, Some("*")),
        ("PUT", other, None),
        ("PUT", ORIGIN, Some(ORIGIN)),
    ] {
        let response = preflight(&client, "/notes", origin, method).await.is(204);
        let allowed = response.header("access-control-allow-origin");
        assert_eq!(allowed, expected, "{method} for {origin}");
    }
}

#[tokio::test]
async fn a_route_has_origins_of_its_own() {
    let open =
        gin::routing::Route::new(&["PUT"], "/open", async || "done").with(Cors::any_origin());
    let client = client(Group::new("").mount([open]).put("/closed", async || "done"));
    let response = preflight(&client, "/open", ORIGIN, "PUT").await.is(204);
    response.has_header("access-control-allow-origin", "*");
    let response = preflight(&client, "/closed", ORIGIN, "PUT").await.is(204);
    assert_eq!(response.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_preflight_below_a_directory_is_accepted() {
    let public = tempfile::tempdir().expect("there is room");
    std::fs::write(public.path().join("app.js"), "1").expect("it can be written");
    let dir = gin::files::Dir::new(public.path());
    let group = Group::new("")
        .with(Cors::new(["https://app.example"]))
        .files("/assets", dir)
        .file("/one", public.path().join("app.js"));
    let client = Client::new(group);
    for path in ["/assets/app.js", "/one"] {
        let preflight = client
            .request("OPTIONS", path)
            .header("origin", "https://app.example")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "range");
        let response = preflight.await;
        assert!(
            response.status().is_success(),
            "{path}: {}",
            response.status()
        );
        response.has_header("access-control-allow-origin", "https://app.example");
        let plain = client.request("OPTIONS", path).await;
        assert_ne!(plain.status(), 404, "{path}");
    }
}
