//! The lines before and after an edit that rustc proposes.

use gin_tests::{Browser, Sandbox};

use crate::site::url;

/// Regression: the rest of a string after a change in it had the colors of code.
#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_rest_of_a_string_after_a_change_in_it_has_the_color_of_strings() {
    const COLORS: &str = "['del', 'ins'].map((kind) => {
        const rest = [...document.querySelectorAll(`.r.${kind} span`)].find((it) => it.textContent.endsWith('; let w\"'));
        return rest && getComputedStyle(rest).color;
    })";
    const STRING: &str = "rgb(61, 107, 29)";
    let main = "struct User { name: u8 }\nfn main() { let user = User { name: 1 }; println!(\"{user.name}; let w\"); }\n";
    let app = Sandbox::with_main(main).dev().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser.until("document.querySelector('.r.ins')").await;
    let colors = browser.evaluate(COLORS).await;
    assert_eq!(colors, serde_json::json!([STRING, STRING]));
}
