#![allow(unused)]

use gin::prelude::*;

#[get("/hello/:name")]
async fn hello(name: &String) {}

#[get("/bye/:name")]
async fn bye(name: &'static str) {}

#[post("/echo")]
async fn echo(body: &Bytes) {}

#[get("/both/:name")]
async fn both(name: &str, cx: &mut Context) {}

#[get("/twice")]
async fn twice(cx: &mut Context, again: &mut Context) {}

fn main() {
    let _ = routes![hello, bye, echo, both, twice];
}
