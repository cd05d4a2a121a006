#![allow(unused)]

use gin::extract::Valid;
use gin::prelude::*;
use serde::Deserialize;

#[derive(Clone)]
struct Db;

#[derive(Deserialize)]
struct New {}

enum Failure {}

#[get("/context")]
async fn shared_context(cx: &Context) {}

#[get("/db")]
async fn without_state(db: Db) {}

#[post("/")]
async fn without_rules(new: Valid<Form<New>>) {}

#[get("/option")]
async fn option() -> Option<String> {
    None
}

#[get("/result")]
async fn result() -> Result<String, Failure> {
    Ok(String::new())
}

async fn status() -> gin::Result<()> {
    Err(StatusCode::NOT_FOUND)?
}

async fn hello() -> &'static str {
    "hello"
}

async fn middleware(_: &mut Context, next: Next<'_>) {}

fn main() {
    let _ = Group::new("").get("/called", hello());
    let _ = Group::new("").with(hello());
}
