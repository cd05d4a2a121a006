#![allow(unused)]

use gin::prelude::*;

#[get("/hello/:name")]
async fn hello<T: std::str::FromStr>(name: T) {}

#[get("/bye/:name")]
async fn bye<'a>(name: &'a str) {}

#[get("/search")]
async fn search(query: Query<String>) -> String
where
    String: Send,
{
    query.0
}

#[post("/echo")]
async fn echo(body: impl FromContext) {}

fn main() {
    let _ = routes![hello, bye, search, echo];
}
