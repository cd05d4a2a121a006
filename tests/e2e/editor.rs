//! The person's editor opens at the places that pages show.

use gin_tests::{Browser, Dev, Sandbox, within};
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe;

/// An app whose dev server starts `editor`, and a browser that shows its broken code.
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
async fn a_place_opens_by_mouse_and_the_diagnostic_in_focus_by_enter() {
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("told");
    let made = std::process::Command::new("mkfifo").arg(&told).status();
    assert!(made.unwrap().success());
    let mut arguments = pipe::OpenOptions::new()
        .read_write(true)
        .open_receiver(&told)
        .expect("a pipe can be opened");
    // An editor that tells its arguments.
    let editor = format!(
        "sh -c 'printf \"%s\\n\" \"$@\" > {}' editor {{file}} {{line}} {{column}}",
        told.display()
    );
    let (app, browser) = broken(&editor).await;
    let place = format!("{}\n1\n13\n", app.project().path("src/main.rs").display());
    for way in ["mouse", "key"] {
        match way {
            "mouse" => browser.click("figcaption .at").await,
            _ => browser.press(&['j', Browser::ENTER]).await,
        }
        let mut heard = vec![0; place.len()];
        let told = arguments.read_exact(&mut heard);
        within("the editor's arguments", told).await.unwrap();
        assert_eq!(String::from_utf8(heard).unwrap(), place, "by {way}");
        browser.shows("app/src/main.rs is open in the editor").await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn an_editor_that_does_not_open_is_told_of_until_it_is_put_away() {
    let (_app, browser) = broken("/no/such/editor").await;
    browser.click("figcaption .at").await;
    browser.shows("/no/such/editor can't be started").await;
    browser.shows("--editor").await;
    browser.click("#notice button").await;
    browser
        .until("!document.body.innerText.includes('--editor')")
        .await;
}

#[tokio::test]
async fn without_scripts_a_place_is_text() {
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
