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
    requests: Vec<Asked>,
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
struct Asked {
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
#[cfg_attr(not(has_facts), ignore = "there is no ../shared/data")]
async fn paths_and_methods_that_no_route_takes_are_answered_as_gin_does() {
    let facts: Facts = crate::read();
    for suite in &facts.http_suites {
        let client = client(suite);
        for asked in &suite.requests {
            holds(&client, suite, asked).await;
        }
    }
}

async fn holds(client: &Client, suite: &Suite, asked: &Asked) {
    let name = format!(
        "{}: {} {} {:?}",
        suite.name, asked.method, asked.path, asked.headers
    );
    let mut request = client.request(&asked.method, &asked.path);
    for (header, value) in &asked.headers {
        request = request.header(header, value);
    }
    let response = request.await;
    let (status, location) = ours(suite, asked);
    assert_eq!(response.status(), status, "{name}");
    assert_eq!(response.header("location"), location.as_deref(), "{name}");
    if let Some(allow) = &asked.expect.allow {
        assert_eq!(
            response.header("allow"),
            Some(allow.join(", ").as_str()),
            "{name}"
        );
    }
}

/// The status and the location that we answer with, which are gin's but for the differences.
fn ours(suite: &Suite, asked: &Asked) -> (u16, Option<String>) {
    let gins = (asked.expect.status, asked.expect.location.clone());
    match gins {
        // A tunnel is no resource (RFC 9110 §9.3.6), so CONNECT reaches no handler.
        _ if asked.method == "CONNECT" => (501, None),
        // A prefix that any client may send is not believed, so the location is the path's alone.
        (status @ 301, Some(_)) if !asked.headers.is_empty() => {
            let other = asked
                .path
                .strip_suffix('/')
                .map_or(format!("{}/", asked.path), str::to_owned);
            (status, Some(other))
        }
        // The redirect is for good, as that of GET is.
        (307, location) => (308, location),
        // One page has one address: a path that has to be cleaned is redirected, not answered.
        (200, _) if suite.options.remove_extra_slash => (301, Some("/path".to_owned())),
        gins => gins,
    }
}

fn client(suite: &Suite) -> Client {
    let routes = suite.routes.iter().map(|route| {
        // A test leaks its few names.
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
