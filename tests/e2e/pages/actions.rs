//! What a page does for the person: it makes rustc's edits, and takes them back.

use gin_tests::{Browser, Dev, Gate};

use crate::site::{MAIN, gated_site, shown, site, url};

/// Two errors, for each of which rustc is sure of an edit.
const BROKEN: &str = "
fn one(words: &str) -> usize {
    let length = \"é🦀\".len() + words.len() // 🦀
    length
}

fn two(words: &str) -> usize {
    let length = words.len() // \tafter a tab
    length
}
";

/// What the first of them lacks a semicolon after.
const ONE: &str = "\"é🦀\".len() + words.len()";

/// The same of the second.
const TWO: &str = "let length = words.len()";

/// The app with the errors, some of them mended.
fn main_with(mended: &[&str]) -> String {
    let mut main = format!("{MAIN}{BROKEN}");
    for line in mended {
        main = main.replacen(line, &format!("{line};"), 1);
    }
    main
}

/// The app once it is broken, and a tab that shows so.
async fn broken() -> (Dev, Browser) {
    let (app, browser) = shown(site(), "/index.html").await;
    app.edit("src/main.rs", &main_with(&[]));
    browser.shows("2 errors").await;
    (app, browser)
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_click_makes_rustc_s_edit_and_the_next_one_brings_the_app_back() {
    let (app, browser) = broken().await;
    browser.click("article button.fix").await;
    browser.shows("1 error").await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[ONE]));
    browser.click("article button.fix").await;
    browser.shows("Hello from v1").await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[ONE, TWO]));
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn edits_are_made_and_taken_back_by_keys() {
    let (app, browser) = broken().await;
    browser.press(&['j', 'j', 'a']).await;
    browser.shows("1 error").await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[TWO]));
    browser.press(&['u']).await;
    browser.shows("2 errors").await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[]));
    browser
        .until("document.body.dataset.phase === 'failed'")
        .await;
    browser.press(&['u']).await;
    browser.shows("There is nothing to undo.").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn all_that_rustc_is_sure_of_is_one_edit() {
    let (app, browser) = broken().await;
    browser.click("button[data-fix=all]").await;
    browser.shows("Hello from v1").await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[ONE, TWO]));
    browser.visit(&url(&app, "/__gin/phase")).await;
    browser.press(&['u']).await;
    browser.shows("2 errors").await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[]));
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn an_edit_of_a_file_that_has_changed_is_refused_in_words() {
    let gate = Gate::new().await;
    let site = gated_site().with("src/main.rs", &main_with(&[]));
    let app = site.dev().env("GATE", gate.address()).await;
    gate.arrival().await.pass().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/index.html")).await;
    let saved = main_with(&[TWO]);
    app.edit("src/main.rs", &saved);
    let build = gate.arrival().await;
    // The last errors are still there to be read while cargo is at work.
    browser.shows("2 errors").await;
    browser.press(&['a']).await;
    browser
        .shows("Another build has begun since build 1.")
        .await;
    assert_eq!(app.project().read("src/main.rs"), saved);
    build.pass().await;
    browser.shows("1 error").await;
}
