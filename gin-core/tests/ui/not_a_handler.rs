#![allow(unused)]

use gin::prelude::*;
use std::rc::Rc;

struct Page;

fn hello() -> &'static str {
    "hello"
}

async fn page(page: Query<Page>) -> &'static str {
    "page"
}

async fn id_and_page(Path(id): Path<u64>, page: Page) -> &'static str {
    "page"
}

async fn across_an_await() -> &'static str {
    let page = Rc::new(Page);
    tokio::task::yield_now().await;
    drop(page);
    "page"
}

async fn of_ten(a: Uri, b: Uri, c: Uri, d: Uri, e: Uri, f: Uri, g: Uri, h: Uri, i: Uri, j: Uri) {}

fn main() {
    let _ = Group::new("").get("/hello", hello);
    let _ = Group::new("").get("/page", page);
    let _ = Group::new("").get("/both/:id", id_and_page);
    let _ = Group::new("").get("/await", across_an_await);
    let _ = Group::new("").get("/ten", of_ten);
    let _ = Group::new("").get("/new", async || Page);
    let _ = Group::new("").get("/number", async || 7_usize);
    let _ = Group::new("").get("/cx", async |cx: &Context| "cx");
    let _ = Group::new("").get("/cx", async |cx: &mut Context, page: Page| "cx");
    let _ = Group::new("").get("/cx", async |uri: Uri, cx: &mut Context| "cx");
    let _ = Group::new("").get("/:id", async |id: u64| "id");
    let _ = Group::new("").get("/text", "hello");
}
