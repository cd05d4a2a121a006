//! A hello from gin: a page, a param, a group, a middleware.

use std::time::Instant;

use gin::prelude::*;

#[get("/")]
async fn home() -> Html<&'static str> {
    Html(PAGE)
}

#[get("/hello/:name")]
async fn hello(name: String) -> String {
    format!("Hello, {name}!")
}

#[get("/time")]
async fn time() -> String {
    format!("{:?}", std::time::SystemTime::now())
}

/// Reports in a header how long the rest of the chain took.
async fn timer(cx: &mut Context, next: Next<'_>) -> Response {
    let start = Instant::now();
    let mut response = next.run(cx).await;
    let took = HeaderValue::from(start.elapsed().as_micros() as u64);
    response.headers_mut().insert("x-took-us", took);
    response
}

fn app() -> Group {
    let api = Group::new("/api").with(timer).mount(routes![time]);
    gin::default().mount(routes![home, hello]).nest(api)
}

#[gin::main]
async fn main() -> gin::Result<()> {
    app().run().await
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>gin</title>
<style>
:root { color-scheme: light dark; font: 1.125rem/1.6 system-ui, sans-serif }
body { max-width: 32rem; margin: 20vh auto; padding: 0 1.5rem }
h1 { line-height: 1.2 }
</style>
</head>
<body>
<h1>It works.</h1>
<p>Change a word of this page in <code>src/main.rs</code> and save: it reloads by itself.</p>
<p><a href="/hello/Ann">Say hello to Ann</a></p>
</body>
</html>
"#;

#[cfg(test)]
mod tests {
    use gin::testing::Client;

    use super::*;

    #[tokio::test]
    async fn the_page_leads_to_a_greeting() {
        let client = Client::new(app());
        let page = client
            .get("/")
            .await
            .is(200)
            .contains("href=\"/hello/Ann\"");
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        client.get("/hello/Ann").await.is(200).contains("Ann");
    }

    #[tokio::test]
    async fn the_api_reports_how_long_it_took() {
        let response = Client::new(app()).get("/api/time").await.is(200);
        assert!(response.header("x-took-us").is_some());
    }
}
