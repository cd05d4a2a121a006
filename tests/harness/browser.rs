//! A real browser, driven by the `WebDriver` protocol (<https://www.w3.org/TR/webdriver2/>).

use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;
use crate::command::command;
use crate::program::Program;
use crate::timeout::{TIMEOUT, within};

/// A headless Chromium. Dropping it closes it.
///
/// Its methods act on the current tab: the one that was opened or switched to last.
#[derive(Debug)]
pub struct Browser {
    // In this order: the browser exits before its profile directory is deleted.
    driver: Program,
    _profile: TempDir,
    client: Client,
    session: String,
}

/// A tab of a [`Browser`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab(String);

/// The certificates that a browser accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trust {
    /// Those of its user's authorities.
    System,
    All,
}

/// An error of the protocol, with its code: `javascript error`, `no such window`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure(String);

impl Browser {
    /// The Tab key, which moves the focus.
    pub const TAB: char = '\u{E004}';
    /// The Escape key.
    pub const ESCAPE: char = '\u{E00C}';
    /// The Enter key.
    pub const ENTER: char = '\u{E007}';

    /// Starts a browser with a new profile and one empty tab.
    pub async fn start() -> Browser {
        Browser::start_with(Trust::System, |_| {}).await
    }

    /// Starts a browser that accepts every certificate.
    pub async fn start_trusting_all() -> Browser {
        Browser::start_with(Trust::All, |_| {}).await
    }

    /// Starts a browser whose user has imported an authority. `certutil` is NSS's.
    pub async fn start_trusting(authority: &Path) -> Browser {
        Browser::start_with(Trust::System, |home| import(authority, home)).await
    }

    async fn start_with(trust: Trust, prepare: impl FnOnce(&Path)) -> Browser {
        let profile = tempfile::Builder::new().prefix("gin-browser-").tempdir();
        let profile = profile.expect("a temporary directory can be created");
        prepare(profile.path());
        let mut driver = command("chromedriver");
        driver.arg("--port=0").env("HOME", profile.path());
        let driver = Program::start(driver);
        let port = port(&driver).await;
        let client = Client::new(([127, 0, 0, 1], port).into());
        let session = client
            .get("/session")
            .post(capabilities(profile.path(), trust).to_string());
        let session = session.await.is(200).json();
        let session = session["value"]["sessionId"].as_str();
        Browser {
            driver,
            _profile: profile,
            client,
            session: session.expect("a session has an id").to_owned(),
        }
    }

    /// Navigates to `url` and waits until the page is loaded.
    pub async fn visit(&self, url: &str) {
        self.command("url", json!({ "url": url })).await;
    }

    /// Reloads the page, as a user does with F5.
    pub async fn reload(&self) {
        self.command("refresh", json!({})).await;
    }

    /// Waits until the page shows this text. The page may navigate or reload meanwhile.
    pub async fn shows(&self, text: &str) {
        let text = json!(text);
        let condition = format!("document.body.innerText.includes({text})");
        self.until(&condition).await;
    }

    /// Waits until a JavaScript expression is truthy, and returns its value. The page may navigate or reload meanwhile.
    pub async fn until(&self, condition: &str) -> Value {
        // The page polls the condition itself, for half a second a request.
        let script = format!(
            "const done = arguments[0], end = performance.now() + 500;
             const look = () => {{
                 let value = null;
                 try {{ value = {condition}; }} catch {{}}
                 if (value || performance.now() > end) done(value); else setTimeout(look, 5);
             }};
             look();"
        );
        within(&format!("`{condition}`"), async {
            loop {
                // A page that navigates away while it polls fails the command, and the next page is polled.
                match self.execute("async", &script).await {
                    Ok(value) if is_true(&value) => return value,
                    Ok(_) | Err(_) => {}
                }
            }
        })
        .await
    }

    /// Waits until an element matches this `XPath`, without running a script in the page.
    pub async fn finds(&self, path: &str) {
        self.command("timeouts", json!({ "implicit": 500 })).await;
        let using = json!({ "using": "xpath", "value": path });
        within(&format!("`{path}`"), async {
            while self.try_command("element", using.clone()).await.is_err() {}
        })
        .await;
        self.command("timeouts", json!({ "implicit": 0 })).await;
    }

    /// Returns the value of a JavaScript expression.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let script = format!("return {expression};");
        let value = self.execute("sync", &script).await;
        value.unwrap_or_else(|failure| panic!("{expression}: {failure:?}"))
    }

    /// Clicks the first element that matches `selector`.
    pub async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        self.command(&format!("element/{element}/click"), json!({}))
            .await;
    }

    /// Types into the first element that matches `selector`. Into a file input, it is the path of the file to choose.
    pub async fn fill(&self, selector: &str, text: &str) {
        let element = self.element(selector).await;
        let keys = json!({ "text": text });
        self.command(&format!("element/{element}/value"), keys)
            .await;
    }

    /// Returns the id of the first element that matches `selector`.
    async fn element(&self, selector: &str) -> String {
        let using = json!({ "using": "css selector", "value": selector });
        let element = self.command("element", using).await;
        let element = element
            .as_object()
            .and_then(|element| element.values().next());
        let element = element.and_then(Value::as_str);
        element.expect("an element has an id").to_owned()
    }

    /// Presses keys, one after the other. Keys without a character are constants: [`Browser::TAB`].
    pub async fn press(&self, keys: &[char]) {
        let strokes = keys.iter().flat_map(|key| {
            let stroke = |kind: &str| json!({ "type": kind, "value": key.to_string() });
            [stroke("keyDown"), stroke("keyUp")]
        });
        let strokes: Vec<Value> = strokes.collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.command("actions", json!({ "actions": [keyboard] }))
            .await;
    }

    /// Opens a tab and switches to it.
    pub async fn open_tab(&self) -> Tab {
        let tab = self.command("window/new", json!({ "type": "tab" })).await;
        let tab = Tab(tab["handle"]
            .as_str()
            .expect("a tab has a handle")
            .to_owned());
        self.switch_to(&tab).await;
        tab
    }

    /// Returns the current tab.
    pub async fn tab(&self) -> Tab {
        let tab = self.client.get(&self.path("window")).await.is(200).json();
        Tab(tab["value"]
            .as_str()
            .expect("a tab has a handle")
            .to_owned())
    }

    /// Makes `tab` the current one.
    pub async fn switch_to(&self, tab: &Tab) {
        self.command("window", json!({ "handle": tab.0 })).await;
    }

    /// Waits until a page has opened a tab besides `tab`, the only one until then, and switches to it.
    pub async fn switch_from(&self, tab: &Tab) {
        let opened = within("another tab", async {
            loop {
                let handles = self.client.get(&self.path("window/handles"));
                let handles = handles.await.is(200).json();
                let mut handles = handles["value"].as_array().into_iter().flatten();
                let other = handles.find(|handle| **handle != *tab.0);
                if let Some(handle) = other.and_then(Value::as_str) {
                    return Tab(handle.to_owned());
                }
            }
        });
        self.switch_to(&opened.await).await;
    }

    /// Takes the messages that were written to the console since the last call: errors of pages and violated policies.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.command("se/log", json!({ "type": "browser" })).await;
        let entries = entries.as_array().cloned().unwrap_or_default();
        let text = |entry: &Value| entry["message"].as_str().map(str::to_owned);
        entries.iter().filter_map(text).collect()
    }

    async fn execute(&self, kind: &str, script: &str) -> Result<Value, Failure> {
        let script = json!({ "script": script, "args": [] });
        self.try_command(&format!("execute/{kind}"), script).await
    }

    /// Sends a command of the protocol and returns its value.
    pub(crate) async fn command(&self, what: &str, body: Value) -> Value {
        let value = self.try_command(what, body).await;
        value.unwrap_or_else(|failure| panic!("{what}: {failure:?}"))
    }

    async fn try_command(&self, what: &str, body: Value) -> Result<Value, Failure> {
        let request = self.client.get(&self.path(what)).post(body.to_string());
        let response = request.await;
        let value = response.json()["value"].clone();
        match response.status {
            200 => Ok(value),
            _ => Err(Failure(format!("{}: {}", value["error"], value["message"]))),
        }
    }

    fn path(&self, what: &str) -> String {
        format!("/session/{}/{what}", self.session)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // chromedriver does not end the browser on SIGTERM, and the children of a killed browser keep writing to its profile.
        let processes = self.driver.processes();
        for browser in processes
            .iter()
            .filter(|process| process.name == "chromium")
        {
            browser.signal(Signal::TERM);
            browser.wait();
        }
    }
}

/// Waits until the driver listens, and returns its port.
async fn port(driver: &Program) -> u16 {
    const WORDS: &str = "started successfully on port ";
    let line = driver.events.find("chromedriver to listen", |line| {
        line.as_str().is_some_and(|line| line.contains(WORDS))
    });
    let line = line.await;
    let port = line.as_str().and_then(|line| line.split_once(WORDS));
    let port = port.and_then(|(_, port)| port.trim_end_matches('.').parse().ok());
    port.expect("chromedriver prints its port")
}

/// The capabilities of a headless browser with its own profile and no background network traffic.
///
/// Host names under `.test` resolve to this machine. Animations are off, so that elements stay where a click is aimed.
fn capabilities(profile: &Path, trust: Trust) -> Value {
    let options = json!({
        "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--force-prefers-reduced-motion", "--host-resolver-rules=MAP *.test 127.0.0.1",
            format!("--user-data-dir={}", profile.display()),
        ],
    });
    // The driver's default timeout for scripts is shorter than ours.
    let timeout = TIMEOUT.as_millis();
    json!({
        "capabilities": { "alwaysMatch": {
            "acceptInsecureCerts": trust == Trust::All,
            "timeouts": { "script": timeout, "pageLoad": timeout },
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "unhandledPromptBehavior": "accept",
        } },
    })
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != json!(0) && *value != json!("")
}

/// Imports an authority as the user of this home directory does.
fn import(authority: &Path, home: &Path) {
    let directory = home.join(".pki/nssdb");
    std::fs::create_dir_all(&directory).expect("the directory can be created");
    let database = format!("sql:{}", directory.display());
    let certutil = |args: &[&std::ffi::OsStr]| {
        let mut certutil = command("certutil");
        let done = certutil.arg("-d").arg(&database).args(args).status();
        assert!(
            done.expect("certutil starts").success(),
            "certutil {args:?}"
        );
    };
    certutil(&["-N", "--empty-password"].map(std::ffi::OsStr::new));
    let options = ["-A", "-t", "C,,", "-n", "cargo-gin", "-i"].map(std::ffi::OsStr::new);
    certutil(&[&options[..], &[authority.as_os_str()]].concat());
}
