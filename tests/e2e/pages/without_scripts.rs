//! Pages without JavaScript: they are complete, and refresh themselves.

use gin_tests::{Browser, Gate};

use crate::site::{gated_site, url};

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn without_scripts_pages_are_complete_and_lead_to_the_app() {
    let gate = Gate::new().await;
    let app = gated_site().dev().env("GATE", gate.address()).await;
    let build = gate.arrival().await;
    let browser = Browser::start().await;
    browser.disable_scripts().await;
    browser.visit(&url(&app, "/index.html?name=Ann")).await;
    browser.finds("//h1[. = 'Building app']").await;
    build.pass().await;
    browser.finds("//h1[. = 'Hello from v1']").await;
    assert_eq!(browser.evaluate("location.search").await, "?name=Ann");

    app.edit("src/main.rs", "fn main() { oops }");
    gate.arrival().await.pass().await;
    app.phase("failed").await;
    browser.reload().await;
    browser
        .finds("//*[contains(., 'not found in this scope')]")
        .await;
    browser
        .finds("//*[contains(., 'app/src/main.rs:1:13')]")
        .await;
    browser.click(".explain summary").await;
    assert_eq!(
        browser
            .evaluate("document.querySelector('.explain').open")
            .await,
        true
    );
    let buttons =
        "[...document.querySelectorAll('button, input')].filter((it) => it.checkVisibility())";
    // Controls that need a script are hidden.
    assert_eq!(browser.evaluate(&format!("{buttons}.length")).await, 0);
}
