//! Our pages need no mouse.

use gin_tests::{Browser, Dev};
use serde_json::Value;

use crate::reports::failing;
use crate::site::{MAIN, compared, shown, site, url};

/// Starts an app with two errors and a warning, and waits until a tab shows them.
async fn broken() -> (Dev, Browser) {
    let (app, browser) = shown(site(), "/index.html").await;
    let main =
        format!("{MAIN}\nuse std::fmt;\nfn one() -> u8 {{ oops }}\nfn two() -> u8 {{ \"\" }}\n");
    app.edit("src/main.rs", &main);
    browser.shows("2 errors, 1 warning").await;
    (app, browser)
}

/// Returns the heading of the focused article.
async fn focused(browser: &Browser) -> Value {
    let heading = "document.activeElement.querySelector?.('article > h2')?.innerText ?? null";
    browser.evaluate(heading).await
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn keys_move_through_the_diagnostics() {
    let (_app, browser) = broken().await;
    let (one, two) = ("cannot find value oops in this scope", "mismatched types");
    for (key, heading) in [('j', one), ('j', two), ('k', one), ('k', one)] {
        browser.press(&[key]).await;
        assert_eq!(focused(&browser).await, heading, "after {key}");
        browser
            .until("document.activeElement.getBoundingClientRect().top >= 0")
            .await;
    }
    browser.press(&['e']).await;
    browser
        .until("document.activeElement.querySelector('.explain').open")
        .await;
    browser.press(&['w']).await;
    browser
        .until("document.querySelector('#warnings').open")
        .await;
    browser.press(&['j', 'j']).await;
    assert_eq!(focused(&browser).await, "unused import: std::fmt");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_filter_hides_other_diagnostics_until_escape() {
    const SEEN: &str =
        "[...document.querySelectorAll('article')].filter((it) => !it.hidden).length";
    const FIELD: &str =
        "document.querySelector('#find').checkVisibility({ opacityProperty: true })";
    let (app, browser) = broken().await;
    // Three diagnostics need no filter.
    browser.until(&format!("!{FIELD}")).await;
    let more = "use std::mem;\nuse std::hint;\nuse std::time;\n";
    let main = std::fs::read_to_string(app.project().path("src/main.rs")).unwrap();
    app.edit("src/main.rs", &format!("{main}{more}"));
    browser.shows("2 errors, 4 warnings").await;
    browser.until(FIELD).await;
    browser.press(&['/']).await;
    let typed: Vec<char> = "mismatched".chars().collect();
    browser.press(&typed).await;
    browser.until(&format!("{SEEN} === 1")).await;
    browser.press(&[Browser::ESCAPE]).await;
    browser.until(&format!("{SEEN} === 6")).await;
    browser.press(&['?']).await;
    browser.until("document.querySelector('#help').open").await;
    browser.press(&[Browser::ESCAPE]).await;
    browser.until("!document.querySelector('#help').open").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_focused_diagnostic_is_copied_or_else_all() {
    let (_app, browser) = broken().await;
    browser.press(&['c']).await;
    browser.shows("Copied").await;
    let all = browser.clipboard().await;
    assert!(
        all.contains("cannot find value `oops`") && all.contains("mismatched types"),
        "{all}"
    );
    browser.press(&['j', 'c']).await;
    browser.shows("Copied this one").await;
    let one = browser.clipboard().await;
    assert!(
        one.starts_with("## error[E0425]: cannot find value `oops`"),
        "{one}"
    );
    assert!(!one.contains("mismatched types"), "{one}");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn tab_reaches_every_control_in_reading_order_with_a_visible_outline() {
    let (app, browser) = broken().await;
    for page in ["/__gin/phase", "/__gin/"] {
        browser.visit(&url(&app, page)).await;
        tab_reaches_every_control(&browser, page).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn tab_reaches_every_control_of_records_and_of_their_comparison() {
    let (app, browser) = compared().await;
    for page in ["/__gin/comparison", "/__gin/requests/1"] {
        browser.visit(&url(&app, page)).await;
        tab_reaches_every_control(&browser, page).await;
    }
}

/// Fails unless the Tab key moves through all controls of the page in their order, each with an outline.
async fn tab_reaches_every_control(browser: &Browser, page: &str) {
    const REACHABLE: &str = "[...document.querySelectorAll('a[href], button, input, summary, [tabindex=\"0\"]')]
        .filter((it) => it.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))";
    // An element's outline may be on the pseudo-element that covers it.
    const OUTLINED: &str = "[null, '::after']
        .some((part) => getComputedStyle(document.activeElement, part).outlineStyle !== 'none')";
    let count = browser.evaluate(&format!("{REACHABLE}.length")).await;
    let count = count.as_u64().expect("a length is a number");
    assert!(count > 5, "{page} has {count}");
    for at in 0..count {
        browser.press(&[Browser::TAB]).await;
        let index = format!("{REACHABLE}.indexOf(document.activeElement)");
        assert_eq!(browser.evaluate(&index).await, at, "on {page}");
        let is_outlined = browser.evaluate(OUTLINED).await;
        assert_eq!(is_outlined, true, "no outline at {at} on {page}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn an_incident_is_read_with_keys_alone() {
    let app = failing().dev().arg("--editor=true").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/api/posts/7")).await;
    browser.shows("GET /api/posts/7 panicked").await;
    browser.press(&['c']).await;
    browser.shows("Copied").await;
    let copied = browser.clipboard().await;
    assert!(copied.contains("index out of bounds"), "{copied}");
    browser.press(&['?']).await;
    browser.until("document.querySelector('#help').open").await;
    browser.press(&[Browser::ESCAPE]).await;
    browser.until("!document.querySelector('#help').open").await;
    browser.press(&[Browser::ENTER]).await;
    browser.shows("Opened src/main.rs in the editor").await;
    browser.reload().await;
    tab_reaches_every_control(&browser, "an incident").await;
}
