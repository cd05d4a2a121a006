//! The page of a recorded request in a real browser.

use gin_tests::{Browser, Sandbox};

use crate::reports::failing;
use crate::site::url;

/// The name, the beginning, the end and the height in pixels of each bar. 0 and 1 are the edges of its row.
const BARS: &str = "[...document.querySelectorAll('.times svg')].map((row) => {
    const [edge, bar] = [row, row.querySelector('rect')].map((it) => it.getBoundingClientRect());
    const [from, to] = [bar.left, bar.right].map((x) => (x - edge.left) / edge.width);
    return [row.closest('dd').previousElementSibling.innerText, from, to, bar.height];
})";

/// The accuracy of a bar's edges, which are rounded to a tenth of a percent.
const TOLERANCE: f64 = 0.005;

/// Regression: on wide screens the bar of all times stood between the request and its status.
#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_bar_of_all_times_is_below_the_status_and_both_sides_are_level() {
    const BELOW: &str = "document.querySelector('.hero > svg').getBoundingClientRect().top
        >= document.querySelector('.hero .st').getBoundingClientRect().bottom";
    const TOPS: &str = "[...document.querySelectorAll('.pair > section')].map((it) => it.getBoundingClientRect().top)";
    let app = Sandbox::new("plain").dev().await;
    app.phase("ready").await;
    app.get("/").await.is(200).text();
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/__gin/requests/0")).await;
    for width in [390, 1280] {
        browser.set_width(width).await;
        assert_eq!(browser.evaluate(BELOW).await, true, "{width} pixels");
    }
    let tops = browser.evaluate(TOPS).await;
    assert_eq!(tops[0], tops[1]);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_bars_of_middleware_and_handler_follow_each_other_below_the_total() {
    let app = failing().dev().await;
    app.phase("ready").await;
    app.get("/api/posts/1").await.is(200).text();
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/__gin/requests/0")).await;
    browser.until("document.querySelector('.times svg')").await;
    for width in [1280, 390] {
        browser.set_width(width).await;
        let bars = browser.evaluate(BARS).await;
        let bars: Vec<(String, f64, f64, f64)> =
            serde_json::from_value(bars.clone()).unwrap_or_else(|error| panic!("{error}: {bars}"));
        let names: Vec<_> = bars.iter().map(|bar| &*bar.0).collect();
        assert_eq!(names, ["Logger", "Recovery", "timer", "handler", "total"]);
        let is_at = |place: f64, edge: f64| (place - edge).abs() < TOLERANCE;
        let mut end = 0.0;
        for (name, from, to, height) in &bars[..4] {
            assert!(is_at(*from, end) && to >= from, "{name}: {bars:?}");
            assert!(*height > 1.0, "{name}: {bars:?}");
            end = *to;
        }
        let (_, from, to, _) = bars[4];
        assert!(is_at(from, 0.0) && is_at(to, 1.0), "{bars:?}");
    }
}
