//! Several tabs, submitted forms, and restarted dev servers.

use gin_tests::{Browser, Relay};

use crate::site::{MAIN, is_marked, mark, shown, site, url};

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn every_tab_shows_the_errors_and_returns_to_its_own_page() {
    let site = site().with("public/other.html", "<h1>Other from {version}</h1>");
    let (app, browser) = shown(site, "/index.html").await;
    let first = browser.tab().await;
    let second = browser.open_tab().await;
    browser.visit(&url(&app, "/other.html")).await;
    app.edit("src/main.rs", "fn main() { oops }");
    for tab in [&second, &first] {
        browser.switch_to(tab).await;
        browser.shows("cannot find value oops in this scope").await;
    }
    app.restore("src/main.rs");
    for (tab, text) in [(&first, "Hello from v1"), (&second, "Other from v1")] {
        browser.switch_to(tab).await;
        browser.shows(text).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_form_submitted_to_a_broken_build_is_not_resubmitted_by_us() {
    let form = "<form method=post action=/done.html><button>Send</button></form>";
    let site = site()
        .with("public/index.html", form)
        .with("public/done.html", "<h1>{method} to {version}</h1>");
    let app = site.dev().arg("--no-reload").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/index.html")).await;
    app.edit("src/main.rs", "fn main() { oops }");
    browser.click("button").await;
    browser.shows("cannot find value oops in this scope").await;
    mark(&browser).await;
    app.restore("src/main.rs");
    browser.shows("app is running").await;
    browser
        .until("!document.body.innerText.includes('cannot find value')")
        .await;
    assert!(is_marked(&browser).await, "the page was reloaded");
    let requests = app.get("/__gin/requests").await.is(200).json();
    let requests = requests["requests"].as_array().expect("they are a list");
    let sent = requests
        .iter()
        .filter(|request| request["method"] == "POST");
    let statuses: Vec<_> = sent.map(|request| request["status"].clone()).collect();
    assert_eq!(statuses, [500], "the app received the form");
    browser.click("[data-again]").await;
    browser.shows("POST to v1").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn open_pages_find_a_restarted_dev_server() {
    const POLLS: &str = "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/__gin/phase')).length";
    let relay = Relay::start().await;
    let app = site().with("src/main.rs", "fn main() { oops }").dev().await;
    app.phase("failed").await;
    relay.forwards_to(&app);
    let browser = Browser::start().await;
    browser.visit(&relay.url("/index.html")).await;
    browser.shows("cannot find value oops in this scope").await;
    mark(&browser).await;
    drop(app);
    browser.shows("The dev server does not respond.").await;
    let app = site()
        .with("src/main.rs", "fn main() { other }")
        .dev()
        .await;
    relay.forwards_to(&app);
    browser.shows("cannot find value other in this scope").await;
    assert!(is_marked(&browser).await, "the page was reloaded");
    let requests = browser.evaluate(POLLS).await;
    assert!(requests.as_u64() < Some(10), "{requests} requests");
    app.edit("src/main.rs", MAIN);
    browser.shows("Hello from v1").await;
}
