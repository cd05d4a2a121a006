//! What there is to see while the app is not there, until it is.

use gin_tests::{Browser, Dev, Gate, Sandbox, free_port};

use crate::site::{gated_site, is_quiet, url};

/// An app that answers.
const GOOD: &str = "fn main() { http::serve(\"v1\") }";

/// A browser that asks for a page of the app's, whatever there is.
async fn asking(app: &Dev) -> Browser {
    let browser = Browser::start().await;
    browser.visit(&url(app, "/index.html?name=Ann")).await;
    browser
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_building_page_tells_how_far_cargo_is_and_gives_way_to_the_app() {
    const MOVING: &str = "document.getAnimations().length";
    let gate = Gate::new().await;
    let app = gated_site().dev().env("GATE", gate.address()).await;
    let build = gate.arrival().await;
    let browser = asking(&app).await;
    browser.shows("Building app").await;
    browser
        .until("document.querySelector('progress').max > 1")
        .await;
    browser
        .until("document.title.startsWith('◌ Building app')")
        .await;
    assert_eq!(
        browser.evaluate(MOVING).await,
        0,
        "the person wants no motion"
    );
    browser
        .set_media_feature("prefers-reduced-motion", "no-preference")
        .await;
    browser.until(MOVING).await;
    is_quiet(&browser).await;
    build.pass().await;
    browser.shows("Hello from v1").await;
    assert_eq!(browser.evaluate("location.search").await, "?name=Ann");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_starting_page_tells_what_the_app_writes_and_gives_way_to_it() {
    let gate = Gate::new().await;
    let main = "fn main() {
        http::wait_at_gate();
        println!(\"thinking\");
        http::wait_at_gate();
        http::serve(\"v1\")
    }";
    let project = Sandbox::with_main(main);
    let app = project.dev().env("GATE", gate.address()).await;
    let silence = gate.arrival().await;
    let browser = asking(&app).await;
    browser.shows("Starting app").await;
    silence.pass().await;
    let start = gate.arrival().await;
    browser.shows("thinking").await;
    is_quiet(&browser).await;
    start.pass().await;
    browser.until("document.body.innerText === 'v1'").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn an_app_that_listens_elsewhere_is_told_so_in_the_open_page() {
    let port = free_port();
    let main = format!("fn main() {{ http::serve_at({port}, \"v1\") }}");
    let app = Sandbox::with_main(&main).dev().await;
    let browser = asking(&app).await;
    browser
        .shows(&format!("listens on {port}, not on PORT="))
        .await;
    browser
        .shows(&format!("cargo gin dev --app-port {port}"))
        .await;
    is_quiet(&browser).await;
    app.edit("src/main.rs", GOOD);
    browser.until("document.body.innerText === 'v1'").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_crash_page_shows_the_panic_at_its_place_and_gives_way_to_the_mended_app() {
    let main = "fn main() {
    println!(\"key=hunter2\");
    look_up(2);
}

#[inline(never)]
fn look_up(limit: u8) {
    panic!(\"no limit {limit}\");
}
";
    let app = Sandbox::with_main(main)
        .dev()
        .env("RUST_BACKTRACE", "1")
        .await;
    let browser = asking(&app).await;
    browser.shows("app panicked").await;
    browser.shows("no limit 2").await;
    browser.shows("app/src/main.rs:8:5").await;
    // The app runs in its package's folder, and its files are named from the workspace's.
    browser.shows("app::main app/src/main.rs:3:5").await;
    browser.finds("//li/pre[. = 'look_up(2);']").await;
    // What is shown of the panic is not said twice.
    let open = "document.querySelector('section > .tail').innerText.trim() === 'key=••••••'";
    browser.until(open).await;
    browser
        .finds("//details[not(@open)]/pre[contains(., \"panicked at app/src/main.rs:8:5\")]")
        .await;
    browser
        .until("document.title.startsWith('✗ app panicked')")
        .await;
    is_quiet(&browser).await;
    app.edit("src/main.rs", GOOD);
    browser.until("document.body.innerText === 'v1'").await;
}
