#![allow(unused)]

use gin::prelude::*;

#[get("/hello")]
struct Hello;

fn main() {
    let _ = Hello;
}
