#![allow(unused)]

use gin::prelude::*;

struct Users;

impl Users {
    #[get("/users")]
    async fn list(&self) -> String {
        String::new()
    }
}

fn main() {
    let _ = Users;
}
