#![allow(unused)]

use gin::prelude::*;

async fn audit(cx: &mut Context, next: Next<'_>) -> Response {
    next.run(cx).await
}

#[post("/a", limit = "50mb")]
async fn unit_of_a_size() {}

#[post("/b", timeout = "30sec")]
async fn unit_of_a_duration() {}

#[post("/c", limit = "fifty")]
async fn not_a_number() {}

#[post("/d", limit = 50)]
async fn without_a_unit() {}

#[post("/e", timout = "30s")]
async fn misspelt() {}

#[post("/f", cache = "30s")]
async fn unknown() {}

#[post("/g", middleware = [audit])]
async fn another_word() {}

#[post("/h", limit = "1MB", timeout = "1s", limit = "2MB")]
async fn twice() {}

#[post("/i", with = audit)]
async fn not_a_list() {}

#[post("/j", limit = "1MB", "/k")]
async fn out_of_place() {}

#[post("/l", timeout = "0s", limit = "1.5MB", with = [], size)]
async fn several() {}

#[post("/m", timeout = 30 * 1000)]
async fn wrong_type() {}

#[post("/n", with = [audit, "audit"])]
async fn not_a_middleware() {}

fn main() {
    let _ = routes![unit_of_a_size, wrong_type.body_limit("1MB")];
}
