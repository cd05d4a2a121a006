//! A hello from gin: a route, a group, a middleware.

use std::time::Instant;

use gin::prelude::*;

#[get("/hello/:name")]
async fn hello(name: String) -> String {
    format!("Hello, {name}!")
}

#[get("/time")]
async fn time() -> String {
    format!("{:?}", std::time::SystemTime::now())
}

/// Tells in a header how long the rest of the chain took.
async fn timer(cx: &mut Context, next: Next<'_>) -> Response {
    let start = Instant::now();
    let mut response = next.run(cx).await;
    let took = HeaderValue::from(start.elapsed().as_micros() as u64);
    response.headers_mut().insert("x-took-us", took);
    response
}

fn app() -> Group {
    let api = Group::new("/api").with(timer).mount(routes![time]);
    gin::default().mount(routes![hello]).nest(api)
}

#[gin::main]
async fn main() -> gin::Result<()> {
    app().run().await
}

#[cfg(test)]
mod tests {
    use gin::testing::Client;

    use super::*;

    #[tokio::test]
    async fn hello_greets_by_name() {
        let client = Client::new(app());
        client
            .get("/hello/Ann")
            .await
            .is(200)
            .has_text("Hello, Ann!");
    }

    #[tokio::test]
    async fn the_api_tells_how_long_it_took() {
        let answer = Client::new(app()).get("/api/time").await.is(200);
        assert!(answer.header("x-took-us").is_some());
    }
}
