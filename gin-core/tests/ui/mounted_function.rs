use gin::prelude::*;

#[get("/hello")]
async fn hello() -> &'static str {
    "hello"
}

fn main() {
    let _ = Group::new("").mount(hello);
}
