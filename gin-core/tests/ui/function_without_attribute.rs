use gin::prelude::*;

async fn hello() -> &'static str {
    "hello"
}

fn main() {
    let _ = routes![hello];
}
