//! The list beside the diagnostics, in which equal titles can be distinguished.

use gin_tests::{Browser, Dev, Sandbox};

use crate::site::url;

/// Starts an app with this broken body of `main`, and a browser that shows its errors.
async fn broken(body: &str) -> (Dev, Browser) {
    let main = format!("fn main() {{\n{body}}}\n");
    let app = Sandbox::with_main(&main).dev().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    (app, browser)
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn equal_titles_are_distinguished_by_their_labels() {
    let (_app, browser) = broken("    let _: u8 = \"\";\n    let _: String = 1;\n").await;
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
async fn errors_and_warnings_have_headings_if_there_are_both() {
    const KINDS: &str = "[...document.querySelectorAll('nav > div')].map((kind) =>
        (kind.querySelector('h2')?.innerText ?? '-') + ': ' + [...kind.querySelectorAll('li')].map((it) => it.className)
    ).join('; ')";
    let (app, browser) = broken("    use std::fs;\n    let _: u8 = \"\";\n").await;
    browser
        .until(&format!("{KINDS} === 'Errors: error; Warnings: warning'"))
        .await;
    app.replace("src/main.rs", "use std::fs;", "let _: u8 = \"\";");
    browser
        .until(&format!("{KINDS} === '-: error,error'"))
        .await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn each_shown_diagnostic_has_its_number_of_the_total() {
    let (_app, browser) = broken(&"    let _: u8 = \"\";\n".repeat(300)).await;
    browser.shows("1 of 300").await;
    browser.shows("and 100 more, not shown").await;
    // A label that all of them share would not distinguish them.
    let entry = "document.querySelector('nav li').innerText.includes('expected')";
    assert_eq!(browser.evaluate(entry).await, false);
}

/// Regression: almost half of the JSON of many errors was the same explanation.
#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_hundred_errors_of_one_code_are_explained_once() {
    const SENTENCE: &str = "Expected type did not match the received type";
    let (app, browser) = broken(&"    let _: u8 = \"\";\n".repeat(100)).await;
    browser.shows("100 errors").await;
    let folds = "document.querySelectorAll('.explain').length";
    assert_eq!(browser.evaluate(folds).await, 1);
    // The others lead to it.
    browser
        .click(".dg:last-of-type [href='#explain-E0308']")
        .await;
    browser
        .until("document.querySelector('#explain-E0308').open")
        .await;
    for path in ["/__gin/status", "/"] {
        let answer = app.get(path).accept("application/json").await;
        let times = answer.text().matches(SENTENCE).count();
        assert_eq!(times, 1, "{path}");
    }
}
