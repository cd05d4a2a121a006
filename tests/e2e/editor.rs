//! The user's editor opens at the places that pages show.

use gin_tests::{Browser, Dev, Sandbox, within};
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe;

/// Starts an app with this `editor`, and a browser that shows its broken code.
async fn broken(editor: &str) -> (Dev, Browser) {
    let sandbox = Sandbox::with_main("fn main() { oops }");
    let app = sandbox.dev().arg("--editor").arg(editor).await;
    app.phase("failed").await;
    let browser = Browser::start().await;
    browser
        .visit(&format!("http://localhost:{}/", app.address().port()))
        .await;
    browser.shows("cannot find value").await;
    (app, browser)
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_click_opens_a_place_and_enter_opens_the_focused_diagnostic() {
    let directory = tempfile::tempdir().unwrap();
    let fifo = directory.path().join("arguments");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let mut arguments = pipe::OpenOptions::new()
        .read_write(true)
        .open_receiver(&fifo)
        .expect("a pipe can be opened");
    // An editor that writes its arguments to the pipe.
    let editor = format!(
        "sh -c 'printf \"%s\\n\" \"$@\" > {}' editor {{file}} {{line}} {{column}}",
        fifo.display()
    );
    let (app, browser) = broken(&editor).await;
    let place = format!("{}\n1\n13\n", app.project().path("src/main.rs").display());
    for way in ["mouse", "key"] {
        match way {
            "mouse" => browser.click("figcaption .at").await,
            _ => browser.press(&['j', Browser::ENTER]).await,
        }
        let mut received = vec![0; place.len()];
        let read = arguments.read_exact(&mut received);
        within("the editor's arguments", read).await.unwrap();
        assert_eq!(String::from_utf8(received).unwrap(), place, "by {way}");
        browser.shows("Opened app/src/main.rs in the editor").await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_notice_about_an_editor_that_fails_stays_until_it_is_dismissed() {
    let (_app, browser) = broken("/no/such/editor").await;
    browser.click("figcaption .at").await;
    browser.shows("/no/such/editor cannot be started").await;
    browser.shows("--editor").await;
    browser.click("#notice button").await;
    browser
        .until("!document.body.innerText.includes('--editor')")
        .await;
}

#[tokio::test]
async fn a_place_is_plain_text_without_scripts() {
    let sandbox = Sandbox::with_main("fn main() { oops }");
    let app = sandbox.dev().await;
    let page = app.page("/").await.is(500);
    let page = page.text();
    let (_, place) = page.split_once("<a class=\"at\"").expect("a place");
    let (attributes, _) = place.split_once('>').expect("an element");
    assert!(
        !attributes.contains("href") && !attributes.contains("tabindex"),
        "{attributes}"
    );
}
