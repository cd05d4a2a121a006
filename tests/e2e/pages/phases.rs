//! The pages of each phase, until the app responds.

use gin_tests::{Browser, Dev, Gate, Sandbox, free_port};

use crate::site::{gated_site, is_marked, is_quiet, mark, url};

/// An app that responds.
const GOOD: &str = "fn main() { http::serve(\"v1\") }";

/// Starts a browser that requests a page of the app.
async fn visiting(app: &Dev) -> Browser {
    let browser = Browser::start().await;
    browser.visit(&url(app, "/index.html?name=Ann")).await;
    browser
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_building_page_shows_progress_and_is_replaced_by_the_app() {
    const MOVING: &str = "document.getAnimations().length";
    let gate = Gate::new().await;
    let app = gated_site().dev().env("GATE", gate.address()).await;
    let build = gate.arrival().await;
    let browser = visiting(&app).await;
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
        "the user prefers no motion"
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
async fn the_starting_page_shows_the_app_s_output_and_is_replaced_by_the_app() {
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
    let browser = visiting(&app).await;
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
async fn the_open_page_reports_an_app_that_listens_on_another_port() {
    let port = free_port();
    let main = format!("fn main() {{ http::serve_at({port}, \"v1\") }}");
    let app = Sandbox::with_main(&main).dev().await;
    let browser = visiting(&app).await;
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
async fn the_crash_page_shows_the_panic_at_its_place_and_is_replaced_by_the_fixed_app() {
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
    let browser = visiting(&app).await;
    browser.shows("app panicked").await;
    browser.shows("no limit 2").await;
    browser.shows("app/src/main.rs:8:5").await;
    // The app runs in its package's directory, but paths are relative to the workspace's.
    browser.shows("app::main app/src/main.rs:3:5").await;
    browser.finds("//li/pre[. = 'look_up(2);']").await;
    // The message of the panic is not repeated in the output.
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

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_page_of_a_panic_in_a_handler_stays_until_the_app_is_mended() {
    let app = Sandbox::new("axum").dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/user?id=7")).await;
    browser.shows("axum-app panicked").await;
    browser.shows("axum/src/main.rs:").await;
    mark(&browser).await;
    // The page has received the phase, which is still `ready`.
    browser
        .until("document.title.startsWith('✗ axum-app')")
        .await;
    browser.shows("build 1").await;
    assert!(is_marked(&browser).await, "it does not reload in a circle");
    is_quiet(&browser).await;
    app.replace("src/main.rs", "panic!(\"there", "unreachable!(\"there");
    browser.shows("internal error").await;
    app.replace(
        "src/main.rs",
        "unreachable!(\"there is no user {id}\")",
        "assert_eq!(id, 7); \"Ann\"",
    );
    browser.until("document.body.innerText === 'Ann'").await;
    assert_eq!(browser.evaluate("location.search").await, "?id=7");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_request_that_ends_the_app_is_not_sent_again_by_itself() {
    let app = Sandbox::new("plain").dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/exit")).await;
    browser.shows("while it served GET /exit").await;
    browser.click("[data-do]").await;
    browser.shows("Load this page again").await;
    let status = app.status().await;
    assert_eq!(
        (&status["phase"], &status["build"]),
        (&"ready".into(), &2.into())
    );
    browser.click("[data-again]").await;
    browser.shows("while it served GET /exit").await;
}
