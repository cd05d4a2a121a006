//! The user's editor opens at the places that pages show.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use gin_tests::{Browser, Dev, Sandbox, within};
use serde_json::json;
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
    let (fifo, mut arguments) = fifo(directory.path());
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
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn a_place_is_copied_if_no_editor_opens() {
    let (_app, browser) = broken("/no/such/editor").await;
    browser.click("figcaption .at").await;
    browser.shows("Copied app/src/main.rs:1:13").await;
    assert_eq!(browser.clipboard().await, "app/src/main.rs:1:13");
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

/// Makes a pipe in `directory`. Returns its path and its end for reading.
fn fifo(directory: &Path) -> (PathBuf, pipe::Receiver) {
    let fifo = directory.join("arguments");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("mkfifo runs").success());
    let mut options = pipe::OpenOptions::new();
    let receiver = options.read_write(true).open_receiver(&fifo);
    (fifo, receiver.expect("a pipe can be opened"))
}

/// Opens the editor at the error of [`broken`], as its page does.
async fn opens(app: &Dev) {
    let status = app.get("/__gin/status").await.is(200);
    let token = status.headers["x-gin-token"].to_str().expect("it is text");
    let place = json!({ "build": status.json()["build"], "id": "d0:1:13" });
    let order = app
        .get("/__gin/open")
        .post(place.to_string())
        .header("content-type", "application/json")
        .header("origin", &format!("http://{}", app.address()))
        .header("x-gin-token", token);
    assert_eq!(order.await.is(200).json()["opened"], "app/src/main.rs");
}

/// A tmux with one session, which ends with it.
struct Tmux {
    socket: PathBuf,
}

impl Tmux {
    fn start(directory: &Path) -> Tmux {
        let socket = directory.join("tmux");
        let mut start = Command::new("tmux");
        start.arg("-S").arg(&socket);
        let started = start.args(["-f/dev/null", "new-session", "-d"]).status();
        assert!(started.expect("tmux runs").success());
        Tmux { socket }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let mut end = Command::new("tmux");
        let _ = end.arg("-S").arg(&self.socket).arg("kill-server").status();
    }
}

#[tokio::test]
#[cfg_attr(not(has_tmux), ignore = "needs tmux")]
async fn a_terminal_editor_opens_in_a_window_of_tmux() {
    let directory = tempfile::tempdir().unwrap();
    let (fifo, mut arguments) = fifo(directory.path());
    let vim = directory.path().join("vim");
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\n", fifo.display());
    fs::write(&vim, script).unwrap();
    fs::set_permissions(&vim, fs::Permissions::from_mode(0o755)).unwrap();
    let tmux = Tmux::start(directory.path());
    let dev = Sandbox::with_main("fn main() { oops }")
        .dev()
        .arg("--editor")
        .arg(&vim);
    let app = dev
        .env("TMUX", format!("{},0,0", tmux.socket.display()))
        .await;
    app.phase("failed").await;
    opens(&app).await;
    let path = app.project().path("src/main.rs");
    let expected = format!("+call cursor(1, 13)\n{}\n", path.display());
    let mut received = vec![0; expected.len()];
    let read = arguments.read_exact(&mut received);
    within("the editor's arguments", read).await.unwrap();
    assert_eq!(String::from_utf8(received).unwrap(), expected);
}

/// A Neovim that listens at a socket.
struct Neovim {
    socket: PathBuf,
    process: Child,
}

impl Neovim {
    fn start(directory: &Path) -> Neovim {
        let socket = directory.join("nvim");
        let mut start = Command::new("nvim");
        start
            .args(["--clean", "--headless", "--listen"])
            .arg(&socket);
        let process = start.stdin(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = process.expect("Neovim starts");
        Neovim { socket, process }
    }

    /// Waits until it responds.
    async fn ready(&self) {
        let responds = async {
            while self.value("tabpagenr('$')") != "1" {
                tokio::task::yield_now().await;
            }
        };
        within("Neovim", responds).await;
    }

    /// Returns the value of an expression.
    fn value(&self, expression: &str) -> String {
        let mut ask = Command::new("nvim");
        ask.arg("--server")
            .arg(&self.socket)
            .args(["--remote-expr", expression]);
        let output = ask.output().expect("Neovim runs");
        // Some versions write it to standard error.
        let text = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&text).trim().to_owned()
    }
}

impl Drop for Neovim {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
#[cfg_attr(not(has_nvim), ignore = "needs nvim")]
async fn an_editor_opens_in_a_tab_of_the_neovim_around_us() {
    let directory = tempfile::tempdir().unwrap();
    let neovim = Neovim::start(directory.path());
    let dev = Sandbox::with_main("fn main() { oops }").dev();
    let app = dev
        .env("NVIM", &neovim.socket)
        .env("VISUAL", "")
        .env("EDITOR", "")
        .await;
    app.phase("failed").await;
    neovim.ready().await;
    opens(&app).await;
    let place = "expand('%:p') . ':' . line('.') . ':' . col('.')";
    let path = app.project().path("src/main.rs");
    assert_eq!(neovim.value(place), format!("{}:1:13", path.display()));
}
