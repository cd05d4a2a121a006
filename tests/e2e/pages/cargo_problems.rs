//! Problems outside the code: a build script that panics, a manifest, a lock that another process holds.

use gin_tests::{Browser, Sandbox};

use crate::site::{is_quiet, url};

/// The line that an excerpt marks, without its number.
const MARKED: &str = "document.querySelector('article .r.p')?.lastChild.parentNode.innerText";

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_build_script_s_panic_is_shown_where_it_happened() {
    let script = "fn main() {\n    println!(\"cargo::rerun-if-changed=build.rs\");\n    panic!(\"no protocol\");\n}\n";
    let project = Sandbox::new("plain").with("build.rs", script);
    let app = project.dev().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser.shows("app/build.rs:3:5").await;
    browser
        .until(&format!("{MARKED}.includes('panic!(\"no protocol\");')"))
        .await;
    let label = "document.querySelector('.l.p').innerText.includes('no protocol')";
    browser.until(label).await;
    // The message of the panic is in cargo's output, which is folded.
    let open = browser.evaluate("document.body.innerText").await;
    assert!(!open.to_string().contains("panicked at"), "{open}");
    is_quiet(&browser).await;
}

/// Regression: a long word was cut off at the edge.
#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_panic_of_300_characters_is_complete_at_its_place_on_every_screen() {
    const TEXT: &str = "document.querySelector('.l.p').innerText";
    const CUT: &str = "(() => {
        const label = document.querySelector('.l.p > span');
        const frame = label.closest('pre').getBoundingClientRect();
        const text = document.createRange();
        text.selectNodeContents(label);
        return [...text.getClientRects()].filter(({ left, right, bottom }) =>
            left < frame.left || right > frame.right + 0.5 || bottom > frame.bottom + 0.5).length;
    })()";
    for words in [
        "no protocol, ".repeat(23) + "end",
        "no/protocol".repeat(27) + "end",
    ] {
        let script = format!("fn main() {{\n    panic!(\"{words}\");\n}}\n");
        let app = Sandbox::new("plain").with("build.rs", &script).dev().await;
        app.phase("failed").await;
        let browser = Browser::start().await;
        for width in [1280, 390] {
            browser.set_width(width).await;
            browser.visit(&url(&app, "/")).await;
            browser.until("document.querySelector('.l.p')").await;
            let text = browser.evaluate(TEXT).await;
            let text = text.as_str().expect("it is text");
            assert!(text.contains(&words), "{width} pixels: {text}");
            assert_eq!(browser.evaluate(CUT).await, 0, "{width} pixels: {words}");
        }
    }
}

/// Regression: what a build script warns of was called an error.
#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_warning_of_a_build_script_that_fails_is_called_a_warning() {
    const WARNING: &str = "[...document.querySelectorAll('.dg.warning')].find((it) => it.textContent.includes('schema.sql is older'))";
    const LEVELS: &str = "[it.querySelector('.lv').textContent, it.querySelector('[data-fold=raw] pre').textContent.split(':')[0]]";
    let script = "fn main() {\n    println!(\"cargo::warning=schema.sql is older\");\n    std::process::exit(1);\n}\n";
    let project = Sandbox::new("plain").with("build.rs", script);
    let app = project.dev().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser.shows("1 error, 1 warning").await;
    browser.until(WARNING).await;
    let levels = format!("((it) => {LEVELS})({WARNING})");
    let levels = browser.evaluate(&levels).await;
    assert_eq!(levels, serde_json::json!(["warning", "warning"]));
    for media in ["text/plain", "text/markdown", "application/json"] {
        let response = app.get("/").accept(media).await.is(500);
        let text = response.text();
        assert!(text.contains("warning: app@0.0.0: schema.sql"), "{text}");
        assert!(!text.contains("error: app@"), "{text}");
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_missing_dependency_is_shown_in_the_manifest() {
    let project = Sandbox::new("plain");
    let manifest = std::fs::read_to_string(project.path("Cargo.toml")).unwrap();
    let manifest = format!("{manifest}\nlost = {{ path = \"../nowhere\" }}\n");
    let app = project.with("Cargo.toml", &manifest).dev().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser
        .until(&format!("{MARKED}.includes('lost = {{ path = ')"))
        .await;
    browser.shows("Caused by").await;
    is_quiet(&browser).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_holder_of_cargo_s_lock_is_shown_until_it_is_released() {
    let project = Sandbox::new("plain").with("../target/debug/.cargo-lock", "");
    let lock = std::fs::File::open(project.path("../target/debug/.cargo-lock")).unwrap();
    lock.lock().unwrap();
    let app = project.dev().await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser.shows(&format!("(pid {}", std::process::id())).await;
    browser.shows("cargo gin dev --target-dir target/gin").await;
    let text = browser.evaluate("document.body.innerText").await;
    assert!(!text.to_string().contains("rust-analyzer"), "{text}");
    is_quiet(&browser).await;
    drop(lock);
    browser.until("document.body.innerText === 'v1'").await;
}
