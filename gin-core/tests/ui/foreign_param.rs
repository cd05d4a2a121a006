#![allow(unused)]

use gin::prelude::*;

#[get("/users/{id}")]
async fn user(id: u64) {}

#[get("/hello/<name>")]
async fn hello(name: String) {}

#[get("/files/<path..>")]
async fn file(path: &str) {}

fn main() {
    let _ = routes![user, hello, file];
}
