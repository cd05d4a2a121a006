#![allow(unused)]

use gin::prelude::*;

struct Db;

#[get("/users")]
async fn users(State(db): State<Db>) {}

fn main() {
    let _ = Group::new("").state(Db).mount(routes![users]);
}
