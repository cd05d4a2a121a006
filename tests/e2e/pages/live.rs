//! Diagnostics appear while cargo still runs, and do not disturb a user who reads them.

use gin_tests::{Browser, Dev, Gate, Sandbox, Visitor};

use crate::site::url;

/// A build script that waits at the gate whose address is in a variable.
const SCRIPT: &str = "
use std::io::Read as _;

fn main() {
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
/// for the returned [`Visitor`].
async fn half_built() -> (Dev, Browser, Visitor) {
    let (library, slow) = (Gate::new().await, Gate::new().await);
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
    (app, browser, slow)
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn errors_appear_while_cargo_runs_and_the_reader_s_place_is_kept_when_it_exits() {
    const READ: &str = "document.activeElement.id";
    const TOP: &str = "document.activeElement.getBoundingClientRect().top";
    const FOLD: &str = "document.activeElement.querySelector('[data-fold=raw]')";
    let (_app, browser, slow) = half_built().await;
    assert_eq!(
        browser.evaluate("document.body.dataset.phase").await,
        "building"
    );
    browser.press(&['j', 'j']).await;
    browser.evaluate(&format!("{FOLD}.open = true")).await;
    let read = browser.evaluate(READ).await;
    let top = browser.evaluate(TOP).await;
    slow.pass().await;
    browser
        .until("document.body.dataset.phase === 'failed'")
        .await;
    assert_eq!(browser.evaluate(READ).await, read);
    // A browser scrolls by whole pixels only.
    let moved = browser.evaluate(&format!("Math.abs({TOP} - {top})")).await;
    assert!(
        moved.as_f64().is_some_and(|moved| moved < 1.0),
        "by {moved} pixels"
    );
    assert_eq!(browser.evaluate(&format!("{FOLD}.open")).await, true);
}
