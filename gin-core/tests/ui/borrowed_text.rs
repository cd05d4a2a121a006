use gin::prelude::*;

#[get("/hello/:name")]
async fn hello(name: &str) -> &str {
    name
}

#[get("/bye/:name")]
async fn bye(name: &str) -> Result<&str> {
    Ok(name)
}

fn main() {
    let _ = routes![hello, bye];
}
