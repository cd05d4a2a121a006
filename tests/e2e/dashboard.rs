//! The dashboard in a real browser.

use std::process::Command;

use gin_tests::{Browser, Dev, Sandbox};

use crate::reports::failing;

/// The targets in the list of requests, latest first.
const TARGETS: &str =
    "[...document.querySelectorAll('#log a span')].map((at) => at.innerText).join(' ')";

/// The number of requests in the list, and of those that wait while the user reads it.
const KNOWN: &str = "document.querySelectorAll('#log > li').length + \
    (parseInt(document.querySelector('#newer')?.textContent) || 0)";

/// The text of the focused element.
const FOCUS: &str = "document.activeElement.innerText.replace(/\\s+/g, ' ')";

/// Starts an app, and a browser that shows its dashboard.
async fn open() -> (Dev, Browser) {
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

/// Waits until the list has these targets.
async fn lists(browser: &Browser, targets: &str) {
    browser.until(&format!("{TARGETS} === '{targets}'")).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_request_appears_live_and_is_opened_and_resent_by_keys() {
    let (app, browser) = open().await;
    browser.shows("No requests yet.").await;
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
    browser.shows("New response: 200").await;
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
async fn an_unsafe_request_is_resent_only_after_confirmation() {
    let (app, browser) = open().await;
    app.get("/a.html").post("x=1").await.is(200).text();
    browser.shows("/a.html").await;
    browser.press(&['j', Browser::ENTER]).await;
    browser.shows("Send again").await;
    let is_open = "document.querySelector('#sure').open";
    browser.press(&['s']).await;
    browser.until(is_open).await;
    // The button that cancels has the focus.
    browser.press(&[Browser::ENTER]).await;
    browser.until(&format!("!{is_open}")).await;
    assert_eq!(requests(&app).await, 1);
    browser.press(&['s']).await;
    browser.until(is_open).await;
    browser.press(&[Browser::TAB, Browser::ENTER]).await;
    browser.shows("New response: 200").await;
    browser.shows("a by POST from v1").await;
    assert_eq!(requests(&app).await, 2);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_recorded_request_is_copied_as_a_command_that_sends_it() {
    let (app, browser) = open().await;
    let request = app.get("/a.html?q='&x").header("x-word", "it's");
    request.post("a=1&b='$x'\n").await.is(200).text();
    browser.shows("/a.html").await;
    browser.press(&['j', Browser::ENTER]).await;
    browser.click("#as-curl").await;
    browser.shows("Copied").await;
    let command = browser.clipboard().await;
    let sent = Command::new("sh").arg("-c").arg(&command).output();
    let sent = sent.expect("a shell starts");
    let output = String::from_utf8_lossy(&sent.stdout);
    assert!(
        output.starts_with("HTTP/1.1 200 OK\r\n") && output.contains("a by POST from v1"),
        "{command}: {output}"
    );
    let [first, again] = [0, 1].map(|id| app.get(&format!("/__gin/requests/{id}")));
    let [first, again] = [first.await.is(200).json(), again.await.is(200).json()];
    for member in ["method", "target", "request"] {
        assert_eq!(first[member], again[member], "{command}");
    }
    let word = serde_json::json!(["x-word", "it's"]);
    let headers = again["request_headers"].as_array();
    assert!(headers.is_some_and(|all| all.contains(&word)), "{again}");
}

/// Returns the number of recorded requests.
async fn requests(app: &Dev) -> usize {
    let recorded = app.get("/__gin/requests").await.is(200).json();
    recorded["requests"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn new_requests_wait_while_the_list_is_being_read() {
    let (app, browser) = open().await;
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
async fn the_filter_survives_new_requests_and_a_reload() {
    let (app, browser) = open().await;
    let seen = "[...document.querySelectorAll('#log li:not([hidden])')].length";
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
async fn a_long_query_takes_two_lines_in_the_list_and_is_complete_on_its_page() {
    let (app, browser) = open().await;
    let target = format!("/a.html?of={}end", "one,".repeat(200));
    app.get(&target).await.is(200).text();
    let lines = "(at => at.getBoundingClientRect().height / parseFloat(getComputedStyle(at).lineHeight))\
                 (document.querySelector('#log a span'))";
    browser.until(&format!("Math.round({lines}) === 2")).await;
    browser.click("#log a").await;
    let seen = "document.querySelector('h1').innerText.replace(/\\s/g, '')";
    browser.until(&format!("{seen} === 'GET{target}'")).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn builds_and_their_diagnostics_appear_live() {
    let (app, browser) = open().await;
    app.edit("src/main.rs", "fn main() { oops }");
    browser.shows("1 error").await;
    browser.shows("cannot find value oops in this scope").await;
    browser
        .until("document.title.startsWith('✗ 1 error')")
        .await;
    browser.click(".brief a").await;
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
async fn routes_open_their_code_in_the_editor() {
    let app = failing().dev().arg("--editor=true").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app)).await;
    browser.shows("hello::show").await;
    browser.shows("Logger → Recovery → timer").await;
    browser.click("#routes .at").await;
    browser.shows("Opened src/main.rs in the editor").await;
}

/// An app with two groups, one of which has a middleware more.
const GROUPS: &str = r#"
use gin::prelude::*;

#[get("/open")]
async fn open() {}

#[get("/also")]
async fn also() {}

#[get("/secret")]
async fn secret() {}

async fn members_only(cx: &mut Context, next: Next<'_>) -> Response {
    next.run(cx).await
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let members = Group::new("/members").with(members_only).mount(routes![secret]);
    Group::new("").mount(routes![open]).nest(members).mount(routes![also]).run().await
}
"#;

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn routes_with_the_same_middleware_are_together_and_found_by_it() {
    const SHOWN: &str = "[...document.querySelectorAll('#routes :is(h3, .way > :last-child)')]
        .filter((it) => it.checkVisibility()).map((it) => it.innerText).join(' ').replace(/\\s+/g, ' ')";
    let app = Sandbox::new("hello")
        .with("src/main.rs", GROUPS)
        .dev()
        .await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.set_width(320).await;
    browser.visit(&url(&app)).await;
    browser.shows("members_only").await;
    let fits = "document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(browser.evaluate(fits).await, true);
    browser.fill("#find", "members_only").await;
    browser
        .until(&format!(
            "{SHOWN} === 'Middleware: members_only /members/secret'"
        ))
        .await;
    browser.press(&['/', Browser::ESCAPE]).await;
    browser.fill("#find", "also").await;
    browser
        .until(&format!("{SHOWN} === 'No middleware /also'"))
        .await;
}

/// An app with routes whose patterns and params are unusual.
const FORMS: &str = r#"
use gin::prelude::*;

#[get("/user_:item")]
async fn show(item: u32) -> String {
    format!("item {item}")
}

#[get("/files/*name")]
async fn file(name: String) -> String {
    format!("file {name}")
}

#[post("/:body/notes")]
async fn add(body: String, note: Json<Vec<u8>>) -> String {
    format!("{body}: {}", note.0.len())
}

#[post("/go\\:on")]
async fn go_on() -> &'static str {
    "on"
}

#[gin::main]
async fn main() -> gin::Result<()> {
    Group::new("").mount(routes![show, file, add, go_on]).run().await
}
"#;

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_form_sends_a_request_for_its_route_and_its_status_stays() {
    let project = Sandbox::new("hello").with("src/main.rs", FORMS);
    let app = project.dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app)).await;
    let forms = [
        ("/user_:item", &[("input", "7")][..], "GET /user_7"),
        ("/files/*name", &[("input", "a b/c")], "GET /files/a%20b/c"),
        (
            "/:body/notes",
            &[("input", "x/y"), ("textarea", " [1, 2]")],
            "POST /x%2Fy/notes",
        ),
        (r"/go\\:on", &[], "POST /go:on"),
    ];
    for ((pattern, fields, sent), number) in forms.into_iter().zip(1..) {
        let form = format!("form[data-pattern='{pattern}']");
        browser
            .click(&format!("details:has(> {form}) > summary"))
            .await;
        for (field, text) in fields {
            browser.fill(&format!("{form} {field}"), text).await;
        }
        browser.click(&format!("{form} button")).await;
        browser.shows(&format!("{sent}: 200")).await;
        // The update that shows the request leaves the status.
        browser.until(&format!("{KNOWN} === {number}")).await;
        browser.shows(&format!("{sent}: 200")).await;
    }
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_form_without_its_param_is_not_sent() {
    let project = Sandbox::new("hello").with("src/main.rs", FORMS);
    let app = project.dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app)).await;
    browser.click("#routes li:nth-child(1) summary").await;
    browser.click("#routes li:nth-child(1) button").await;
    // The browser names the field and moves the focus there.
    browser
        .until("document.activeElement.matches('input:invalid')")
        .await;
    assert_eq!(requests(&app).await, 0);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_dashboard_is_complete_without_scripts() {
    let (app, browser) = open().await;
    app.get("/a.html?x=1").await.is(200).text();
    browser.disable_scripts().await;
    browser.reload().await;
    browser.finds("//li[contains(., 'first build')]").await;
    browser.click("#log a").await;
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

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn requests_before_an_edit_are_compared_with_the_same_after_it() {
    let (app, browser) = open().await;
    app.get("/a.html")
        .await
        .is(200)
        .says("<h1>a by GET from v1</h1>");
    app.say("v2");
    app.get("/b.html")
        .await
        .is(200)
        .says("<h1>b by GET from v2</h1>");
    lists(&browser, "/b.html /a.html").await;
    browser.click("#compare").await;
    browser.shows("1 of 1 request changed").await;
    browser.shows("a by GET from v1").await;
    browser.shows("a by GET from v2").await;
    browser.click(".ways a").await;
    lists(&browser, "/a.html /b.html /a.html").await;
    browser.click("#clear").await;
    browser.shows("No requests yet.").await;
    assert_eq!(requests(&app).await, 0);
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_address_stands_below_the_heading() {
    const BELOW: &str = "document.querySelector('.hero .sub').getBoundingClientRect().top
        >= document.querySelector('h1').getBoundingClientRect().bottom";
    let app = Sandbox::new("plain").dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    for width in [390, 1280, 1920] {
        browser.set_width(width).await;
        browser.visit(&url(&app)).await;
        assert_eq!(browser.evaluate(BELOW).await, true, "{width} pixels");
    }
}
