#![allow(unused)]

use gin::prelude::*;

#[route("/hello")]
async fn none() {}

#[route(GTE, "/hello")]
async fn misspelt() {}

#[route(get, "/hello")]
async fn lower() {}

#[route(propfind, "/hello")]
async fn unknown_lower() {}

#[route(GET, POST, GET, "/hello")]
async fn twice() {}

#[route("GET", "/hello")]
async fn text() {}

fn main() {
    let _ = routes![none, misspelt, lower, unknown_lower, twice, text];
}
