#![allow(unused)]

use gin::prelude::*;

#[get]
async fn hello() {}

fn main() {
    let _ = routes![hello];
}
