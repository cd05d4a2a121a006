//! The way from the app's page to the page with errors, and back.

use crate::site::{is_marked, is_quiet, mark, shown, site};

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn an_open_tab_shows_errors_and_returns_to_its_page_and_scroll_position() {
    let page = "<h1>Hello from {version}</h1><p style='height: 3000px'>far down</p>";
    let site = site().with("public/index.html", page);
    let (app, browser) = shown(site, "/index.html?name=Ann&page=2").await;
    browser.evaluate("scrollTo(0, 1234)").await;
    app.edit("src/main.rs", "fn main() { oops }");
    browser.shows("cannot find value oops in this scope").await;
    browser.shows("app/src/main.rs:1:13").await;
    browser.shows("not found in this scope").await;
    assert_eq!(
        browser.evaluate("document.title").await,
        "✗ cannot find value oops in this scope · app/src/main.rs:1 · app"
    );
    app.restore("src/main.rs");
    browser.shows("Hello from v1").await;
    browser.until("scrollY === 1234").await;
    let place = browser.evaluate("location.pathname + location.search");
    assert_eq!(place.await, "/index.html?name=Ann&page=2");
    is_quiet(&browser).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_tab_s_title_counts_several_errors_and_has_the_place_of_the_first() {
    let (app, browser) = shown(site(), "/index.html").await;
    app.edit("src/main.rs", "fn main() {\n    oops;\n    other;\n}\n");
    browser.shows("2 errors").await;
    assert_eq!(
        browser.evaluate("document.title").await,
        "✗ 2 errors: cannot find value oops in this scope · app/src/main.rs:2 · app"
    );
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_next_error_replaces_the_last_one_without_a_reload() {
    let (app, browser) = shown(site(), "/index.html").await;
    app.edit("src/main.rs", "fn main() { oops }");
    browser.shows("cannot find value oops in this scope").await;
    mark(&browser).await;
    app.edit("src/main.rs", "fn main() { other }");
    browser.shows("cannot find value other in this scope").await;
    browser
        .until("!document.body.innerText.includes('oops')")
        .await;
    assert!(is_marked(&browser).await, "the page was reloaded");
    is_quiet(&browser).await;
}
