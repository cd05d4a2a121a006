//! The page to try an API.

use gin::prelude::*;
use gin::testing::Client;

#[get("/users")]
async fn users() {}

#[tokio::test]
async fn the_page_loads_only_what_its_policy_allows() {
    let client = Client::new(
        Group::new("/api")
            .mount(routes![users])
            .openapi("/openapi.json"),
    );
    let page = client.get("/api/openapi").await;
    let page = page
        .is(200)
        .has_header("content-type", "text/html; charset=utf-8");
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let text = page.text();
    assert!(
        !text.contains("<style") && !text.contains("onclick"),
        "nothing is inline"
    );
    assert!(!text.contains("https://"), "nothing is from elsewhere");
    page.contains("src=\"openapi.js\"")
        .contains("href=\"openapi.css\"");
    client
        .get("/api/openapi.js")
        .await
        .is(200)
        .has_header("content-type", "text/javascript; charset=utf-8");
    client
        .get("/api/openapi.css")
        .await
        .is(200)
        .has_header("content-type", "text/css; charset=utf-8");
}
