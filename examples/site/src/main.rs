//! A static site: on disk while it is written, and inside the program in a release build.

use std::time::Duration;

use gin::prelude::*;

async fn not_found() -> (StatusCode, Html<&'static str>) {
    (
        StatusCode::NOT_FOUND,
        Html(include_str!("../public/404.html")),
    )
}

fn app() -> Group {
    let public = gin::embed!("$CARGO_MANIFEST_DIR/public").max_age(Duration::from_secs(600));
    gin::default().files("/", public).fallback(not_found)
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
    async fn styles_are_cached_and_pages_are_fresh() {
        let client = Client::new(app());
        let page = client.get("/").await.is(200).contains("<h1>Gin</h1>");
        page.has_header("content-type", "text/html; charset=utf-8")
            .has_header("cache-control", "no-cache");
        let style = client.get("/style.css").await.is(200);
        let style = style.has_header("cache-control", "max-age=600");
        let tag = style.header("etag").unwrap();
        client
            .get("/style.css")
            .header("if-none-match", tag)
            .await
            .is(304);
        client
            .get("/recipes")
            .await
            .is(301)
            .has_header("location", "/recipes/");
        client.get("/recipes/").await.is(200).contains("tonic");
    }

    #[tokio::test]
    async fn a_page_that_is_missing_has_a_page() {
        let client = Client::new(app());
        client.get("/nowhere").await.is(404).contains("not here");
        client.get("/../Cargo.toml").await.is(404);
    }
}
