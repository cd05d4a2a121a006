//! Pages without JavaScript: they are complete, and refresh themselves.

use gin_tests::{Browser, Gate};

use crate::reports::failing;
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
    has_no_control_that_needs_a_script(&browser).await;
}

async fn has_no_control_that_needs_a_script(browser: &Browser) {
    let buttons =
        "[...document.querySelectorAll('button, input')].filter((it) => it.checkVisibility())";
    assert_eq!(browser.evaluate(&format!("{buttons}.length")).await, 0);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn without_scripts_an_incident_is_complete_and_leads_to_its_record() {
    const PRINTED: &str = "[...document.querySelectorAll('details')].find((it) => it.innerText.includes('The panic as printed'))";
    let app = failing().dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.disable_scripts().await;
    browser.visit(&url(&app, "/api/posts/7")).await;
    for text in [
        "GET /api/posts/7 panicked",
        "index out of bounds: the len is 2 but the index is 7",
        "titles[id]",
        "hello::show",
    ] {
        browser.finds(&format!("//*[contains(., '{text}')]")).await;
    }
    has_no_control_that_needs_a_script(&browser).await;
    let is_open = format!("{PRINTED}.open");
    assert_eq!(browser.evaluate(&is_open).await, false);
    browser
        .evaluate(&format!("{PRINTED}.querySelector('summary').click()"))
        .await;
    assert_eq!(browser.evaluate(&is_open).await, true);
    browser.click("#record").await;
    browser.finds("//b[. = '500 Internal Server Error']").await;
}
