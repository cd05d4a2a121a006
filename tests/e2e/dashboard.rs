//! The dashboard in a real browser.

use gin_tests::{Browser, Dev, Sandbox};

use crate::reports::failing;

/// The targets in the list of requests, the newest first.
const TARGETS: &str =
    "[...document.querySelectorAll('#asked a span')].map((at) => at.innerText).join(' ')";

/// What the person's keys go to.
const FOCUS: &str = "document.activeElement.innerText.replace(/\\s+/g, ' ')";

/// An app, and a browser that shows its dashboard.
async fn shown() -> (Dev, Browser) {
    let site = Sandbox::with_main(include_str!("../fixtures/site/main.rs"))
        .with("public/a.html", "<h1>a by {method} from {version}</h1>")
        .with("public/b.html", "<h1>b by {method} from {version}</h1>");
    let app = site.dev().arg("--record-bodies").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app)).await;
    (app, browser)
}

fn url(app: &Dev) -> String {
    format!("http://localhost:{}/__gin/", app.address().port())
}

/// Waits until the list is this.
async fn lists(browser: &Browser, targets: &str) {
    browser.until(&format!("{TARGETS} === '{targets}'")).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_request_is_seen_live_opened_and_sent_again_by_keys_alone() {
    let (app, browser) = shown().await;
    browser.shows("Nobody has asked for anything yet.").await;
    app.get("/a.html")
        .await
        .is(200)
        .says("<h1>a by GET from v1</h1>");
    lists(&browser, "/a.html").await;
    app.get("/b.html")
        .await
        .is(200)
        .says("<h1>b by GET from v1</h1>");
    lists(&browser, "/b.html /a.html").await;
    browser.press(&['j', 'j']).await;
    browser.until(&format!("{FOCUS} === 'GET /a.html'")).await;
    browser.press(&[Browser::ENTER]).await;
    browser.shows("200 OK").await;
    browser.shows("<h1>a by GET from v1</h1>").await;
    browser.press(&['s']).await;
    browser.shows("Answered again: 200").await;
    let body = "document.querySelector('#replayed pre').innerText === '<h1>a by GET from v1</h1>'";
    browser.until(body).await;
    browser.press(&['k']).await;
    browser.shows("/b.html").await;
    browser.press(&['d']).await;
    lists(&browser, "/a.html /b.html /a.html").await;
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn what_may_have_an_effect_is_sent_again_only_when_that_is_confirmed() {
    let (app, browser) = shown().await;
    app.get("/a.html").post("x=1").await.is(200).text();
    browser.shows("/a.html").await;
    browser.press(&['j', Browser::ENTER]).await;
    browser.shows("Send it again").await;
    let asks = "document.querySelector('#sure').open";
    browser.press(&['s']).await;
    browser.until(asks).await;
    // The way out is in focus.
    browser.press(&[Browser::ENTER]).await;
    browser.until(&format!("!{asks}")).await;
    assert_eq!(requests(&app).await, 1);
    browser.press(&['s']).await;
    browser.until(asks).await;
    browser.press(&[Browser::TAB, Browser::ENTER]).await;
    browser.shows("Answered again: 200").await;
    browser.shows("a by POST from v1").await;
    assert_eq!(requests(&app).await, 2);
}

/// How many requests are remembered.
async fn requests(app: &Dev) -> usize {
    let told = app.get("/__gin/requests").await.is(200).json();
    told["requests"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn nothing_is_put_before_what_is_being_read() {
    let (app, browser) = shown().await;
    app.get("/a.html").await.is(200).text();
    lists(&browser, "/a.html").await;
    browser.press(&['j']).await;
    for waiting in 1..=2 {
        app.get("/b.html").await.is(200).text();
        browser.shows(&format!("{waiting} newer")).await;
    }
    lists(&browser, "/a.html").await;
    browser.until(&format!("{FOCUS} === 'GET /a.html'")).await;
    browser.press(&['n']).await;
    lists(&browser, "/b.html /b.html /a.html").await;
    browser.until(&format!("{FOCUS} === 'GET /a.html'")).await;
    browser
        .until("document.querySelector('#newer').hidden")
        .await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_filter_stays_while_requests_come_and_go_by() {
    let (app, browser) = shown().await;
    let seen = "[...document.querySelectorAll('#asked li:not([hidden])')].length";
    browser.press(&['/', '4', '0', '4']).await;
    app.get("/a.html").await.is(200).text();
    app.get("/none").await.is(404).text();
    lists(&browser, "/none /a.html").await;
    browser.until(&format!("{seen} === 1")).await;
    browser.reload().await;
    browser.until(&format!("{seen} === 1")).await;
    browser.press(&['/', Browser::ESCAPE]).await;
    browser.until(&format!("{seen} === 2")).await;
    assert_eq!(browser.evaluate("location.search").await, "");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_long_query_takes_two_lines_of_the_list_and_is_whole_on_its_page() {
    let (app, browser) = shown().await;
    let target = format!("/a.html?of={}end", "one,".repeat(200));
    app.get(&target).await.is(200).text();
    let lines = "(at => at.getBoundingClientRect().height / parseFloat(getComputedStyle(at).lineHeight))\
                 (document.querySelector('#asked a span'))";
    browser.until(&format!("Math.round({lines}) === 2")).await;
    browser.click("#asked a").await;
    let seen = "document.querySelector('h1').innerText.replace(/\\s/g, '')";
    browser.until(&format!("{seen} === 'GET{target}'")).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn builds_and_what_they_said_are_seen_live() {
    let (app, browser) = shown().await;
    app.edit("src/main.rs", "fn main() { oops }");
    browser.shows("1 error").await;
    browser.shows("cannot find value oops in this scope").await;
    browser
        .until("document.title.startsWith('✗ 1 error')")
        .await;
    browser.click(".said a").await;
    browser.shows("not found in this scope").await;
    browser.until("location.pathname === '/__gin/phase'").await;
    browser.press(&['d']).await;
    browser.until("location.pathname === '/__gin/'").await;
    app.restore("src/main.rs");
    browser.until("document.title.startsWith('✓')").await;
    browser
        .until("document.querySelectorAll('.builds li').length === 3")
        .await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn routes_lead_to_their_code() {
    let app = failing().dev().arg("--editor=true").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app)).await;
    browser.shows("hello::show").await;
    browser.shows("Logger → Recovery → timer").await;
    browser.click("#routes .at").await;
    browser.shows("src/main.rs is open in the editor").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn without_a_script_the_dashboard_is_as_complete() {
    let (app, browser) = shown().await;
    app.get("/a.html?x=1").await.is(200).text();
    browser.disable_scripts().await;
    browser.reload().await;
    browser.finds("//li[contains(., 'first build')]").await;
    browser.click("#asked a").await;
    browser.finds("//*[. = '200 OK']").await;
    browser.finds("//td[. = 'text/html; charset=utf-8']").await;
    browser
        .finds("//pre[contains(., 'a by GET from v1')]")
        .await;
    let buttons =
        "[...document.querySelectorAll('button, input')].filter((it) => it.checkVisibility())";
    assert_eq!(browser.evaluate(&format!("{buttons}.length")).await, 0);
    browser.click(".ways a").await;
    browser.finds("//h2[. = 'Requests']").await;
}
