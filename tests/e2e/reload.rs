//! Live reload of the app's pages in a real browser.

use gin_tests::{Browser, Relay};

use crate::site::{MAIN, is_marked, mark, shown, site, url, url_at};

/// The number of times that a tab has reloaded by itself recently.
const RELOADS: &str = "JSON.parse(sessionStorage['gin:reloads'] ?? '[]').length";

/// The badge in a corner of the page.
const BADGE: &str = "document.querySelector('gin-badge')";

async fn is_colored(browser: &Browser, grey: u8) {
    let color = format!("rgb({grey}, {grey}, {grey})");
    let heading = "getComputedStyle(document.querySelector('h1')).color";
    browser.until(&format!("{heading} === '{color}'")).await;
}

/// Fails unless exactly one tab holds the lock of the tab that listens to events.
async fn is_listening(browser: &Browser) {
    let locks =
        "navigator.locks.query().then(({ held, pending }) => [held.length, pending.length])";
    let tabs = browser.evaluate(locks).await;
    assert_eq!(tabs[0], 1, "{tabs}");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_new_build_reloads_the_page_once() {
    let (app, browser) = shown(site(), "/index.html").await;
    browser.shows("Hello from v1").await;
    app.say("v2");
    browser.shows("Hello from v2").await;
    assert_eq!(browser.evaluate(RELOADS).await, 1);
    assert_eq!(browser.evaluate("document.scripts.length").await, 0);
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_crash_shows_in_the_tab() {
    let (app, browser) = shown(site(), "/index.html").await;
    browser.shows("Hello from v1").await;
    for process in app.processes() {
        if process.name == "app" {
            process.signal(rustix::process::Signal::ABORT);
        }
    }
    browser.shows("SIGABRT").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_style_sheet_is_swapped_without_a_reload() {
    let (app, browser) = shown(site(), "/index.html").await;
    is_colored(&browser, 1).await;
    mark(&browser).await;
    for grey in 2..5 {
        let style = format!("h1 {{ color: rgb({grey}, {grey}, {grey}) }}");
        app.project().edit("public/site.css", &style);
        is_colored(&browser, grey).await;
        browser
            .until("document.querySelectorAll('link').length === 1")
            .await;
    }
    assert!(is_marked(&browser).await, "the page was reloaded");
    assert_eq!(app.latest_build(), 1);
}

/// A stand-in for a watcher of styles such as Tailwind's: it copies a file when that changes, and ends with its input.
const STYLES: &str = "while :; do
  read -t 0.02 || [ $? -gt 128 ] || exit
  cmp -s styles/in.css public/site.css || cp styles/in.css public/site.css
done";

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_output_of_a_watcher_of_styles_is_swapped_although_git_ignores_it() {
    let project = site();
    let manifest = project.read("Cargo.toml");
    // No page links the source of the styles, so that its changes would reload the page.
    let table = "
[package.metadata.gin]
exclude-dir = [\"styles\"]
with.css = { run = \"bash styles.sh\" }
";
    let project = project
        .with("Cargo.toml", &(manifest + table))
        .with("styles.sh", STYLES)
        .with("styles/in.css", "h1 { color: rgb(1, 1, 1) }")
        .with(".gitignore", "public/site.css\n");
    let (app, browser) = shown(project, "/index.html").await;
    is_colored(&browser, 1).await;
    mark(&browser).await;
    for grey in 2..5 {
        let style = format!("h1 {{ color: rgb({grey}, {grey}, {grey}) }}");
        app.project().edit("styles/in.css", &style);
        is_colored(&browser, grey).await;
    }
    assert!(is_marked(&browser).await, "the page was reloaded");
    assert_eq!(app.latest_build(), 1);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_style_sheet_that_no_link_names_reloads_the_page() {
    let site = site()
        .with("public/site.css", "@import url(/colors.css);")
        .with("public/colors.css", "h1 { color: rgb(1, 1, 1) }");
    let (app, browser) = shown(site, "/index.html").await;
    is_colored(&browser, 1).await;
    app.project()
        .edit("public/colors.css", "h1 { color: rgb(2, 2, 2) }");
    is_colored(&browser, 2).await;
    assert_eq!(browser.evaluate(RELOADS).await, 1);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_page_that_the_app_reads_when_it_runs_reloads_without_a_build() {
    let (app, browser) = shown(site(), "/index.html").await;
    browser.shows("Hello from v1").await;
    app.project()
        .edit("public/index.html", "<h1>Good day from {version}</h1>");
    browser.shows("Good day from v1").await;
    assert_eq!(app.latest_build(), 1);
    assert_eq!(browser.evaluate(RELOADS).await, 1);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn pages_are_kept_current_under_their_security_policies() {
    let policies = [
        "default-src 'self'",
        "default-src 'none'; style-src 'self'; img-src 'self'",
        "default-src 'none'; script-src 'none'; connect-src 'none'; style-src 'self'; img-src 'self'",
        "script-src 'nonce-abc' 'strict-dynamic'; object-src 'none'; base-uri 'none'",
        "script-src 'self' 'unsafe-inline'; connect-src https://api.test",
        "script-src-elem 'sha256-AAAA'; script-src 'none'",
        "require-trusted-types-for 'script'; trusted-types 'none'",
        "sandbox allow-scripts allow-same-origin; worker-src 'none'",
        "script-src 'self', script-src https:; connect-src https:",
    ];
    let head = |at: usize| format!("Content-Security-Policy: {}\n", policies[at]);
    let (app, browser) = shown(
        site().with("public/index.html.head", &head(0)),
        "/index.html",
    )
    .await;
    for (at, policy) in policies.iter().enumerate() {
        app.project().edit("public/index.html.head", &head(at));
        let page = "<!doctype html><link rel=stylesheet href=/site.css><h1>Before</h1>";
        app.project().edit("public/index.html", page);
        browser.visit(&url(&app, "/index.html")).await;
        // This many reloads in a few seconds would be taken for a page that reloads for ever.
        browser.evaluate("sessionStorage.clear()").await;
        app.project()
            .edit("public/index.html", &page.replace("Before", "After"));
        browser.shows("After").await;
        let grey = u8::try_from(at).expect("there are few") + 10;
        let style = format!("h1 {{ color: rgb({grey}, {grey}, {grey}) }}");
        app.project().edit("public/site.css", &style);
        is_colored(&browser, grey).await;
        let violations = browser.console().await.into_iter();
        let violations: Vec<_> = violations
            .filter(|line| line.contains("violates"))
            .collect();
        assert_eq!(violations, Vec::<String>::new(), "{policy}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn tabs_share_one_event_stream_that_survives_its_tab() {
    let (app, browser) = shown(site(), "/index.html").await;
    browser.shows("Hello from v1").await;
    let first = browser.tab().await;
    let second = browser.open_tab().await;
    browser.visit(&url(&app, "/index.html")).await;
    is_listening(&browser).await;
    app.say("v2");
    browser.shows("Hello from v2").await;
    browser.switch_to(&first).await;
    browser.shows("Hello from v2").await;
    browser.visit("about:blank").await;
    browser.switch_to(&second).await;
    app.say("v3");
    browser.shows("Hello from v3").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn more_tabs_than_connections_share_one_event_stream() {
    let (app, browser) = shown(site(), "/index.html").await;
    let mut tabs = vec![browser.tab().await];
    app.edit("src/main.rs", "fn main() { oops }");
    browser.shows("cannot find value").await;
    for page in ["/index.html", "/__gin/"].repeat(4) {
        tabs.push(browser.open_tab().await);
        browser.visit(&url(&app, page)).await;
        browser.shows("cannot find value").await;
    }
    is_listening(&browser).await;
    app.edit("src/main.rs", "fn main() { never }");
    for tab in &tabs {
        browser.switch_to(tab).await;
        browser.shows("cannot find value never").await;
    }
}

/// A page from another host over plain HTTP is not a secure context: it has no locks, and its requests have no `Sec-Fetch`
/// header fields.
#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn more_tabs_than_connections_are_kept_current_on_another_host_name() {
    let app = site().dev().arg("--allowed-host=app.test").await;
    app.phase("ready").await;
    let browser = Browser::start().await;
    let mut tabs = vec![browser.tab().await];
    for _ in 0..8 {
        tabs.push(browser.open_tab().await);
    }
    for tab in &tabs {
        browser.switch_to(tab).await;
        browser
            .visit(&url_at("app.test", &app, "/index.html"))
            .await;
        assert_eq!(browser.evaluate("isSecureContext").await, false);
    }
    app.say("v2");
    for tab in &tabs {
        browser.switch_to(tab).await;
        browser.shows("Hello from v2").await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_restarted_dev_server_reloads_the_page_once() {
    let relay = Relay::start().await;
    let app = site().dev().await;
    app.phase("ready").await;
    relay.forwards_to(&app);
    let browser = Browser::start().await;
    browser.visit(&relay.url("/index.html")).await;
    browser.shows("Hello from v1").await;
    drop(app);
    let app = site().dev().await;
    relay.forwards_to(&app);
    browser.until(&format!("{RELOADS} === 1")).await;
    browser.shows("Hello from v1").await;
    app.say("v2");
    browser.shows("Hello from v2").await;
    assert_eq!(browser.evaluate(RELOADS).await, 2);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_form_is_not_submitted_again_by_a_reload() {
    let form = "<form method=post action=/done.html><button>Send</button></form>";
    let site = site()
        .with("public/index.html", form)
        .with("public/done.html", "<h1>{method} to {version}</h1>");
    let (app, browser) = shown(site, "/index.html").await;
    browser.click("button").await;
    browser.shows("POST to v1").await;
    mark(&browser).await;
    app.say("v2");
    browser.until(BADGE).await;
    assert!(is_marked(&browser).await, "the form was submitted again");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn warnings_are_a_badge_that_can_be_dismissed() {
    let main = format!("{MAIN}\nfn unused<T>() {{ let _ = \"<script>alert(1)</script>\"; }}\n");
    let (app, browser) = shown(site().with("src/main.rs", &main), "/index.html").await;
    browser.until(BADGE).await;
    let root = browser.evaluate(&format!("{BADGE}.shadowRoot")).await;
    assert!(root.is_null(), "the page can reach into the badge");
    browser
        .press(&[Browser::TAB, Browser::TAB, Browser::ENTER])
        .await;
    browser.until(&format!("!{BADGE}")).await;
    browser.reload().await;
    app.project()
        .edit("public/site.css", "h1 { color: rgb(2, 2, 2) }");
    is_colored(&browser, 2).await;
    assert!(browser.evaluate(BADGE).await.is_null(), "the badge is back");
    app.say("v2");
    browser.shows("Hello from v2").await;
    browser.until(BADGE).await;
}

/// A hook that finds something once there is a file `go`.
const LATE_LINT: &str = r#"until test -e go; do sleep 0.02; done
echo '{"reason":"compiler-message","target":{"name":"app","kind":["bin"]},"message":{"message":"a late find","level":"warning"}}'"#;

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_badge_counts_the_finds_of_a_hook_without_a_reload() {
    const TEXT: &str =
        "document.querySelector('gin-badge')?.shadowRoot.querySelector('summary').innerText";
    let project = site();
    let manifest = project.read("Cargo.toml");
    let table = "\n[package.metadata.gin.on]\nready = \"sh lint.sh\"\n";
    let main = format!("{MAIN}\nfn unused<T>() {{}}\n");
    let project = project
        .with("Cargo.toml", &(manifest + table))
        .with("lint.sh", LATE_LINT)
        .with("src/main.rs", &main);
    let (app, browser) = shown(project, "/index.html").await;
    browser.open_shadow_roots().await;
    browser.reload().await;
    browser.until(&format!("{TEXT} === '1 warning'")).await;
    mark(&browser).await;
    app.project().edit("go", "");
    browser.until(&format!("{TEXT} === '2 warnings'")).await;
    assert!(is_marked(&browser).await, "the page was reloaded");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn no_reload_leaves_the_page_unchanged() {
    let app = site().dev().arg("--no-reload").await;
    app.phase("ready").await;
    let page = app.page("/index.html").await.is(200);
    page.says("<!doctype html><link rel=stylesheet href=/site.css><h1>Hello from v1</h1>");
}

#[tokio::test]
async fn a_page_requested_after_a_save_has_its_revision() {
    let app = site().dev().await;
    app.phase("ready").await;
    for revision in 1..=20 {
        let style = format!("h1 {{ margin: {revision}px }}");
        app.project().edit("public/site.css", &style);
        let page = app.get("/index.html").as_navigation().await.is(200);
        let known = format!("data-revision=\"{revision}\"");
        assert!(page.text().contains(&known), "not {known}: {}", page.text());
    }
    assert_eq!(app.latest_build(), 1);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn frames_are_kept_current_and_sandboxed_ones_are_left_alone() {
    let frames =
        "<iframe src=/index.html></iframe><iframe sandbox=allow-scripts src=/index.html></iframe>";
    let site = site().with("public/frames.html", frames);
    let (app, browser) = shown(site, "/frames.html").await;
    let heading = "frames[0].document.querySelector('h1')";
    browser
        .until(&format!("{heading}.innerText === 'Hello from v1'"))
        .await;
    let style = "h1 { color: rgb(2, 2, 2) }";
    app.project().edit("public/site.css", style);
    // The outer page has no such style sheet, so it reloads, and its frames with it.
    browser
        .until(&format!(
            "getComputedStyle({heading}).color === 'rgb(2, 2, 2)'"
        ))
        .await;
    app.say("v2");
    browser
        .until(&format!("{heading}.innerText === 'Hello from v2'"))
        .await;
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn pages_behind_a_service_worker_are_kept_current() {
    let page = "<!doctype html><h1>Hello from {version}</h1><script>
        navigator.serviceWorker.register('/worker.js');
    </script>";
    let worker = "addEventListener('install', () => skipWaiting());
        addEventListener('activate', (event) => event.waitUntil(clients.claim()));
        addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));";
    let site = site()
        .with("public/index.html", page)
        .with("public/worker.js", worker);
    let (app, browser) = shown(site, "/index.html").await;
    let is_controlled = "navigator.serviceWorker.controller";
    browser.until(is_controlled).await;
    browser.visit(&url(&app, "/index.html")).await;
    browser.until(is_controlled).await;
    app.say("v2");
    browser.shows("Hello from v2").await;
    app.edit("src/main.rs", "fn main() { oops }");
    browser.shows("cannot find value oops").await;
    // The dashboard reports it, and unregisters it.
    browser.visit(&url(&app, "/__gin/")).await;
    browser.shows("A service worker is in control").await;
    browser.click("#unregister").await;
    browser
        .until("navigator.serviceWorker.getRegistrations().then((found) => found.length === 0)")
        .await;
    browser
        .until("!document.querySelector('#worker').checkVisibility()")
        .await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_service_worker_that_keeps_old_pages_is_reported_by_the_terminal_and_the_page() {
    const NOTE: &str =
        "document.querySelector('gin-badge')?.shadowRoot.querySelector('span')?.innerText";
    let page = "<!doctype html><h1>Hello from {version}</h1><script>
        navigator.serviceWorker.register('/worker.js');
    </script>";
    let worker = "addEventListener('install', () => skipWaiting());
        addEventListener('activate', (event) => event.waitUntil(clients.claim()));
        const kept = async (request) => {
            const cache = await caches.open('pages');
            if (!(await cache.match(request))) await cache.put(request, await fetch(request));
            return cache.match(request);
        };
        addEventListener('fetch', (event) => {
            if (event.request.mode === 'navigate') event.respondWith(kept(event.request));
        });";
    let site = site()
        .with("public/index.html", page)
        .with("public/worker.js", worker);
    let (app, browser) = shown(site, "/index.html").await;
    let is_notice = |event: &serde_json::Value| {
        let text = event["text"].as_str().unwrap_or_default();
        event["event"] == "notice" && text.starts_with("/worker.js is a service worker")
    };
    let notices = &app.events;
    notices.find("a notice about the worker", is_notice).await;
    browser.open_shadow_roots().await;
    browser.until("navigator.serviceWorker.controller").await;
    // The worker takes the page from its cache from now on, and browsers look for a newer worker at visits.
    browser.visit(&url(&app, "/index.html")).await;
    app.say("v2");
    browser
        .until(&format!("({NOTE} ?? '').includes('service worker')"))
        .await;
    browser.shows("Hello from v1").await;
    let notices = notices.all();
    assert_eq!(notices.iter().filter(|event| is_notice(event)).count(), 1);
}
