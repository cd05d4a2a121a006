#![allow(unused)]

use gin::prelude::*;

#[get("/users/:id")]
async fn user(id: Path<u64>) {}

fn main() {
    let _ = routes![user];
}
