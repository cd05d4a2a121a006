#![allow(unused)]

use gin::prelude::*;

struct User;

#[get("/users/:id")]
async fn user(id: u64) -> User {
    User
}

#[get("/users")]
async fn users() -> Vec<User> {
    vec![User]
}

fn main() {
    let _ = routes![user, users];
}
