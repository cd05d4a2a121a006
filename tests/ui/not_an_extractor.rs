#![allow(unused)]

use gin::prelude::*;

struct Page;

#[get("/users")]
async fn users(page: Page) {}

fn main() {
    let _ = routes![users];
}
