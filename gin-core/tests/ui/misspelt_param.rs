#![allow(unused)]

use gin::prelude::*;

#[get("/hello/:name")]
async fn hello(nmae: String) -> String {
    nmae
}

#[get("/users/:user_id/posts/:post_id")]
async fn post(user_id: u64, postid: u64) {}

fn main() {
    let _ = routes![hello, post];
}
