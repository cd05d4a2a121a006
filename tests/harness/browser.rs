//! A real browser, driven by the `WebDriver` protocol (<https://www.w3.org/TR/webdriver2/>).

use std::path::Path;

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;
use crate::command::command;
use crate::program::Program;
use crate::timeout::{TIMEOUT, within};

/// A Chromium without a window. Dropping it ends it.
///
/// What it is asked is said of the tab that was opened or chosen last.
#[derive(Debug)]
pub struct Browser {
    // In this order: the program ends before its folder goes.
    driver: Program,
    _profile: TempDir,
    client: Client,
    session: String,
}

/// A tab of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab(String);

/// What has gone wrong, in the protocol's words: `javascript error`, `no such window`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure(String);

impl Browser {
    /// The key that goes to the next thing that takes keys.
    pub const TAB: char = '\u{E004}';
    /// The key that leaves something.
    pub const ESCAPE: char = '\u{E00C}';
    /// The key that does what has been chosen.
    pub const ENTER: char = '\u{E007}';

    /// A browser with an empty tab, that has never been anywhere.
    pub async fn start() -> Browser {
        let profile = tempfile::Builder::new().prefix("gin-browser-").tempdir();
        let profile = profile.expect("there is room for a folder");
        let mut driver = command("chromedriver");
        driver.arg("--port=0").env("HOME", profile.path());
        let driver = Program::start(driver);
        let port = port(&driver).await;
        let client = Client::new(([127, 0, 0, 1], port).into());
        let session = client
            .get("/session")
            .post(capabilities(profile.path()).to_string());
        let session = session.await.is(200).json();
        let session = session["value"]["sessionId"].as_str();
        Browser {
            driver,
            _profile: profile,
            client,
            session: session.expect("a session has an id").to_owned(),
        }
    }

    /// Goes to a page and waits until it is loaded.
    pub async fn visit(&self, url: &str) {
        self.command("url", json!({ "url": url })).await;
    }

    /// Goes to a page again, as the person does who presses F5.
    pub async fn reload(&self) {
        self.command("refresh", json!({})).await;
    }

    /// Waits until a person sees this text, whatever the page does meanwhile.
    pub async fn shows(&self, text: &str) {
        let text = json!(text);
        let condition = format!("document.body.innerText.includes({text})");
        self.until(&condition).await;
    }

    /// Waits until a JavaScript expression is true, whatever the page does meanwhile. Answers what it is then.
    pub async fn until(&self, condition: &str) -> Value {
        // The page looks for itself, so that asking takes as long as there is nothing to tell.
        let script = format!(
            "const tell = arguments[0], end = performance.now() + 500;
             const look = () => {{
                 let value = null;
                 try {{ value = {condition}; }} catch {{}}
                 if (value || performance.now() > end) tell(value); else setTimeout(look, 5);
             }};
             look();"
        );
        within(&format!("`{condition}`"), async {
            loop {
                // A page that is left while it looks has no answer, and the next one is asked.
                match self.execute("async", &script).await {
                    Ok(value) if is_true(&value) => return value,
                    Ok(_) | Err(_) => {}
                }
            }
        })
        .await
    }

    /// Waits until there is an element at this `XPath`, without a script in the page.
    pub async fn finds(&self, path: &str) {
        self.command("timeouts", json!({ "implicit": 500 })).await;
        let using = json!({ "using": "xpath", "value": path });
        within(&format!("`{path}`"), async {
            while self.try_command("element", using.clone()).await.is_err() {}
        })
        .await;
        self.command("timeouts", json!({ "implicit": 0 })).await;
    }

    /// The value of a JavaScript expression.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let script = format!("return {expression};");
        let value = self.execute("sync", &script).await;
        value.unwrap_or_else(|failure| panic!("{expression}: {failure:?}"))
    }

    /// Presses the mouse on the first element that fits.
    pub async fn click(&self, selector: &str) {
        let using = json!({ "using": "css selector", "value": selector });
        let element = self.command("element", using).await;
        let element = element
            .as_object()
            .and_then(|element| element.values().next());
        let element = element
            .and_then(Value::as_str)
            .expect("an element has an id");
        self.command(&format!("element/{element}/click"), json!({}))
            .await;
    }

    /// Presses keys, one after the other. Those without a letter have one of the protocol's: [`Browser::TAB`].
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

    /// Opens a tab and goes on in it.
    pub async fn open_tab(&self) -> Tab {
        let tab = self.command("window/new", json!({ "type": "tab" })).await;
        let tab = Tab(tab["handle"]
            .as_str()
            .expect("a tab has a handle")
            .to_owned());
        self.switch_to(&tab).await;
        tab
    }

    /// The tab that is asked.
    pub async fn tab(&self) -> Tab {
        let tab = self.client.get(&self.path("window")).await.is(200).json();
        Tab(tab["value"]
            .as_str()
            .expect("a tab has a handle")
            .to_owned())
    }

    /// Goes on in another tab.
    pub async fn switch_to(&self, tab: &Tab) {
        self.command("window", json!({ "handle": tab.0 })).await;
    }

    /// What the browser has written to its console since it was asked last: errors of pages and broken policies.
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

    pub(crate) async fn command(&self, what: &str, body: Value) -> Value {
        let answer = self.try_command(what, body).await;
        answer.unwrap_or_else(|failure| panic!("{what}: {failure:?}"))
    }

    async fn try_command(&self, what: &str, body: Value) -> Result<Value, Failure> {
        let ask = self.client.get(&self.path(what)).post(body.to_string());
        let answer = ask.await;
        let value = answer.json()["value"].clone();
        match answer.status {
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
        // The driver would leave the browser behind, and a browser that is killed leaves processes behind that write on.
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

/// Where the driver listens, as it says.
async fn port(driver: &Program) -> u16 {
    const WORDS: &str = "started successfully on port ";
    let line = driver.events.find("chromedriver to listen", |line| {
        line.as_str().is_some_and(|line| line.contains(WORDS))
    });
    let line = line.await;
    let port = line.as_str().and_then(|line| line.split_once(WORDS));
    let port = port.and_then(|(_, port)| port.trim_end_matches('.').parse().ok());
    port.expect("chromedriver tells its port")
}

/// A browser that keeps to itself: no window, no network but the pages, a profile of its own. Names under `.test` are
/// this machine's. Nothing moves by itself, so what is to be clicked is where it is.
fn capabilities(profile: &Path) -> Value {
    let options = json!({
        "args": [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--force-prefers-reduced-motion", "--host-resolver-rules=MAP *.test 127.0.0.1",
            format!("--user-data-dir={}", profile.display()),
        ],
    });
    // By itself the driver is less patient than we are with scripts.
    let patience = TIMEOUT.as_millis();
    json!({
        "capabilities": { "alwaysMatch": {
            "timeouts": { "script": patience, "pageLoad": patience },
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
            "unhandledPromptBehavior": "accept",
        } },
    })
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != json!(0) && *value != json!("")
}
