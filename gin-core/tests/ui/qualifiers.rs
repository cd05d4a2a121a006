#![allow(unused)]

use gin::prelude::*;

#[get("/hello")]
async unsafe fn hello() {}

#[get("/bye")]
extern "C" fn bye() {}

fn main() {
    let _ = routes![hello, bye];
}
