//! Remedies that run: the page shows a command, and runs it once the user agrees.

use std::net::TcpListener;
use std::process::Stdio;

use gin_tests::{Browser, Sandbox, free_port};

use crate::site::{shown, site, url};

/// The command that the page shows before it runs.
const COMMAND: &str = "document.querySelector('#run[open] code')?.innerText";

async fn opened(browser: &Browser) -> String {
    browser.click("#remedies button").await;
    let command = browser.until(COMMAND).await;
    command.as_str().expect("it is text").to_owned()
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_port_that_the_app_has_opened_instead_is_used() {
    let port = free_port();
    let main = format!("fn main() {{ http::serve_at({port}, \"v1\") }}");
    let app = Sandbox::new("plain").with("src/main.rs", &main).dev().await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser
        .shows(&format!("listens on {port}, not on PORT="))
        .await;
    browser.shows(&format!("Use {port}")).await;
    let command = opened(&browser).await;
    assert_eq!(command, format!("cargo gin dev --app-port {port}"));
    browser.click("#no").await;
    browser.until(&format!("!{COMMAND}")).await;
    opened(&browser).await;
    browser.click("#yes").await;
    browser.shows("v1").await;
    app.phase("ready").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_crate_that_is_missing_is_offered_as_cargo_add() {
    let (app, browser) = shown(site(), "/index.html").await;
    app.replace(
        "src/main.rs",
        "fn main() {",
        "use no_such_crate_1234::X;\nfn main() {",
    );
    browser.shows("no_such_crate_1234").await;
    browser.shows("Add the crate no_such_crate_1234").await;
    let command = opened(&browser).await;
    assert!(
        command.starts_with("cargo add no_such_crate_1234 --package "),
        "{command}"
    );
    // The user sees all of the command before it runs.
    browser.set_width(320).await;
    let is_cut = browser
        .evaluate("(it => it.scrollWidth > it.clientWidth)(document.querySelector('#run pre'))");
    assert_eq!(is_cut.await, false);
    let manifest = app.project().read("Cargo.toml");
    // No registry has it, or none is reached: the reason is shown, and nothing has changed.
    browser.click("#yes").await;
    browser.until("!document.querySelector('#notice').hidden && document.querySelector('#notice p').innerText").await;
    assert_eq!(app.project().read("Cargo.toml"), manifest);
}

/// A program that holds a port until it is killed.
const HOLDER: &str = "import socket, sys, time
held = socket.socket()
held.bind(('127.0.0.1', int(sys.argv[1])))
held.listen()
print('held', flush=True)
time.sleep(600)";

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_holder_of_a_port_is_ended() {
    let port = free_port();
    let mut holder = std::process::Command::new("python3")
        .args(["-c", HOLDER, &port.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut held = String::new();
    let stdout = holder.stdout.take().expect("it is piped");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut held)
        .expect("it writes");
    assert_eq!(held, "held\n");
    let main = format!(
        "fn main() {{
            if let Err(error) = std::net::TcpListener::bind((\"127.0.0.1\", {port})) {{
                eprintln!(\"cannot listen on 127.0.0.1:{port}: {{error}}\");
                std::process::exit(1);
            }}
            http::serve(\"v1\")
        }}"
    );
    let app = Sandbox::new("plain").with("src/main.rs", &main).dev().await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser.shows(&format!("which has port {port}")).await;
    let command = opened(&browser).await;
    assert_eq!(command, format!("kill {}", holder.id()));
    browser.click("#yes").await;
    browser.shows("v1").await;
    holder.wait().expect("it was started");
    drop(TcpListener::bind(("127.0.0.1", port)).expect("the port is free"));
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn undefined_symbols_are_shown_at_their_lines() {
    let (app, browser) = shown(site(), "/index.html").await;
    app.replace(
        "src/main.rs",
        "fn main() {",
        "unsafe extern \"C\" { fn no_such_function(); }\nfn main() { unsafe { no_such_function() };",
    );
    browser.shows("Not found: no_such_function").await;
    let mark = "document.querySelector('.x mark.p')?.innerText === 'no_such_function'";
    browser.until(mark).await;
    browser
        .until("document.querySelector('.x .at[data-open]')?.innerText.includes('src/main.rs')")
        .await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn the_difference_of_two_types_is_highlighted() {
    let (app, browser) = shown(site(), "/index.html").await;
    let line = "fn main() { let x: Option<Vec<u8>> = None::<Vec<u16>>;";
    app.replace("src/main.rs", "fn main() {", line);
    let found =
        "[...document.querySelectorAll('.pre .b')].map((it) => it.innerText).join() === 'u8,u16'";
    browser.until(found).await;
}

/// A build script that needs a file of the user, and fails as a program does that may not write to it.
const SCRIPT: &str = r#"fn main() {
    println!("cargo::rerun-if-changed=cache");
    let cache = concat!(env!("CARGO_MANIFEST_DIR"), "/cache");
    let metadata = std::fs::metadata(cache).expect("it exists");
    assert!(!metadata.permissions().readonly(), "cannot open {cache}: Permission denied (os error 13)");
}"#;

#[cfg(unix)]
#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_file_of_the_user_that_a_build_may_not_write_is_permitted() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let project = Sandbox::new("plain")
        .with("build.rs", SCRIPT)
        .with("cache", "");
    let cache = project.path("cache");
    set_permissions(&cache, Permissions::from_mode(0o444)).expect("the file exists");
    let app = project.dev().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser.shows("Permit yourself app/cache").await;
    let command = opened(&browser).await;
    assert_eq!(command, format!("chmod u+rwX {}", cache.display()));
    browser.click("#yes").await;
    browser.shows("v1").await;
    let mode = cache.metadata().expect("the file exists").permissions();
    assert_eq!(mode.mode() & 0o777, 0o644);
}

/// A registry in a directory takes the place of crates.io.
const REGISTRY: &str = "[source.crates-io]
replace-with = \"near\"

[source.near]
directory = \"registry\"
";

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_crate_that_a_registry_has_is_added_and_the_app_starts() {
    let manifest = "[package]\nname = \"small\"\nversion = \"1.0.0\"\nedition = \"2024\"\n";
    let project = Sandbox::new("plain")
        .with("../.cargo/config.toml", REGISTRY)
        .with("../registry/small/Cargo.toml", manifest)
        .with("../registry/small/.cargo-checksum.json", "{\"files\":{}}")
        .with(
            "../registry/small/src/lib.rs",
            "pub const WORD: &str = \"small\";",
        )
        .with("src/main.rs", "fn main() { http::serve(small::WORD) }");
    let app = project.dev().await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser.visit(&url(&app, "/")).await;
    browser.shows("Add the crate small").await;
    let command = opened(&browser).await;
    assert_eq!(command, "cargo add small --package app");
    browser.click("#yes").await;
    browser.until("document.body.innerText === 'small'").await;
    let manifest = app.project().read("Cargo.toml");
    assert!(manifest.contains("small = \"1.0.0\""), "{manifest}");
}
