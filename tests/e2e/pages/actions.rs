//! Actions on pages: rustc's suggestions are applied and undone.

use gin_tests::{Browser, Dev, Gate};

use crate::site::{MAIN, gated_site, shown, site, url};

/// Two errors, each with a machine-applicable suggestion.
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

/// The end of the line in the first function that lacks a semicolon.
const ONE: &str = "\"é🦀\".len() + words.len()";

/// The end of that line in the second function.
const TWO: &str = "let length = words.len()";

/// Returns the app's source with the errors, except for those in `fixed`.
fn main_with(fixed: &[&str]) -> String {
    let mut main = format!("{MAIN}{BROKEN}");
    for line in fixed {
        main = main.replacen(line, &format!("{line};"), 1);
    }
    main
}

/// A condition of the page: an edit can be undone.
const OFFERED: &str = "!document.querySelector('#undo').hidden";

/// Starts the app, breaks it, and waits until a tab shows the errors.
async fn broken() -> (Dev, Browser) {
    let (app, browser) = shown(site(), "/index.html").await;
    app.edit("src/main.rs", &main_with(&[]));
    browser.shows("2 errors").await;
    (app, browser)
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn clicks_apply_suggestions_until_the_app_is_back() {
    let (app, browser) = broken().await;
    browser.click("article button.fix").await;
    // The last errors stay while the next build runs.
    browser
        .until("document.querySelector('.count')?.innerText === '1 error'")
        .await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[ONE]));
    browser.click("article button.fix").await;
    browser.shows("Hello from v1").await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[ONE, TWO]));
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn suggestions_are_applied_and_undone_by_keys() {
    let (app, browser) = broken().await;
    browser.press(&['j', 'j', 'a']).await;
    browser
        .until("document.querySelector('.count')?.innerText === '1 error'")
        .await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[TWO]));
    browser.until(OFFERED).await;
    browser.press(&['u']).await;
    browser
        .until(
            "Number(document.body.dataset.build) >= 4 && document.body.dataset.phase === 'failed'",
        )
        .await;
    browser.shows("2 errors").await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[]));
    browser.press(&['u']).await;
    browser.shows("There is nothing to undo.").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn all_sure_suggestions_are_applied_and_undone_as_one() {
    let (app, browser) = broken().await;
    browser.click("button[data-fix=all]").await;
    browser.shows("Hello from v1").await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[ONE, TWO]));
    browser.visit(&url(&app, "/__gin/phase")).await;
    browser.until(OFFERED).await;
    browser.press(&['u']).await;
    browser.shows("2 errors").await;
    assert_eq!(app.project().read("src/main.rs"), main_with(&[]));
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_suggestion_for_a_changed_file_is_refused_with_a_reason() {
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
    // The errors of the last build stay on the page while cargo runs.
    browser.shows("2 errors").await;
    browser.press(&['a']).await;
    browser
        .shows("Another build has started since build 1.")
        .await;
    assert_eq!(app.project().read("src/main.rs"), saved);
    build.pass().await;
    browser.shows("1 error").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn each_alternative_of_a_suggestion_has_its_own_diff_and_button() {
    const DIFFS: &str = "[...document.querySelectorAll('.n figure')].map((it) => it.querySelector('code').innerText)";
    let main = format!("{MAIN}\npub fn less() -> bool {{ 3.cmp(&4) == Ordering::Less }}\n");
    let (app, browser) = shown(site(), "/index.html").await;
    app.edit("src/main.rs", &main);
    browser.shows("1 of 2").await;
    let diffs = browser.evaluate(DIFFS).await.to_string();
    for path in ["std::cmp::Ordering", "std::sync::atomic::Ordering"] {
        assert_eq!(diffs.matches(path).count(), 1, "{diffs}");
    }
    assert_eq!(
        browser
            .evaluate("document.querySelectorAll('.n figure').length")
            .await,
        2
    );
    let sure = browser.evaluate("document.querySelector('[data-fix=all]')");
    assert!(sure.await.is_null(), "nobody chose one");
    browser.click("button[data-fix$='.0']").await;
    browser.shows("Hello from v1").await;
    let text = app.project().read("src/main.rs");
    assert!(text.contains("use std::cmp::Ordering;"), "{text}");
    assert!(!text.contains("atomic"), "{text}");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn undo_keeps_later_changes_and_is_not_offered_where_it_fails() {
    let (app, browser) = broken().await;
    browser.press(&['j', 'j', 'a']).await;
    browser.shows("1 error").await;
    let later = "// Saved later.\n";
    app.edit("src/main.rs", &(later.to_owned() + &main_with(&[TWO])));
    browser
        .until(
            "Number(document.body.dataset.build) >= 4 && document.body.dataset.phase === 'failed'",
        )
        .await;
    browser.click("#undo").await;
    browser.shows("2 errors").await;
    let undone = later.to_owned() + &main_with(&[]);
    assert_eq!(app.project().read("src/main.rs"), undone);

    browser.until("document.body.dataset.build === '5'").await;
    browser.press(&['j', 'a']).await;
    browser.until(OFFERED).await;
    browser.shows("1 error").await;
    let gone = format!("{MAIN}\nfn other() {{ oops }}\n");
    app.edit("src/main.rs", &gone);
    browser.until("document.body.dataset.build === '7'").await;
    browser.click("#undo").await;
    browser.shows("undo it by hand").await;
    browser.until(&format!("!({OFFERED})")).await;
    assert_eq!(app.project().read("src/main.rs"), gone);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn arguments_are_swapped_and_only_a_real_placeholder_has_no_button() {
    const BUTTONS: &str = "document.querySelectorAll('article button.fix').length";
    // rustc claims placeholders for both edits.
    let swapped = format!("{MAIN}\nfn add(_: u8, _: &str) {{}}\nfn call() {{ add(\"a\", 1) }}\n");
    let missing = swapped.replace("add(\"a\", 1)", "add(1)");
    let (app, browser) = shown(site(), "/index.html").await;
    app.edit("src/main.rs", &missing);
    browser.shows("has placeholders").await;
    assert_eq!(browser.evaluate(BUTTONS).await, 0);
    app.edit("src/main.rs", &swapped);
    browser.until(&format!("{BUTTONS} === 1")).await;
    browser.click("article button.fix").await;
    browser.shows("Hello from v1").await;
    let mended = swapped.replace("\"a\", 1", "1, \"a\"");
    assert_eq!(app.project().read("src/main.rs"), mended);
}
