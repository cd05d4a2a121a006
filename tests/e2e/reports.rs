//! Reports of apps built on gin-core: the developer sees the details of a failure, and nobody else does.

use std::net::{IpAddr, UdpSocket};
use std::process::Command;

use gin_tests::{Browser, Client, Sandbox};

use crate::site::{shown, url};

const MAIN: &str = include_str!("../fixtures/failing/main.rs");

/// The body that everyone else gets.
const USUAL: &str = "500 Internal Server Error\n";

/// Returns an app with a route for each kind of failure.
pub(crate) fn failing() -> Sandbox {
    Sandbox::new("hello").with("src/main.rs", MAIN)
}

#[tokio::test]
async fn a_panic_is_shown_with_its_place_in_the_accepted_format() {
    let app = failing().dev().await;
    let page = app.page("/api/posts/7?token=abc123").await.is(500);
    page.has("x-gin-phase", "ready");
    page.shows("GET /api/posts/7 panicked")
        .shows("index out of bounds: the len is 2 but the index is 7")
        .shows("titles[id]")
        .shows("hello::show")
        .shows("timer")
        .shows("The panic as printed (");
    assert!(!page.text().contains("abc123"));

    let text = app.get("/api/posts/7").await.is(500);
    text.has("content-type", "text/plain; charset=utf-8")
        .shows("panic: index out of bounds")
        .shows(" | ")
        .shows("matched route: GET /api/posts/:id  hello::show (src/main.rs:");
    let problem = app.get("/api/posts/7").accept("application/json");
    let problem = problem.await.is(500).json();
    assert_eq!(problem["title"], "Internal Server Error");
    assert_eq!(problem["report"]["place"]["file"], "src/main.rs");
    assert_eq!(problem["report"]["calls"][0]["function"], "{async_fn#0}");

    app.replace("src/main.rs", "titles[id]", "titles[id % 2]");
    app.page("/api/posts/7").await.is(200).shows("post two");
}

#[tokio::test]
async fn an_error_is_shown_with_its_causes() {
    let app = failing().dev().await;
    let page = app.page("/api/posts").await.is(500);
    page.shows("GET /api/posts failed")
        .shows("the <posts> cannot be read")
        .shows("No such file or directory")
        .shows("Ok(posts()?)");
    assert!(!page.text().contains("<posts>"));
}

#[tokio::test]
async fn a_rejection_is_shown_with_its_argument_and_what_was_sent() {
    let app = failing().dev().await;
    let page = app.page("/find/search?page=first").await.is(400);
    page.shows("page in the query must be a whole number")
        .shows("GET /find/search was rejected")
        .shows("argument 1 numbers: Query<HashMap<String, u32>>")
        .shows("must be a whole number")
        .shows("sent first")
        .shows("looking into /find/search")
        .shows("By time:");
    // A program gets the app's own response.
    let program = app
        .get("/find/search?page=first")
        .accept("application/json");
    let program = program.await.is(400);
    let incident = program.headers.get("x-gin-incident");
    let incident = incident.and_then(|place| place.to_str().ok());
    let incident = incident.expect("it leads to the incident");
    assert_eq!(program.json()["errors"][0]["path"], "page");
    assert_eq!(program.json().get("report"), None);
    let text = app.get(incident).await.is(200);
    text.shows("query page: must be a whole number")
        .shows("(sent: first)");
}

/// An app with a page that is rendered from a file.
const VIEWS: &str = r#"use gin::prelude::*;

#[get("/")]
async fn home() -> View {
    View::new("home.html", context! { name => "Ann" })
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let templates = gin::templates!("templates");
    gin::default().templates(templates).mount(routes![home]).run().await
}
"#;

/// Returns an app whose page is this template, which is given a `name`.
pub(crate) fn with_template(template: &str) -> Sandbox {
    let project = Sandbox::new("hello")
        .with("src/main.rs", VIEWS)
        .with("templates/home.html", template);
    let dependency = "gin-core = { ";
    let with_views = format!("{dependency}features = [\"templates\"], ");
    project.replace("Cargo.toml", dependency, &with_views);
    project
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_template_that_breaks_is_shown_at_its_line_until_it_is_mended() {
    let right = "<h1>Hello</h1>\n<p>Dear {{ name }},</p>\n";
    let (app, browser) = shown(with_template(right), "/").await;
    browser.shows("Dear Ann,").await;

    let wrong = right.replace("name", "nmae");
    app.project().edit("templates/home.html", &wrong);
    browser.shows("GET / failed").await;
    // Its place is named like those of Rust files, although the app has its whole path.
    let place = "document.querySelector('.x .at').innerText === 'templates/home.html:2:12'";
    browser.until(place).await;
    browser.shows("<p>Dear {{ nmae }},</p>").await;

    app.project().edit("templates/home.html", right);
    browser.shows("Dear Ann,").await;
    assert_eq!(app.latest_build(), 1, "no change of a template is a build");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_record_and_its_incident_lead_to_each_other() {
    let app = failing().dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/find/search?page=first")).await;
    browser.shows("GET /find/search was rejected").await;
    browser.click("#again").await;
    browser.shows("GET /find/search was rejected").await;
    browser.click("#record").await;
    browser
        .shows("cargo gin dev showed a page of its own")
        .await;
    browser.shows("400 Bad Request").await;
    // The response is the app's own, not our page.
    let body = "[...document.querySelectorAll('#pair pre')].some((it) => it.innerText.includes('must be a whole number'))";
    browser.until(body).await;
    browser.click("#incident").await;
    browser
        .until("location.pathname.endsWith('/incident')")
        .await;
    browser.shows("GET /find/search was rejected").await;
    browser.click("#again").await;
    browser
        .until(
            "location.pathname.startsWith('/__gin/requests/') && document.querySelector('#replay')",
        )
        .await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_command_that_an_incident_copies_sends_its_request_again() {
    const SENT: &str = "/find/search?page=first&note=it%27s";
    let app = failing().dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, SENT)).await;
    browser.shows("GET /find/search was rejected").await;
    browser.click("#as-curl").await;
    browser
        .until("document.querySelector('#as-curl').innerText === 'Copied'")
        .await;
    let command = browser.clipboard().await;
    let mut shell = Command::new("sh");
    let answer = shell.args(["-c", &command]).output();
    let answer = answer.expect("there is a shell").stdout;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 400 "), "{command}\n{answer}");
    let requests = app.get("/__gin/requests").await.is(200).json();
    let requests = requests["requests"].as_array().expect("a list").iter();
    let sent = requests.filter(|request| request["target"] == SENT);
    assert_eq!(sent.count(), 2, "{command}");
}

/// Regression: problem+json of an incident had a title only.
#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_sentence_of_an_incident_s_page_is_its_detail() {
    const DETAIL: &str = "fetch(location.href, { headers: { Accept: 'application/problem+json' } })
        .then(async (answer) => [answer.headers.get('content-type'), (await answer.json()).detail])";
    let app = failing().dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    for (path, sentence) in [
        (
            "/api/posts/7",
            "index out of bounds: the len is 2 but the index is 7",
        ),
        (
            "/api/posts",
            "the <posts> cannot be read: No such file or directory (os error 2)",
        ),
        (
            "/api/posts/seven",
            "`GET /api/posts/:id` matched, but `id: usize` refused `seven`",
        ),
        ("/api/post/7", "No route matches GET /api/post/7"),
    ] {
        browser.visit(&url(&app, path)).await;
        for words in sentence.split(": ") {
            browser.shows(&words.replace('`', "")).await;
        }
        let detail = browser.evaluate(DETAIL).await;
        assert_eq!(detail[0], "application/problem+json", "{path}");
        assert_eq!(detail[1], sentence, "{path}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn warnings_do_not_cover_the_page_of_an_incident() {
    // All tabs share one stream: the page has seen the state before it passes it on.
    const HEARD: &str = "new Promise((done) => {
        const tabs = new BroadcastChannel('__gin');
        tabs.onmessage = ({ data }) => data?.[0] === 'phase' && done(data[1].warnings);
        tabs.postMessage(null);
    })";
    const BADGE: &str = "document.querySelector('gin-badge') !== null";
    let main = format!("{MAIN}\nfn unused() {{}}\n");
    let app = Sandbox::new("hello").with("src/main.rs", &main).dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/api/posts/7")).await;
    browser.shows("GET /api/posts/7 panicked").await;
    assert_eq!(browser.evaluate(HEARD).await, 1);
    assert_eq!(browser.evaluate(BADGE).await, false);
    // A page of the app has the badge.
    app.replace("src/main.rs", "titles[id]", "titles[id % 2]");
    browser.shows("post two").await;
    browser.until(BADGE).await;
}

#[tokio::test]
async fn an_unmatched_path_is_explained() {
    let app = failing().dev().await;
    let page = app.page("/api/post/7").await.is(404);
    page.shows("No route matches GET /api/post/7")
        .shows("/api/posts/:id");
    app.page("/Api/Posts")
        .await
        .is(404)
        .shows("in upper and lower case");
    let text = app.get("/posts").await.is(404);
    text.shows("GET /api/posts  hello::list (src/main.rs:");
    let wrong = app.get("/api/posts/7").post("").await.is(405);
    wrong.has("allow", "GET, HEAD, OPTIONS");
    wrong.shows("allowed: GET, HEAD, OPTIONS");
}

#[tokio::test]
async fn a_param_of_another_type_is_explained() {
    let app = failing().dev().await;
    let page = app.page("/api/posts/seven").await.is(404);
    page.shows("No route matches GET /api/posts/seven")
        .shows("GET /api/posts/:id matched, but id: usize refused seven")
        .shows("hello::show");
    let problem = app.get("/api/posts/seven").accept("application/json");
    let problem = problem.await.is(404).json();
    assert_eq!(
        problem["detail"],
        "`GET /api/posts/:id` matched, but `id: usize` refused `seven`"
    );
}

#[tokio::test]
async fn custom_error_pages_are_kept_except_for_a_user_s_view_of_a_failure() {
    let app = failing().dev().await;
    app.get("/own/posts").await.is(500).says("our own words");
    app.page("/own/nowhere").await.is(404).says("our own words");
    let page = app.page("/own/posts").await.is(500);
    page.shows("the <posts> cannot be read");
}

#[tokio::test]
async fn nobody_else_gets_a_report() {
    let app = failing()
        .dev()
        .arg("--laddr=0.0.0.0")
        .arg("--allowed-host=app.test");
    let app = app.await;
    app.phase("ready").await;
    let local = |path| app.get(path).header("host", "localhost");
    local("/api/posts").await.is(500).shows("the <posts>");

    let passed_on = local("/api/posts").header("x-forwarded-for", "203.0.113.7");
    passed_on.await.is(500).says(USUAL);
    let by_name = app.get("/api/posts").header("host", "app.test");
    by_name.await.is(500).says(USUAL);

    let status = local("/__gin/status").await.is(200).json();
    let address = status["address"].as_str().expect("the app is ready");
    let direct = Client::new(address.parse().expect("an address"));
    let guess = "0".repeat(64);
    for claim in ["", "guess", &guess, &format!("{guess} routes")] {
        let response = direct.get("/api/posts").header("x-gin-report", claim);
        response.await.is(500).says(USUAL);
    }

    let Some(ip) = other_address() else {
        eprintln!("skipped: this machine has no other address than loopback");
        return;
    };
    let neighbor = Client::new((ip, app.address().port()).into());
    neighbor.get("/api/posts").await.is(500).says(USUAL);
    neighbor.get("/__gin/routes").await.is(403).text();
}

#[tokio::test]
async fn the_routes_are_reported() {
    let app = failing().dev().await;
    app.phase("ready").await;
    let reported = app.get("/__gin/routes").await.is(200).json();
    let routes = reported["routes"]
        .as_array()
        .expect("the app reports its routes");
    let show = &routes[2];
    assert_eq!(show["pattern"], "/api/posts/:id");
    assert_eq!(show["handler"], "hello::show");
    assert_eq!(
        show["middleware"],
        serde_json::json!(["Logger", "Recovery", "timer"])
    );
    assert_eq!(show["group"], "/api");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_page_opens_the_editor_and_reloads_once_the_code_is_fixed() {
    let app = failing().dev().arg("--editor=true").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/api/posts/7")).await;
    browser.shows("GET /api/posts/7 panicked").await;
    browser.click("figcaption .at").await;
    browser.shows("Opened src/main.rs in the editor").await;
    app.replace("src/main.rs", "titles[id]", "titles[id");
    browser.shows("mismatched").await;
    app.replace("src/main.rs", "titles[id", "titles[id % 2]");
    browser.shows("post two").await;
    // Chromium logs each page that fails and the missing icon, and nothing else may be logged.
    let mut logged = browser.console().await.into_iter();
    assert!(logged.all(|line| line.contains("a status of 500") || line.contains("/favicon.ico")));
}

/// Returns an address of this machine that is not loopback. No packet is sent to find it.
fn other_address() -> Option<IpAddr> {
    const NOBODY: &str = "192.0.2.1:9";
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect(NOBODY).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback()).then_some(ip)
}
