//! The guards: users, forged requests, methods that stand for others, and strict browsers, each with its attack.

mod auth;
mod csrf;
mod headers;
mod method_override;

use gin::prelude::*;
use gin::testing::Client;

/// Returns everything that is wrong with `app`.
fn flaws(app: Group) -> String {
    let error = app.build().expect_err("the app is wrong");
    error.to_string()
}

/// Returns a client of `app` that is reached over https.
fn over_https(app: Group) -> Client {
    Client::new(app.proxies(gin::routing::Proxies::hops(1)))
}
