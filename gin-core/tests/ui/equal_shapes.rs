#![allow(unused)]

use gin::prelude::*;

#[get("/users/:id")]
async fn by_id(id: u64) {}

#[route(POST, GET, "/users/:name")]
async fn by_name(name: &str) {}

#[delete("/users/:name")]
async fn remove(name: &str) {}

fn main() {
    let _ = routes![remove, by_id];
    let _ = routes![by_id, remove, by_name];
}
