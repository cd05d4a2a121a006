//! What pages offer to do, in every tab and after every reload: what can be undone, and nothing where nothing is permitted.

use gin_tests::Browser;

use crate::site::{MAIN, shown, site, url};

/// An error for which rustc is sure of an edit.
const BROKEN: &str = "
fn one(words: &str) -> usize {
    let length = words.len() // missing
    length
}
";

/// Is this in sight?
fn is_seen(selector: &str) -> String {
    format!("document.querySelector({selector:?})?.checkVisibility()")
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn what_was_applied_in_one_tab_can_be_undone_in_another_and_after_a_reload() {
    let (app, browser) = shown(site(), "/index.html").await;
    let broken = format!("{MAIN}{BROKEN}");
    app.edit("src/main.rs", &broken);
    browser.shows("1 error").await;
    let first = browser.tab().await;
    let second = browser.open_tab().await;
    browser.visit(&url(&app, "/__gin/phase")).await;
    browser.shows("1 error").await;
    browser.until(&format!("!({})", is_seen("#undo"))).await;
    browser.switch_to(&first).await;
    browser.click("article button.fix").await;
    browser.shows("Hello from v1").await;
    browser.switch_to(&second).await;
    browser.until(&is_seen("#undo")).await;
    browser.reload().await;
    browser.until(&is_seen("#undo")).await;
    browser.click("#undo").await;
    browser.shows("1 error").await;
    assert_eq!(app.project().read("src/main.rs"), broken);
    browser.until(&format!("!({})", is_seen("#undo"))).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn where_nothing_is_permitted_nothing_is_offered_and_the_page_says_why() {
    let site = site().with("src/main.rs", &format!("{MAIN}{BROKEN}"));
    let app = site.dev().arg("--actions=nobody").await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser
        .shows("This was turned off by --actions nobody.")
        .await;
    assert_eq!(browser.evaluate(&is_seen("button.fix")).await, false);
    browser.press(&['A']).await;
    browser.until(&is_seen("#notice")).await;
    browser.press(&[Browser::ESCAPE]).await;
    browser.until(&format!("!({})", is_seen("#notice"))).await;
}
