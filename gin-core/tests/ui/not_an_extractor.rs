#![allow(unused)]

use gin::prelude::*;

struct Page;

#[get("/users")]
async fn users(page: Page) {}

#[post("/users")]
async fn create(page: Json<Page>) {}

fn main() {
    let _ = routes![users, create];
}
