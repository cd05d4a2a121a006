//! Accessibility: axe-core finds no violations on our pages, in both themes and on the narrowest screens.

use gin_tests::{Browser, Dev, Gate, Sandbox, free_port};

use crate::reports::{failing, with_template};
use crate::site::{MAIN, compared, shown, site, url, url_at};

/// An app with all kinds of diagnostics: labels, macros, suggestions of each kind, two files, warnings.
const BROKEN: &str = "
mod store;
use std::collections::HashMap;

struct User { name: String }

macro_rules! twice { ($e:expr) => { $e + $e } }

fn greet(user: User) -> String {
    let count: u8 = \"three\";
    let total = twice!(\"a\");
    format!(\"Hello {}\", user.nam)
}

fn main() {
    let user = User { name: \"Ann\" };
    greet(&user);
    store::save(user, 1);
}
";

/// The other file of that app.
const STORE: &str = "pub fn save(_: crate::User) -> usize { vec![1].lenn() }";

/// An app that builds with warnings.
const GOOD: &str = "fn idle() {}\nfn main() { let mut x = 1; http::serve(\"v1\") }";

/// Fails if axe-core finds a violation on the page with all folds open, or if the page is too wide.
async fn is_accessible(browser: &Browser, what: &str) {
    const WIDER: &str = "document.documentElement.scrollWidth > innerWidth";
    const LABELS_CUT: &str = "[...document.querySelectorAll('.l')].some((it) => it.getBoundingClientRect().right > innerWidth)";
    let mut wrong = Vec::new();
    for (scheme, width) in [
        ("light", 1280),
        ("dark", 1280),
        ("light", 320),
        ("dark", 320),
    ] {
        browser
            .set_media_feature("prefers-color-scheme", scheme)
            .await;
        browser.set_width(width).await;
        browser
            .evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
            .await;
        let found = browser.violations().await.into_iter();
        wrong.extend(found.map(|rule| format!("{scheme}, {width} px: {rule}")));
        if browser.evaluate(WIDER).await == true {
            wrong.push(format!("{width} px: it scrolls horizontally"));
        }
        if width == 320 && browser.evaluate(LABELS_CUT).await == true {
            wrong.push(format!("{width} px: labels are cut off"));
        }
    }
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

/// Waits for `text`, then checks the page.
async fn is_accessible_when_it_shows(browser: &Browser, text: &str) {
    browser.shows(text).await;
    is_accessible(browser, text).await;
}

async fn visits(browser: &Browser, app: &Dev, page: &str) {
    browser.visit(&url(app, page)).await;
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn diagnostics_are_accessible() {
    let project = Sandbox::with_main(BROKEN).with("src/store.rs", STORE);
    let app = project.dev().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    visits(&browser, &app, "/").await;
    is_accessible_when_it_shows(&browser, "no method named lenn").await;
    app.edit("src/main.rs", GOOD);
    for (file, text, shown) in [
        ("Cargo.toml", "[package\n", "unclosed table"),
        (".env", "two words", "two words"),
        (
            "build.rs",
            "fn main() { panic!(\"no protocol\") }",
            "no protocol",
        ),
        (
            "src/main.rs",
            "unsafe extern \"C\" { fn nowhere(); }\nfn main() { unsafe { nowhere() } }",
            "nowhere",
        ),
    ] {
        let good = std::fs::read_to_string(app.project().path(file)).ok();
        app.edit(file, text);
        visits(&browser, &app, "/__gin/phase").await;
        browser
            .until("document.body.dataset.phase === 'failed'")
            .await;
        is_accessible_when_it_shows(&browser, shown).await;
        match good {
            Some(good) => app.edit(file, &good),
            None => app.project().remove(file),
        }
    }
    browser
        .until("document.body.dataset.phase === 'ready'")
        .await;
    is_accessible_when_it_shows(&browser, "does not need to be mutable").await;
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn every_phase_and_the_dashboard_are_accessible() {
    let gate = Gate::new().await;
    let main = "fn main() { println!(\"thinking\"); http::wait_at_gate(); http::serve(\"v1\") }";
    let project = Sandbox::with_gated_build().with("src/main.rs", main);
    let app = project.dev().env("GATE", gate.address()).await;
    let build = gate.arrival().await;
    let browser = Browser::start().await;
    visits(&browser, &app, "/__gin/phase").await;
    is_accessible_when_it_shows(&browser, "Building app").await;
    build.pass().await;
    let start = gate.arrival().await;
    is_accessible_when_it_shows(&browser, "thinking").await;
    start.pass().await;
    browser
        .until("document.body.dataset.phase === 'ready'")
        .await;
    is_accessible(&browser, "ready").await;
    browser.press(&['?']).await;
    is_accessible(&browser, "keys").await;

    app.get("/a?b=c").await.is(200).says("v1");
    for page in ["/__gin/nothing", "/__gin/fix", "/__gin/"] {
        visits(&browser, &app, page).await;
        is_accessible(&browser, page).await;
    }
    browser.press(&['j', Browser::ENTER]).await;
    is_accessible_when_it_shows(&browser, "Send again").await;
    browser.visit(&url_at("other.test", &app, "/")).await;
    is_accessible_when_it_shows(&browser, "403").await;

    visits(&browser, &app, "/__gin/phase").await;
    let elsewhere = format!("fn main() {{ http::serve_at({}, \"v1\") }}", free_port());
    let crash = "fn main() { println!(\"\\x1b[32mgo\\x1b[0m\"); panic!(\"no limit\") }";
    let error = "fn main() -> Result<(), String> { Err(\"no license\".into()) }";
    for (main, shown) in [
        (&*elsewhere, "--app-port"),
        (crash, "no limit"),
        (error, "no license"),
    ] {
        app.edit("src/main.rs", main);
        gate.arrival().await.pass().await;
        is_accessible_when_it_shows(&browser, shown).await;
    }
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn the_comparison_of_two_builds_is_accessible() {
    let (_app, browser) = compared().await;
    is_accessible(&browser, "the comparison").await;
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn reports_of_an_app_are_accessible() {
    let app = failing().dev().env("RUST_BACKTRACE", "1").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    for (page, shown) in [
        ("/api/posts/7", "GET /api/posts/7 panicked"),
        ("/api/posts", "GET /api/posts failed"),
        ("/find/search?page=x", "GET /find/search was rejected"),
        ("/api/posts/seven", "id: usize refused seven"),
        ("/api/Post/7", "Matched part"),
        ("/api/posts/7/", "in the trailing slash"),
        ("/api/only-post", "No route matches GET /api/only-post"),
        ("/__gin/", "hello::show"),
    ] {
        visits(&browser, &app, page).await;
        is_accessible_when_it_shows(&browser, shown).await;
    }
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn the_record_of_an_app_with_its_waterfall_is_accessible() {
    let app = failing().dev().arg("--record-bodies").await;
    app.phase("ready").await;
    app.get("/api/posts/1").await.is(200).text();
    let browser = Browser::start().await;
    visits(&browser, &app, "/__gin/requests/0").await;
    browser.until("document.querySelector('.times svg')").await;
    is_accessible(&browser, "the record").await;
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn the_page_of_a_broken_template_is_accessible() {
    let (_app, browser) = shown(with_template("<p>{{ nmae }}</p>\n"), "/").await;
    is_accessible_when_it_shows(&browser, "templates/home.html:1").await;
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn the_page_of_a_lost_request_is_accessible() {
    let (_app, browser) = shown(Sandbox::new("axum"), "/user?id=7").await;
    is_accessible_when_it_shows(&browser, "axum-app panicked").await;
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn open_dialogs_are_accessible() {
    let app = site().dev().arg("--record-bodies").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    app.get("/index.html").post("x=1").await.is(200).text();
    visits(&browser, &app, "/__gin/requests/0").await;
    browser.press(&['s']).await;
    browser.until("document.querySelector('#sure').open").await;
    is_accessible(&browser, "the confirmation of a request").await;

    let main = "use no_such_crate_1234::X;\nfn main() {}\n";
    app.edit("src/main.rs", main);
    visits(&browser, &app, "/__gin/phase").await;
    browser.shows("Add the crate no_such_crate_1234").await;
    browser.click("#remedies button").await;
    browser.until("document.querySelector('#run').open").await;
    is_accessible(&browser, "the confirmation of a remedy").await;
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn the_warning_badge_in_the_app_s_pages_is_accessible() {
    const ROOT: &str = "document.querySelector('gin-badge')?.shadowRoot";
    let page =
        "<!doctype html><html lang=en><title>Hello</title><main><h1>Hello</h1></main></html>";
    let main = format!("{MAIN}\nfn unused<T>() {{}}\n");
    let project = site()
        .with("src/main.rs", &main)
        .with("public/index.html", page);
    let (app, browser) = shown(project, "/index.html").await;
    browser.open_shadow_roots().await;
    visits(&browser, &app, "/index.html").await;
    browser.until(ROOT).await;
    browser
        .evaluate(&format!("{ROOT}.querySelector('summary').click()"))
        .await;
    browser
        .until(&format!(
            "{ROOT}.querySelector('pre').innerText.includes('never used')"
        ))
        .await;
    is_accessible(&browser, "the warnings").await;
}

#[tokio::test]
#[cfg_attr(
    not(all(has_browser, has_axe)),
    ignore = "needs chromium, chromedriver and axe-core"
)]
async fn the_overlay_is_accessible() {
    const ROOT: &str = "document.querySelector('gin-badge')?.shadowRoot";
    let page =
        "<!doctype html><html lang=en><title>Hello</title><main><h1>Hello</h1></main></html>";
    let project = site().with("public/index.html", page);
    let app = project.dev().arg("--overlay").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.open_shadow_roots().await;
    visits(&browser, &app, "/index.html").await;
    app.replace(
        "src/main.rs",
        "fn main() {",
        "fn main() { let x: u8 = \"\";",
    );
    browser
        .until(&format!(
            "{ROOT}.querySelector('.over pre').innerText.includes('mismatched types')"
        ))
        .await;
    is_accessible(&browser, "the overlay").await;
}
