//! A single-page app: Vite serves it while it is written, and the program once it is built.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use gin::files::Dir;
use gin::prelude::*;

#[get("/time")]
async fn time() -> Result<Json<u64>> {
    Ok(Json(
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)?
            .as_secs(),
    ))
}

/// The app, with the front end that `npm run build` has made, if there is one.
fn app(dist: Option<PathBuf>) -> Group {
    let app = gin::default().nest(Group::new("/api").mount(routes![time]));
    match dist {
        Some(dist) => app.spa("/", Dir::new(dist)),
        None => app,
    }
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("frontend/dist");
    app(dist.is_dir().then_some(dist)).run().await
}

#[cfg(test)]
mod tests {
    use gin::testing::Client;

    use super::*;

    #[tokio::test]
    async fn every_page_is_the_app_and_the_api_is_not() {
        let dist = tempfile::tempdir().unwrap();
        std::fs::write(dist.path().join("index.html"), "<div id=app></div>").unwrap();
        std::fs::write(dist.path().join("app.js"), "main()").unwrap();
        let client = Client::new(app(Some(dist.path().to_owned())));
        let browser = client.with_header("accept", "text/html");
        for path in ["/", "/settings", "/users/7/edit"] {
            browser
                .get(path)
                .await
                .is(200)
                .has_text("<div id=app></div>");
        }
        client.get("/app.js").await.is(200).has_text("main()");
        client.get("/missing.js").await.is(404);
        assert!(client.get("/api/time").await.is(200).json::<u64>() > 1_700_000_000);
        browser.get("/api/nothing").await.is(404);
    }

    #[tokio::test]
    async fn the_api_needs_no_front_end() {
        let client = Client::new(app(None));
        client.get("/api/time").await.is(200);
        client.get("/").await.is(404);
    }
}
