//! Pages that stay open while the code is broken: the errors are shown over them, and what the user typed is not lost.

use gin_tests::{Browser, Dev};

use crate::site::{MAIN, is_marked, mark, site, url};

const FORM: &str = "<!doctype html><link rel=stylesheet href=/site.css><h1>Hello from {version}</h1>\
    <form method=post action=/x><input id=name name=name><textarea id=text></textarea></form>";

/// The text of the overlay, if it is open.
const OVERLAY: &str = "document.querySelector('gin-badge')?.shadowRoot.querySelector('.over details[open] pre')?.innerText";

const HEADING: &str =
    "document.querySelector('gin-badge')?.shadowRoot.querySelector('.over summary')?.innerText";

const TYPED: &str = "document.querySelector('#name')?.value";

/// Starts the app, and a browser that shows a page with a form.
async fn form(args: &[&str]) -> (Dev, Browser) {
    let mut dev = site().with("public/index.html", FORM).dev();
    for arg in args {
        dev = dev.arg(arg);
    }
    let app = dev.await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.open_shadow_roots().await;
    browser.visit(&url(&app, "/index.html")).await;
    browser.shows("Hello from v1").await;
    (app, browser)
}

fn breaks(app: &Dev) {
    app.replace(
        "src/main.rs",
        "fn main() {",
        "fn main() { let x: u8 = \"\";",
    );
}

fn mends(app: &Dev) {
    app.replace("src/main.rs", "let x: u8 = \"\";", "");
}

async fn is_covered(browser: &Browser) {
    let condition = format!("({OVERLAY} ?? '').includes('mismatched types')");
    browser.until(&condition).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_form_that_is_half_filled_in_survives_a_broken_build() {
    let (app, browser) = form(&[]).await;
    browser.fill("#name", "Ann").await;
    mark(&browser).await;
    let before = browser
        .evaluate("JSON.stringify([document.body.getBoundingClientRect(), innerWidth])")
        .await;
    breaks(&app);
    is_covered(&browser).await;
    assert!(is_marked(&browser).await, "the page was reloaded");
    let after = "JSON.stringify([document.body.getBoundingClientRect(), innerWidth])";
    assert_eq!(browser.evaluate(after).await, before, "the page has moved");
    let focus = browser.evaluate("document.activeElement.id").await;
    assert_eq!(focus, "name");

    browser.press(&[Browser::ESCAPE]).await;
    browser.until(&format!("!{OVERLAY}")).await;
    browser.fill("#name", " Lee").await;
    assert_eq!(browser.evaluate(TYPED).await, "Ann Lee");

    mends(&app);
    browser.until("window.isMarked !== true").await;
    browser.until(&format!("{TYPED} === 'Ann Lee'")).await;
    assert!(
        browser
            .evaluate("document.querySelector('gin-badge')")
            .await
            .is_null()
    );
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_page_that_was_only_looked_at_gives_way_to_the_errors() {
    let (app, browser) = form(&[]).await;
    breaks(&app);
    browser.shows("mismatched types").await;
    mends(&app);
    browser.shows("Hello from v1").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_options_decide_for_all_pages() {
    let (app, browser) = form(&["--overlay"]).await;
    breaks(&app);
    is_covered(&browser).await;

    let (app, browser) = form(&["--no-overlay"]).await;
    browser.fill("#name", "Ann").await;
    breaks(&app);
    browser.shows("mismatched types").await;
    mends(&app);
    browser.until(&format!("{TYPED} === 'Ann'")).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_fragment_replaces_nothing_while_the_code_is_broken() {
    let (app, browser) = form(&["--overlay"]).await;
    breaks(&app);
    is_covered(&browser).await;
    let fetched = "fetch('/index.html', { headers: { 'HX-Request': 'true' } }).then(async (response) => \
        [response.status, response.headers.get('content-type'), response.headers.get('hx-reswap'), await response.text()])";
    let fetched = browser.evaluate(fetched).await;
    assert_eq!(fetched[0], 500);
    assert_eq!(fetched[1], "text/plain; charset=utf-8");
    assert_eq!(fetched[2], "none");
    let text = fetched[3].as_str().expect("it is text");
    assert!(text.starts_with("cargo gin dev: 1 error"), "{text}");
    assert!(
        text.contains("mismatched types") && text.lines().count() < 5,
        "{text}"
    );
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_overlay_follows_the_build() {
    let (app, browser) = form(&["--overlay"]).await;
    breaks(&app);
    is_covered(&browser).await;
    app.replace("src/main.rs", "let x: u8 = \"\";", "let x = nowhere;");
    let condition = format!("({OVERLAY} ?? '').includes('nowhere')");
    browser.until(&condition).await;
    let heading = browser.evaluate(HEADING).await;
    assert!(
        heading.as_str().is_some_and(|text| !text.is_empty()),
        "{heading}"
    );
    app.replace("src/main.rs", "let x = nowhere;", "");
    browser
        .until("document.querySelector('gin-badge') === null")
        .await;
    browser.shows("Hello from v1").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_overlay_works_under_the_policies_of_the_page() {
    for policy in [
        "default-src 'none'; script-src 'none'; connect-src 'none'; style-src 'none'",
        "require-trusted-types-for 'script'; trusted-types 'none'",
    ] {
        let head = format!("Content-Security-Policy: {policy}\n");
        let project = site()
            .with(
                "public/index.html",
                "<!doctype html><h1>Hello from {version}</h1>",
            )
            .with("public/index.html.head", &head);
        let app = project.dev().arg("--overlay").await;
        app.phase("ready").await;
        let browser = Browser::start().await;
        browser.open_shadow_roots().await;
        browser.visit(&url(&app, "/index.html")).await;
        breaks(&app);
        is_covered(&browser).await;
        let lines = browser.console().await;
        assert!(
            lines.iter().all(|line| line.contains("favicon")),
            "{lines:?}"
        );
    }
}

/// The button of the open panel.
const APPLY: &str =
    "document.querySelector('gin-badge')?.shadowRoot.querySelector('[open] button')";

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_overlay_applies_all_sure_fixes() {
    let (app, browser) = form(&["--overlay"]).await;
    let functions =
        ["one", "two"].map(|name| format!("fn {name}() -> u8 {{\n    let n = 1;\n    n\n}}\n"));
    let mended = format!("{MAIN}\n{}", functions.concat());
    app.edit("src/main.rs", &mended.replace("let n = 1;", "let n = 1"));
    browser
        .until(&format!("{APPLY}?.innerText === 'Apply sure fixes (2)'"))
        .await;
    mark(&browser).await;
    browser.evaluate(&format!("{APPLY}.click()")).await;
    browser.until("window.isMarked !== true").await;
    browser.shows("Hello from v1").await;
    assert_eq!(app.project().read("src/main.rs"), mended);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_badge_applies_all_sure_fixes_and_reports_why_it_does_not() {
    const SUMMARY: &str =
        "document.querySelector('gin-badge')?.shadowRoot.querySelector('summary')";
    const NOTE: &str =
        "document.querySelector('gin-badge')?.shadowRoot.querySelector('[open] div')?.innerText";
    let imported = format!("{MAIN}\nuse std::mem::swap;\n");
    for (actions, outcome) in [("local", None), ("nobody", Some("--actions"))] {
        let site = site()
            .with("public/index.html", FORM)
            .with("src/main.rs", &imported);
        let app = site.dev().arg("--actions").arg(actions).await;
        app.phase("ready").await;
        let browser = Browser::start().await;
        browser.open_shadow_roots().await;
        browser.visit(&url(&app, "/index.html")).await;
        browser
            .until(&format!("{SUMMARY}?.innerText === '1 warning'"))
            .await;
        browser.evaluate(&format!("{SUMMARY}.click()")).await;
        browser
            .until(&format!("{APPLY}?.innerText === 'Apply sure fixes (1)'"))
            .await;
        browser.evaluate(&format!("{APPLY}.click()")).await;
        let shows_outcome = match outcome {
            Some(words) => format!("({NOTE} ?? '').includes('{words}')"),
            None => "document.querySelector('gin-badge') === null".to_owned(),
        };
        browser.until(&shows_outcome).await;
        let is_mended = !app.project().read("src/main.rs").contains("mem::swap");
        assert_eq!(is_mended, outcome.is_none());
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_badge_leads_by_keys_to_the_page_with_the_warnings() {
    const LINK: &str = "document.querySelector('gin-badge')?.shadowRoot.querySelector('[open] a')";
    let main = format!("{MAIN}\nfn unused() {{}}\n");
    let app = site().with("src/main.rs", &main).dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.open_shadow_roots().await;
    browser.visit(&url(&app, "/index.html")).await;
    browser.until("document.querySelector('gin-badge')").await;
    browser.press(&[Browser::TAB, Browser::ENTER]).await;
    browser.until(LINK).await;
    let page = browser.tab().await;
    browser
        .press(&[Browser::TAB, Browser::TAB, Browser::ENTER])
        .await;
    browser.switch_from(&page).await;
    browser.until("location.pathname === '/__gin/phase'").await;
    browser.shows("function unused is never used").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_overlay_has_rustc_s_colors_and_its_places_open_the_editor() {
    const ROOT: &str = "document.querySelector('gin-badge').shadowRoot";
    const COLORS: &str = "new Set([...document.querySelector('gin-badge').shadowRoot.querySelectorAll('pre code')]\
        .map((piece) => getComputedStyle(piece).color)).size";
    let (app, browser) = form(&["--overlay", "--editor", "/no/such/editor"]).await;
    breaks(&app);
    is_covered(&browser).await;
    let colors = browser.evaluate(COLORS).await;
    assert!(
        colors.as_u64() > Some(2),
        "{colors} colors, such as those of the error, the lines and the text"
    );
    let place = format!("{ROOT}.querySelector('pre button')");
    let name = browser.evaluate(&format!("{place}.innerText")).await;
    assert!(
        name.as_str()
            .is_some_and(|name| name.contains("src/main.rs:")),
        "{name}"
    );
    browser.evaluate(&format!("{place}.click()")).await;
    browser
        .until(&format!(
            "{ROOT}.querySelector('[open] div').innerText.includes('/no/such/editor cannot be started')"
        ))
        .await;
    is_covered(&browser).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_marks_of_the_overlay_stay_below_their_code_on_a_phone() {
    const HEIGHT: &str =
        "document.querySelector('gin-badge').shadowRoot.querySelector('pre').offsetHeight";
    const SEEN: &str = "(() => {
        const frame = document.querySelector('gin-badge').shadowRoot.querySelector('section');
        const { left, right } = frame.querySelector(':scope > button').getBoundingClientRect();
        return left > 0 && right <= innerWidth && frame.scrollWidth <= frame.clientWidth;
    })()";
    let (app, browser) = form(&["--overlay"]).await;
    breaks(&app);
    is_covered(&browser).await;
    browser.set_width(1280).await;
    let height = browser.evaluate(HEIGHT).await;
    browser.set_width(320).await;
    assert_eq!(browser.evaluate(HEIGHT).await, height, "a line is wrapped");
    assert_eq!(
        browser.evaluate(SEEN).await,
        true,
        "the button is out of sight"
    );
}
