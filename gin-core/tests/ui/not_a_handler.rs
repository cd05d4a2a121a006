#![allow(unused)]

use gin::prelude::*;

struct Page;

fn hello() -> &'static str {
    "hello"
}

async fn page(page: Query<Page>) -> &'static str {
    "page"
}

fn main() {
    let _ = Group::new("").get("/hello", hello);
    let _ = Group::new("").get("/page", page);
    let _ = Group::new("").get("/new", async || Page);
    let _ = Group::new("").get("/cx", async |cx: &Context| "cx");
    let _ = Group::new("").get("/:id", async |id: u64| "id");
}
