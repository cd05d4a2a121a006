#![allow(unused)]

use gin::prelude::*;

struct User;

#[get("/users")]
async fn users() -> gin::Result<Json<Vec<User>>> {
    Ok(Json(vec![User]))
}

#[get("/error")]
async fn error() -> Result<String, Box<dyn std::error::Error>> {
    Ok(String::new())
}

fn main() {
    let _ = routes![users, error];
}
