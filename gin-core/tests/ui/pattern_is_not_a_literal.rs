#![allow(unused)]

use gin::prelude::*;

const PATH: &str = "/hello";

#[get(PATH)]
async fn hello() {}

#[get("/hello", "/hi")]
async fn two() {}

#[get('/')]
async fn character() {}

fn main() {
    let _ = (PATH, routes![hello, two, character]);
}
