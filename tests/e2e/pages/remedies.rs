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
