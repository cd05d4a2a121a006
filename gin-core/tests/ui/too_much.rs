#![allow(unused)]

use gin::prelude::*;

#[get("/:a/:b/:c/:d/:e/:f/:g/:h/:i")]
async fn deep() {}

#[post("/wide")]
async fn wide(
    a: Query<u64>,
    b: Query<u64>,
    c: Query<u64>,
    d: Query<u64>,
    e: Query<u64>,
    f: Query<u64>,
    g: Json<u64>,
) {
}

fn main() {
    let _ = routes![deep, wide];
}
