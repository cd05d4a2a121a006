#![allow(unused)]

use gin::prelude::*;

#[get("/:id/friends/:id")]
async fn friends(id: u64) {}

fn main() {
    let _ = routes![friends];
}
