//! Preferences of users: forced colors, and reduced motion.

use gin_tests::{Browser, Gate, Sandbox};

use crate::site::url;

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn marked_code_is_readable_in_forced_colors() {
    // Secondary marks have no background of their own, so they must have the color of the text around them.
    const UNREADABLE: &str = "[...document.querySelectorAll('mark.s, mark.s *')]
        .filter((it) => getComputedStyle(it).color !== getComputedStyle(document.body).color).length";
    const MARKED: &str = "getComputedStyle(document.querySelector('mark.p'))";
    let app = Sandbox::with_main("fn main() { let count: u8 = \"three\"; }")
        .dev()
        .await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.force_colors().await;
    browser.visit(&url(&app, "/")).await;
    browser.shows("expected due to this").await;
    assert_eq!(browser.evaluate(UNREADABLE).await, 0);
    let colors = format!("{MARKED}.color !== {MARKED}.backgroundColor");
    assert_eq!(browser.evaluate(&colors).await, true);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn nothing_moves_if_the_user_prefers_reduced_motion() {
    const MOVING: &str = "document.getAnimations().length";
    let gate = Gate::new().await;
    let project = Sandbox::with_gated_build();
    let app = project.dev().env("GATE", gate.address()).await;
    let build = gate.arrival().await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/__gin/phase")).await;
    browser.shows("Building app").await;
    for (motion, moving) in [("no-preference", 1), ("reduce", 0)] {
        browser
            .set_media_feature("prefers-reduced-motion", motion)
            .await;
        browser.until(&format!("{MOVING} === {moving}")).await;
    }
    build.pass().await;
}
