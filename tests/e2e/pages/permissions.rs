//! Actions are offered in every tab and after every reload, but only if they are permitted.

use gin_tests::Browser;

use crate::site::{MAIN, shown, site, url};

/// An error with a machine-applicable suggestion.
const BROKEN: &str = "
fn one(words: &str) -> usize {
    let length = words.len() // missing
    length
}
";

/// Returns an expression that is true if an element is visible.
fn is_visible(selector: &str) -> String {
    format!("document.querySelector({selector:?})?.checkVisibility()")
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn an_edit_made_in_one_tab_can_be_undone_in_another_after_a_reload() {
    let (app, browser) = shown(site(), "/index.html").await;
    let broken = format!("{MAIN}{BROKEN}");
    app.edit("src/main.rs", &broken);
    browser.shows("1 error").await;
    let first = browser.tab().await;
    let second = browser.open_tab().await;
    browser.visit(&url(&app, "/__gin/phase")).await;
    browser.shows("1 error").await;
    browser.until(&format!("!({})", is_visible("#undo"))).await;
    browser.switch_to(&first).await;
    browser.click("article button.fix").await;
    browser.shows("Hello from v1").await;
    browser.switch_to(&second).await;
    browser.until(&is_visible("#undo")).await;
    browser.reload().await;
    browser.until(&is_visible("#undo")).await;
    browser.click("#undo").await;
    browser.shows("1 error").await;
    assert_eq!(app.project().read("src/main.rs"), broken);
    browser.until(&format!("!({})", is_visible("#undo"))).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn without_permission_no_action_is_offered_and_the_page_says_why() {
    let site = site().with("src/main.rs", &format!("{MAIN}{BROKEN}"));
    let app = site.dev().arg("--actions=nobody").await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser
        .shows("This was turned off by --actions nobody.")
        .await;
    assert_eq!(browser.evaluate(&is_visible("button.fix")).await, false);
    browser.press(&['A']).await;
    browser.until(&is_visible("#notice")).await;
    browser.press(&[Browser::ESCAPE]).await;
    browser
        .until(&format!("!({})", is_visible("#notice")))
        .await;
}
