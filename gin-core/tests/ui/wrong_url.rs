#![allow(unused)]

use gin::prelude::*;

#[get("/users/:id")]
async fn user(id: u64) {}

fn main() {
    let _ = routes![user];
    let _ = user::url("ann");
    let _ = user::url();
}
