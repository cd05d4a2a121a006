#![deny(dead_code)]

use gin::prelude::*;

#[get("/users/:id")]
async fn user(_id: u64) {}

#[get("/users")]
async fn users() {}

fn main() {
    let _ = routes![users];
}
