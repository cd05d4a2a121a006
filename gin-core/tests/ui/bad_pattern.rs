#![allow(unused)]

use gin::prelude::*;

#[get("hello")]
async fn no_slash() {}

#[get("/hello/:")]
async fn no_name() {}

#[get("/:id.json")]
async fn text_after_a_param(id: u64) {}

#[get("/files/*path/raw")]
async fn text_after_the_rest(path: &str) {}

#[get("/a\\b")]
async fn bad_escape() {}

fn main() {
    let _ = routes![no_slash, no_name, text_after_a_param, text_after_the_rest, bad_escape];
}
