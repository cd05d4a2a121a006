//! An app that serves the files in `public`, and a browser that shows one of its pages.

use gin_tests::{Browser, Dev, Sandbox};

/// The source of the app.
pub(crate) const MAIN: &str = include_str!("../fixtures/site/main.rs");

/// Returns the app, with a page that has a style sheet.
pub(crate) fn site() -> Sandbox {
    with_public_files(Sandbox::new("plain"))
}

/// Returns the app, with a build script that waits at the gate.
pub(crate) fn gated_site() -> Sandbox {
    with_public_files(Sandbox::with_gated_build())
}

fn with_public_files(project: Sandbox) -> Sandbox {
    let page = "<!doctype html><link rel=stylesheet href=/site.css><h1>Hello from {version}</h1>";
    project
        .with("src/main.rs", MAIN)
        .with("public/index.html", page)
        .with("public/site.css", "h1 { color: rgb(1, 1, 1) }")
        .with("public/favicon.ico", "")
}

/// Starts the app, and a browser that shows a page of it.
pub(crate) async fn shown(site: Sandbox, page: &str) -> (Dev, Browser) {
    let app = site.dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, page)).await;
    (app, browser)
}

/// Starts an app, requests two of its pages before an edit that changes one of them, and shows the comparison in a browser.
pub(crate) async fn compared() -> (Dev, Browser) {
    let project = Sandbox::with_main(MAIN)
        .with("public/a.html", "<p>a from {version}</p>")
        .with("public/b.html", "<p>b</p>")
        .with("public/later.html", "<p>later from {version}</p>");
    let app = project.dev().arg("--record-bodies").await;
    app.phase("ready").await;
    for path in ["/a.html", "/b.html"] {
        app.get(path).await.is(200).text();
    }
    app.say("v2");
    let later = app.get("/later.html").await.is(200);
    later.says("<p>later from v2</p>");
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/__gin/")).await;
    browser.click("#compare").await;
    browser.shows("1 of 2 requests changed").await;
    (app, browser)
}

/// Returns the URL of a page of the app.
pub(crate) fn url(app: &Dev, page: &str) -> String {
    url_at("localhost", app, page)
}

/// Returns the URL of a page under another name of this machine.
pub(crate) fn url_at(host: &str, app: &Dev, page: &str) -> String {
    format!("http://{host}:{}{page}", app.address().port())
}

/// Marks the page. A reload removes the mark.
pub(crate) async fn mark(browser: &Browser) {
    browser.evaluate("window.isMarked = true").await;
}

/// Returns `true` if the page has not been reloaded since it was marked.
pub(crate) async fn is_marked(browser: &Browser) -> bool {
    browser.evaluate("window.isMarked === true").await == true
}

/// Fails if a page has written to the console. The browser itself logs the status of our pages, which is ignored.
pub(crate) async fn is_quiet(browser: &Browser) {
    let lines = browser.console().await.into_iter();
    let others = lines.filter(|line| !line.contains("the server responded with a status of 50"));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new());
}
