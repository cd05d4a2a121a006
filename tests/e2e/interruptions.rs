//! Live reload does not interrupt what a user has just done: a link, a form, a request of a script.

use gin_tests::{Browser, Dev, Gate, within};

use crate::site::{MAIN, gated_site, url};

/// A page with a link, a form, and a script that sends a request.
const PAGE: &str = "<!doctype html><h1>Hello from {version}</h1>
<a href=/other.html>Other</a>
<form method=post action=/done.html><button>Send</button></form>
<script>
    const send = async () => {
        const response = await fetch('/done.html', { method: 'POST' });
        sessionStorage.answer = await response.text();
    };
    const lookAround = async () => {
        for (let times = 0; times < 30; times++) await fetch('/__gin/status');
        return 'done';
    };
</script>";

/// Starts the app, and a browser that shows its page.
async fn shown() -> (Dev, Gate, Browser) {
    let gate = Gate::new().await;
    let site = gated_site()
        .with("public/index.html", PAGE)
        .with("public/other.html", "<h1>Other from {version}</h1>")
        .with("public/done.html", "<h1>{method} to {version}</h1>");
    let app = site.dev().env("GATE", gate.address()).await;
    gate.arrival().await.pass().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/index.html")).await;
    (app, gate, browser)
}

/// Something that a user does in the page.
#[derive(Clone, Copy)]
struct Act {
    script: &'static str,
    /// The path of the request that it sends.
    path: &'static str,
}

/// Returns the number of recorded requests to a path.
async fn recorded(app: &Dev, path: &str) -> usize {
    let requests = app.get("/__gin/requests").await.is(200).json();
    let requests = requests["requests"].as_array().expect("a list");
    let sent = requests.iter().filter(|request| request["target"] == path);
    sent.count()
}

/// Saves a version, does something in the page while it is built, and lets the build end.
async fn acts_during_a_build(app: &Dev, gate: &Gate, browser: &Browser, version: &str, act: Act) {
    app.edit("src/main.rs", &MAIN.replace("v1", version));
    let build = gate.arrival().await;
    let before = recorded(app, act.path).await;
    let script = format!("void setTimeout(() => {})", act.script);
    // The browser's driver does not respond while a page navigates.
    tokio::join!(browser.evaluate(&script), async {
        // The page also requests its icon, at a time of its own.
        within("the request of the page", async {
            while recorded(app, act.path).await == before {}
        })
        .await;
        build.pass().await;
    });
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_link_that_is_followed_during_a_build_leads_where_it_should() {
    let (app, gate, browser) = shown().await;
    for version in ["v2", "v3", "v4"] {
        let click = Act {
            script: "document.querySelector('a').click()",
            path: "/other.html",
        };
        acts_during_a_build(&app, &gate, &browser, version, click).await;
        browser.shows(&format!("Other from {version}")).await;
        browser.visit(&url(&app, "/index.html")).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_form_that_is_sent_during_a_build_gets_its_answer() {
    let (app, gate, browser) = shown().await;
    for version in ["v2", "v3", "v4"] {
        let send = Act {
            script: "document.querySelector('button').click()",
            path: "/done.html",
        };
        acts_during_a_build(&app, &gate, &browser, version, send).await;
        browser.shows(&format!("POST to {version}")).await;
        browser.visit(&url(&app, "/index.html")).await;
    }
}

/// A page with a link to another server. It reports the news of a build after it has acted on it, and time stands still in it.
const PAGE_WITH_LINK: &str = "<!doctype html><h1>Hello from {version}</h1>
<script>performance.now = () => 0;</script>
<script>
    new BroadcastChannel('__gin').onmessage = ({ data }) => {
        const [name, now] = data ?? [];
        if (name === 'phase' && now.phase === 'ready' && now.build === 2) fetch('/heard.html');
    };
</script>";

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_page_that_is_left_for_another_server_is_not_reloaded() {
    let other = Gate::new().await;
    let gate = Gate::new().await;
    let page = format!(
        "{PAGE_WITH_LINK}<a href=http://{}/>Other</a>",
        other.address()
    );
    let site = gated_site()
        .with("public/index.html", &page)
        .with("public/heard.html", "");
    let app = site.dev().env("GATE", gate.address()).await;
    gate.arrival().await.pass().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/index.html")).await;
    app.edit("src/main.rs", &MAIN.replace("v1", "v2"));
    let build = gate.arrival().await;
    let click = "void setTimeout(() => document.querySelector('a').click())";
    tokio::join!(browser.evaluate(click), async {
        let request = other.arrival().await;
        build.pass().await;
        within("the news in the page", async {
            while recorded(&app, "/heard.html").await == 0 {}
        })
        .await;
        request.respond("<h1>The other server</h1>").await;
    });
    browser.shows("The other server").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_script_s_request_during_a_build_gets_its_answer_before_the_page_reloads() {
    let (app, gate, browser) = shown().await;
    for version in ["v2", "v3", "v4"] {
        let send = Act {
            script: "send()",
            path: "/done.html",
        };
        acts_during_a_build(&app, &gate, &browser, version, send).await;
        browser.shows(&format!("Hello from {version}")).await;
        let answer = browser.evaluate("sessionStorage.answer").await;
        assert_eq!(answer, format!("<h1>POST to {version}</h1>"));
    }
}

/// The app takes its time for a response, so that the page would hear of the new version long before.
#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_script_s_request_that_takes_longer_than_the_build_is_not_aborted() {
    let (app, gate, browser) = shown().await;
    let slow = MAIN.replace("v1", "v2").replace(
        "let file =",
        "if path == \"/done.html\" { http::wait_at_gate() }\n    let file =",
    );
    app.edit("src/main.rs", &slow);
    let build = gate.arrival().await;
    browser.evaluate("void send()").await;
    within("the request of the page", async {
        while recorded(&app, "/done.html").await == 0 {}
    })
    .await;
    build.pass().await;
    let request = gate.arrival().await;
    app.phase("ready").await;
    // A page that reloads does not come to the end of this.
    assert_eq!(browser.evaluate("lookAround()").await, "done");
    request.pass().await;
    browser.shows("Hello from v2").await;
    let answer = browser.evaluate("sessionStorage.answer").await;
    assert_eq!(answer, "<h1>POST to v2</h1>");
}
