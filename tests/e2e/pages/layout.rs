//! The layout of pages with errors: the first place is in sight, on wide and on narrow screens.

use gin_tests::{Browser, Dev, Sandbox};

use crate::site::url;

/// The text of the page's heading.
const HEADING: &str = "document.querySelector('h1').innerText";

/// The distance of the first marked code from the top of the page, in pixels.
const TOP: &str = "document.querySelector('mark.p').getBoundingClientRect().top";

/// The height of a notebook's screen, in pixels.
const HEIGHT: f64 = 800.0;

/// Starts an app with this source, and a browser that shows its errors at this width.
async fn broken(main: &str, width: u32) -> (Dev, Browser) {
    let app = Sandbox::with_main(main).dev().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.set_width(width).await;
    browser.visit(&url(&app, "/")).await;
    browser
        .until("document.body.dataset.phase === 'failed'")
        .await;
    (app, browser)
}

/// Returns a number.
async fn number(browser: &Browser, expression: &str) -> f64 {
    let value = browser.evaluate(expression).await;
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{expression}: {value}"))
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_only_error_is_the_heading_and_its_line_is_in_the_upper_third() {
    let main = "fn main() {\n    let count = 1;\n    oops;\n}\n";
    let (_app, browser) = broken(main, 1280).await;
    let heading = browser.evaluate("document.querySelector('h1').innerText");
    assert_eq!(heading.await, "cannot find value oops in this scope");
    let top = number(&browser, TOP).await;
    assert!(top < HEIGHT / 3.0, "at {top} pixels");
    browser.set_width(390).await;
    let top = number(&browser, TOP).await;
    assert!(top < 844.0 / 2.0, "at {top} pixels");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_first_marked_line_is_in_the_upper_third_below_a_title_of_two_lines_too() {
    const LINES: &str = "(() => {
        const title = [...document.querySelectorAll('.dg h2:not(.vh), h1')].at(-1);
        return Math.round(title.offsetHeight / parseFloat(getComputedStyle(title).lineHeight));
    })()";
    let short = "cannot be built".to_owned();
    let long =
        "the protocol cannot be generated from the files of the schema that are there".to_owned();
    for (title, count, lines) in [(&short, 3, 1), (&long, 1, 2), (&long, 3, 2)] {
        let error = format!("    compile_error!(\"{title}\");\n");
        let main = format!("fn main() {{\n    let _ = 1;\n{}}}\n", error.repeat(count));
        let (_app, browser) = broken(&main, 1280).await;
        browser.until("document.querySelector('mark.p')").await;
        assert_eq!(browser.evaluate(LINES).await, lines, "{count}: {title}");
        let top = number(&browser, TOP).await;
        assert!(top < HEIGHT / 3.0, "{count}: {title}: at {top} pixels");
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_pager_and_the_list_show_which_of_several_errors_is_read() {
    const AT: &str = "document.querySelector('#at').innerText";
    const CURRENT: &str = "document.querySelectorAll('nav [aria-current]').length === 1";
    let main = format!("fn main() {{\n{}}}\n", "    oops();\n".repeat(3));
    let (_app, browser) = broken(&main, 1280).await;
    browser.until(&format!("{AT} === '1 of 3'")).await;
    browser.until(CURRENT).await;
    browser.click("#next").await;
    browser.click("#next").await;
    browser.until(&format!("{AT} === '2 of 3'")).await;
    browser.click("#prev").await;
    browser.until(&format!("{AT} === '1 of 3'")).await;
    browser.until(CURRENT).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn signs_of_a_diff_do_not_cover_the_code() {
    const COVERED: &str = "[...document.querySelectorAll('.r.ins, .r.del')].some((row) => {
        const range = document.createRange();
        range.setStartAfter(row.querySelector('i + b'));
        range.setEndAfter(row.lastChild);
        return range.getBoundingClientRect().left < row.querySelector('b').getBoundingClientRect().right - 0.5;
    })";
    for width in [390, 1280] {
        let (_app, browser) = broken("use std::fmt::Wriite;\nfn main() {}\n", width).await;
        browser.until("document.querySelector('.r.ins')").await;
        assert_eq!(browser.evaluate(COVERED).await, false, "{width} pixels");
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn marks_and_labels_far_to_the_right_are_in_sight() {
    const HIDDEN: &str = "[...document.querySelectorAll('.x > pre mark.p, .x > pre .l > span')].filter((it) => {
        const [place, frame] = [it.getBoundingClientRect(), it.closest('pre').getBoundingClientRect()];
        return place.left < frame.left || place.right > frame.right + 0.5;
    }).map((it) => it.innerText)";
    let wide = format!(
        "fn main() {{ let _ = \"{}\"; let count: u8 = \"three\"; }}\n",
        "x".repeat(150)
    );
    for width in [320, 390, 1280] {
        let (_app, browser) = broken(&wide, width).await;
        browser.until("document.querySelector('mark.p')").await;
        let hidden = browser.evaluate(HIDDEN).await;
        assert_eq!(hidden, serde_json::json!([]), "{width} pixels");
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_beginning_of_a_line_stays_in_sight_with_that_of_a_wide_mark() {
    const SCROLLED: &str = "document.querySelector('.x pre').scrollLeft";
    for (before, is_scrolled) in [("", false), ("let far: &str = \"and away\"; ", true)] {
        let main = format!(
            "fn main() {{\n    {before}let x: u8 = vec![\"one\", \"two\", \"three\", \"four\", \"five\"].len(); }}\n"
        );
        let (_app, browser) = broken(&main, 390).await;
        browser.until("document.querySelector('mark.p')").await;
        let scrolled = number(&browser, SCROLLED).await > 0.0;
        assert_eq!(scrolled, is_scrolled, "{main}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_filter_without_matches_says_so_and_leaves_no_headings() {
    const LEFT: &str = "[...document.querySelectorAll('nav .fh, #warnings')].filter((it) => it.checkVisibility()).length";
    let main = format!("fn main() {{ {} }}\n", "oops(); ".repeat(5));
    let (_app, browser) = broken(&main, 1280).await;
    browser.press(&['/', 'q', 'q', 'q']).await;
    browser.shows("No diagnostic matches the filter.").await;
    assert_eq!(browser.evaluate(HEADING).await, "0 of 5 errors");
    assert_eq!(browser.evaluate(LEFT).await, 0);
    browser.press(&[Browser::ESCAPE]).await;
    browser
        .until(&format!(
            "{LEFT} > 0 && document.querySelector('#none').hidden"
        ))
        .await;
    assert_eq!(browser.evaluate(HEADING).await, "5 errors");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_filter_that_hides_the_only_error_hides_its_sentence_in_the_heading() {
    const COUNT: &str = "document.querySelector('.count').innerText";
    let main = "use std::fs;\nuse std::env;\nfn main() { let x: u8 = \"\"; }\n";
    let (_app, browser) = broken(main, 1280).await;
    assert_eq!(browser.evaluate(HEADING).await, "mismatched types");
    assert_eq!(browser.evaluate(COUNT).await, "1 error, 2 warnings");
    browser.press(&['/', 'u', 'n', 'u', 's', 'e', 'd']).await;
    browser
        .until(&format!("{COUNT} === '0 of 1 error, 2 warnings'"))
        .await;
    let is_shown = browser.evaluate("document.querySelector('h1').checkVisibility()");
    assert_eq!(is_shown.await, false);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn no_line_of_a_remedy_begins_with_a_period() {
    // At some of these widths a code ends at the edge.
    const ALONE: &str = "(() => {
        const remedy = document.querySelector('.remedy');
        const code = [...remedy.querySelectorAll('code')].find(({ nextSibling }) => nextSibling?.data.startsWith('.'));
        const range = document.createRange();
        range.setStart(code.nextSibling, 0);
        range.setEnd(code.nextSibling, 1);
        const widths = [...Array(400).keys()].map((pixels) => 200 + pixels);
        return widths.filter((width) => {
            remedy.style.width = width + 'px';
            return range.getBoundingClientRect().top > [...code.getClientRects()].at(-1).bottom - 2;
        });
    })()";
    let app = Sandbox::new("plain").dev().await;
    app.phase("ready").await;
    let manifest = app.project().read("Cargo.toml");
    let missing = "[dependencies]\nno-such = { path = \"../http\" }";
    app.edit("Cargo.toml", &manifest.replace("[dependencies]", missing));
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser.shows("No package has that name.").await;
    let alone = browser.evaluate(ALONE).await;
    assert_eq!(alone, serde_json::json!([]), "pixels");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_note_shows_its_marked_line_and_unfolds_both_sides_at_once() {
    const LINES: &str = "[...document.querySelectorAll('.n.note .r:not(.lb, .gap)')]
        .filter((line) => line.checkVisibility()).map((line) => parseInt(line.innerText))";
    // The closed fold lies in the caption and takes no room.
    const ROOM: &str = "document.querySelector('.n.note details').offsetHeight";
    const FOLDS: &str = "document.querySelectorAll('.n.note .x:has(> details) details').length";
    let main = "fn take(_: u8) {}\n\n\n\nfn needs<T: Copy>(_: T) {}\n\n\n\nfn main() {\n    needs(String::new());\n    take(1);\n}\n";
    let (_app, browser) = broken(main, 1280).await;
    browser.until("document.querySelector('.n.note .x')").await;
    assert_eq!(browser.evaluate(LINES).await, serde_json::json!([5]));
    assert_eq!(browser.evaluate(ROOM).await, 0);
    assert_eq!(browser.evaluate(FOLDS).await, 1);
    browser.click(".n.note summary").await;
    let all: Vec<u8> = (1..=12).collect();
    assert_eq!(browser.evaluate(LINES).await, serde_json::json!(all));
}
