//! The list beside the diagnostics tells what there is, and which is which.

use gin_tests::{Browser, Dev, Sandbox};

use crate::site::url;

/// A browser that shows what is wrong with this.
async fn told(body: &str) -> (Dev, Browser) {
    let main = format!("fn main() {{\n{body}}}\n");
    let app = Sandbox::with_main(&main).dev().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    (app, browser)
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn equal_titles_are_told_apart_by_what_stands_beside_their_places() {
    let (_app, browser) = told("    let _: u8 = \"\";\n    let _: String = 1;\n").await;
    for entry in [
        "mismatched types: expected u8, found &str",
        "mismatched types: expected String, found integer",
    ] {
        let list = "document.querySelector('nav').innerText";
        browser.until(&format!("{list}.includes('{entry}')")).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn of_more_than_are_shown_each_still_says_of_how_many_it_is() {
    let (_app, browser) = told(&"    let _: u8 = \"\";\n".repeat(300)).await;
    browser.shows("1 of 300").await;
    browser.shows("and 100 more, not shown").await;
    // What stands beside all of them tells none apart.
    let entry = "document.querySelector('nav li').innerText.includes('expected')";
    assert_eq!(browser.evaluate(entry).await, false);
}
