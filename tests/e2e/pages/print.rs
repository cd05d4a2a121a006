//! Printed pages.

use crate::site::{MAIN, shown, site};

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_printed_page_has_all_text_and_no_buttons() {
    const PRESSABLE: &str =
        "[...document.querySelectorAll('button, input')].filter((it) => it.checkVisibility())";
    const CUT: &str =
        "[...document.querySelectorAll('pre')].filter((it) => it.scrollWidth > it.clientWidth)";
    const WARNING: &str = "document.querySelector('#warnings article').checkVisibility({ contentVisibilityAuto: true })";
    let (app, browser) = shown(site(), "/index.html").await;
    let words = "many words ".repeat(20);
    let main = format!("{MAIN}\nfn one() -> u8 {{ \"{words}\" }}\nuse std::fmt;\n");
    app.edit("src/main.rs", &main);
    browser.shows("1 error, 1 warning").await;
    browser.emulate_print().await;
    browser.set_width(794).await;
    assert_eq!(browser.evaluate(&format!("{PRESSABLE}.length")).await, 0);
    assert_eq!(browser.evaluate(&format!("{CUT}.length")).await, 0);
    assert_eq!(browser.evaluate(WARNING).await, true);
}
