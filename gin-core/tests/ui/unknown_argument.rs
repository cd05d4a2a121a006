#![allow(unused)]

use gin::prelude::*;

#[get("/users")]
async fn users(page: u32) {}

#[get("/hello/:name")]
async fn hello(name: &str, greeting: &str) {}

fn main() {
    let _ = routes![users, hello];
}
