use std::rc::Rc;

use gin::prelude::*;

#[get("/users")]
async fn users() -> String {
    let count = Rc::new(7);
    std::future::ready(()).await;
    count.to_string()
}

fn main() {
    let _ = routes![users];
}
