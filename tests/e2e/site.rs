//! A site: an app that serves the files in `public`, and a browser that shows one of its pages.

use gin_tests::{Browser, Dev, Sandbox};

/// What the app is made of.
pub(crate) const MAIN: &str = include_str!("../fixtures/site/main.rs");

/// The app, with a page that has a style sheet.
pub(crate) fn site() -> Sandbox {
    furnished(Sandbox::new("plain"))
}

/// The app, with a build script that waits at the gate.
pub(crate) fn gated_site() -> Sandbox {
    furnished(Sandbox::with_gated_build())
}

fn furnished(project: Sandbox) -> Sandbox {
    let page = "<!doctype html><link rel=stylesheet href=/site.css><h1>Hello from {version}</h1>";
    project
        .with("src/main.rs", MAIN)
        .with("public/index.html", page)
        .with("public/site.css", "h1 { color: rgb(1, 1, 1) }")
        .with("public/favicon.ico", "")
}

/// The app, and a browser that shows a page of it.
pub(crate) async fn shown(site: Sandbox, page: &str) -> (Dev, Browser) {
    let app = site.dev().await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, page)).await;
    (app, browser)
}

/// Where a person finds a page of the app's.
pub(crate) fn url(app: &Dev, page: &str) -> String {
    url_at("localhost", app, page)
}

/// Where a person finds it by another name of this machine's.
pub(crate) fn url_at(host: &str, app: &Dev, page: &str) -> String {
    format!("http://{host}:{}{page}", app.address().port())
}

/// Leaves a mark in the page that does not outlive it.
pub(crate) async fn mark(browser: &Browser) {
    browser.evaluate("window.isMarked = true").await;
}

/// Is it still the page that was marked?
pub(crate) async fn is_marked(browser: &Browser) -> bool {
    browser.evaluate("window.isMarked === true").await == true
}

/// Fails if a page has written to the console. That it is no page of the app's the browser tells there itself.
pub(crate) async fn is_quiet(browser: &Browser) {
    let lines = browser.console().await.into_iter();
    let own = lines.filter(|line| !line.contains("the server responded with a status of 50"));
    assert_eq!(own.collect::<Vec<_>>(), Vec::<String>::new());
}
