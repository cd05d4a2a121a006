//! Diagnostics appear while cargo still runs, and do not disturb a user who reads them.

use gin_tests::{Browser, Dev, Gate, Sandbox, Visitor};
use serde_json::Value;

use crate::site::url;

/// A build script that waits at the gate whose address is in a variable, for each version of the library.
const SCRIPT: &str = "
use std::io::Read as _;

fn main() {
    println!(\"cargo::rerun-if-changed=../http/src/lib.rs\");
    let gate = std::env::var(\"NAME\").expect(\"there is a gate\");
    let mut gate = std::net::TcpStream::connect(gate).expect(\"the gate is open\");
    gate.read_exact(&mut [0]).expect(\"the gate is kept\");
}
";

/// Two errors of a library.
const BROKEN: &str = "
pub fn one() -> u8 { oops }
pub fn two() -> u8 { \"\" }
pub fn serve(_: &str) {}
";

/// Starts a workspace, and waits until a page shows the errors of its library while the build script of another crate waits
/// for the returned [`Visitor`]. The gates are those of the library and of the other crate.
async fn half_built() -> (Dev, Browser, Visitor, [Gate; 2]) {
    let gates = [Gate::new().await, Gate::new().await];
    let [library, slow] = &gates;
    let project = Sandbox::new("plain");
    let crates = project
        .read("../Cargo.toml")
        .replace("\"http\"", "\"http\", \"slow\"");
    let app = project.read("Cargo.toml") + "slow = { path = \"../slow\" }\n";
    let manifest = project.read("../http/Cargo.toml").replace("http", "slow");
    let project = project
        .with("../Cargo.toml", &crates)
        .with("Cargo.toml", &app)
        .with("../http/build.rs", &SCRIPT.replace("NAME", "LIBRARY_GATE"))
        .with("../http/src/lib.rs", BROKEN)
        .with("../slow/Cargo.toml", &manifest)
        .with("../slow/build.rs", &SCRIPT.replace("NAME", "SLOW_GATE"))
        .with("../slow/src/lib.rs", "");
    let app = project
        .dev()
        .env("LIBRARY_GATE", library.address())
        .env("SLOW_GATE", slow.address())
        // Both build scripts must run at the same time, also on a machine with one core.
        .env("CARGO_BUILD_JOBS", "2")
        .await;
    let (library, slow) = (library.arrival().await, slow.arrival().await);
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser.shows("Building app").await;
    library.pass().await;
    browser.shows("cannot find value oops in this scope").await;
    browser.shows("mismatched types").await;
    (app, browser, slow, gates)
}

/// The place of a reader: the diagnostic with the focus, its distance from the top, and its open fold.
struct Place {
    id: Value,
    top: f64,
}

impl Place {
    const ID: &str = "document.activeElement.id";
    const TOP: &str = "document.activeElement.getBoundingClientRect().top";
    const FOLD: &str = "document.activeElement.querySelector('[data-fold=raw]')";

    /// Moves the reader to the second diagnostic, and opens its fold.
    async fn take(browser: &Browser) -> Place {
        browser.press(&['j', 'j']).await;
        let open = format!("{}.open = true", Self::FOLD);
        browser.evaluate(&open).await;
        let top = browser.evaluate(Self::TOP).await;
        Place {
            id: browser.evaluate(Self::ID).await,
            top: top.as_f64().expect("it has a place"),
        }
    }

    async fn is_kept(&self, browser: &Browser) {
        assert_eq!(browser.evaluate(Self::ID).await, self.id);
        // A browser scrolls by whole pixels only.
        let top = browser.evaluate(Self::TOP).await.as_f64();
        let moved = (top.expect("it has a place") - self.top).abs();
        assert!(moved < 1.0, "by {moved} pixels");
        let open = format!("{}.open", Self::FOLD);
        assert_eq!(browser.evaluate(&open).await, true);
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn errors_appear_while_cargo_runs_and_the_reader_s_place_is_kept_when_it_exits() {
    let (_app, browser, slow, _gates) = half_built().await;
    assert_eq!(
        browser.evaluate("document.body.dataset.phase").await,
        "building"
    );
    let place = Place::take(&browser).await;
    slow.pass().await;
    browser
        .until("document.body.dataset.phase === 'failed'")
        .await;
    place.is_kept(&browser).await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_reader_s_place_is_kept_while_the_next_build_reports_its_errors() {
    let (app, browser, first, [library, slow]) = half_built().await;
    first.pass().await;
    browser
        .until("document.body.dataset.phase === 'failed'")
        .await;
    let place = Place::take(&browser).await;
    app.edit(
        "../http/src/lib.rs",
        &format!("// Two lines\n// more.{BROKEN}"),
    );
    let (one, other) = (library.arrival().await, slow.arrival().await);
    one.pass().await;
    browser
        .until("document.querySelector('#live').innerText.includes('2 errors so far')")
        .await;
    place.is_kept(&browser).await;
    other.pass().await;
    browser.until("document.body.dataset.build === '2'").await;
    place.is_kept(&browser).await;
    browser.shows("http/src/lib.rs:3:").await;
}
