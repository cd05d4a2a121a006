//! Live reload does not interrupt what a user has just done: a link, a form, a request of a script.

use gin_tests::{Browser, Dev, Gate, within};
use serde_json::Value;

use crate::site::{MAIN, gated_site, url};

/// A page with a link, a form, and a script that sends a request.
const PAGE: &str = "<!doctype html><h1>Hello from {version}</h1>
<a href=/other.html>Other</a>
<form method=post action=/done.html><button>Send</button></form>
<script>
    const send = async () => {
        const response = await fetch('/done.html', { method: 'POST' });
        sessionStorage.answer = await response.text();
    };
</script>";

/// Starts the app, and a browser that shows its page.
async fn shown() -> (Dev, Gate, Browser) {
    let gate = Gate::new().await;
    let site = gated_site()
        .with("public/index.html", PAGE)
        .with("public/other.html", "<h1>Other from {version}</h1>")
        .with("public/done.html", "<h1>{method} to {version}</h1>");
    let app = site.dev().env("GATE", gate.address()).await;
    gate.arrival().await.pass().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/index.html")).await;
    (app, gate, browser)
}

/// Returns the newest recorded request.
async fn newest(app: &Dev) -> Value {
    let requests = app.get("/__gin/requests").await.is(200).json();
    requests["requests"][0].clone()
}

/// Saves a version, does something in the page while it is built, and lets the build end.
async fn acts_during_a_build(app: &Dev, gate: &Gate, browser: &Browser, version: &str, act: &str) {
    app.edit("src/main.rs", &MAIN.replace("v1", version));
    let build = gate.arrival().await;
    let before = newest(app).await;
    let act = format!("void setTimeout(() => {act})");
    // The browser's driver does not respond while a page navigates.
    tokio::join!(browser.evaluate(&act), async {
        within("the request of the page", async {
            while newest(app).await["id"] == before["id"] {}
        })
        .await;
        build.pass().await;
    });
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_link_that_is_followed_during_a_build_leads_where_it_should() {
    let (app, gate, browser) = shown().await;
    for version in ["v2", "v3", "v4"] {
        let click = "document.querySelector('a').click()";
        acts_during_a_build(&app, &gate, &browser, version, click).await;
        browser.shows(&format!("Other from {version}")).await;
        browser.visit(&url(&app, "/index.html")).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_form_that_is_sent_during_a_build_gets_its_answer() {
    let (app, gate, browser) = shown().await;
    for version in ["v2", "v3", "v4"] {
        let send = "document.querySelector('button').click()";
        acts_during_a_build(&app, &gate, &browser, version, send).await;
        browser.shows(&format!("POST to {version}")).await;
        browser.visit(&url(&app, "/index.html")).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_script_s_request_during_a_build_gets_its_answer_before_the_page_reloads() {
    let (app, gate, browser) = shown().await;
    for version in ["v2", "v3", "v4"] {
        acts_during_a_build(&app, &gate, &browser, version, "send()").await;
        browser.shows(&format!("Hello from {version}")).await;
        let answer = browser.evaluate("sessionStorage.answer").await;
        assert_eq!(answer, format!("<h1>POST to {version}</h1>"));
    }
}
