#![allow(unused)]

use gin::prelude::*;

#[get("/hello")]
fn hello() -> &'static str {
    "hello"
}

fn main() {
    let _ = routes![hello];
}
