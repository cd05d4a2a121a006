//! A reload empties no field that the user has filled in.

use gin_tests::{Browser, Dev};

use crate::site::{is_marked, mark, site, url};

const FORM: &str = "<!doctype html><h1>Hello from {version}</h1><input id=name name=name>\
    <p id=note contenteditable></p><input id=secret type=password><input id=file type=file>";

/// The button of the badge that reloads the page.
const RELOAD: &str =
    "document.querySelector('gin-badge').shadowRoot.querySelector('section > button:first-child')";

/// Starts the app, whose page has these header fields, and a browser that shows it.
async fn form(head: &str) -> (Dev, Browser) {
    let site = site()
        .with("public/index.html", FORM)
        .with("public/index.html.head", head);
    let app = site.dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.open_shadow_roots().await;
    browser.visit(&url(&app, "/index.html")).await;
    browser.shows("Hello from v1").await;
    (app, browser)
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn text_that_is_edited_in_the_page_is_kept_over_a_reload() {
    for head in [
        "",
        "Content-Security-Policy: require-trusted-types-for 'script'; trusted-types 'none'\n",
    ] {
        let (app, browser) = form(head).await;
        browser.fill("#note", "A note").await;
        app.say("v2");
        browser.shows("Hello from v2").await;
        browser
            .until("document.querySelector('#note').innerText === 'A note'")
            .await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_reload_that_would_empty_a_password_or_a_file_waits_for_the_user() {
    const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    for (field, text) in [("#secret", "open sesame"), ("#file", MANIFEST)] {
        let (app, browser) = form("").await;
        browser.fill("#name", "Ann").await;
        browser.fill(field, text).await;
        mark(&browser).await;
        app.say("v2");
        let button = browser.until(&format!("{RELOAD}.innerText")).await;
        assert_eq!(
            button,
            "Reload to see the change. It empties a field (password, file?)."
        );
        assert!(is_marked(&browser).await, "the page was reloaded");
        browser.evaluate(&format!("{RELOAD}.click()")).await;
        browser.shows("Hello from v2").await;
        browser
            .until("document.querySelector('#name').value === 'Ann'")
            .await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_password_is_not_stored_even_if_it_is_shown() {
    const STORED: &str = "JSON.stringify(sessionStorage)";
    let (app, browser) = form("").await;
    browser.fill("#secret", "open sesame").await;
    browser
        .evaluate("document.querySelector('#secret').type = 'text'")
        .await;
    app.say("v2");
    browser.until(&format!("{RELOAD}.innerText")).await;
    browser
        .evaluate(&format!(
            "addEventListener('pagehide', () => (localStorage.stored = {STORED})), {RELOAD}.click()"
        ))
        .await;
    browser.shows("Hello from v2").await;
    let stored = browser.evaluate("localStorage.stored").await;
    let stored = stored.as_str().expect("the page was left");
    assert!(stored.contains("scroll:"), "{stored}");
    assert!(!stored.contains("sesame"), "{stored}");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_password_that_is_emptied_again_does_not_hold_up_a_reload() {
    let (app, browser) = form("").await;
    browser.fill("#secret", "open sesame").await;
    browser
        .evaluate("document.querySelector('#secret').value = ''")
        .await;
    app.say("v2");
    browser.shows("Hello from v2").await;
}
