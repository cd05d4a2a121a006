#![allow(unused)]

use gin::prelude::*;

struct Id;

#[get("/users/:id")]
async fn user(id: Id) {}

fn main() {
    let _ = routes![user];
}
