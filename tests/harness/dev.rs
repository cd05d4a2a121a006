//! A running `cargo gin dev`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::ops::Deref;
use std::pin::Pin;
use std::process::Command;

use serde_json::Value;

use crate::client::{Client, Connection, Request};
use crate::program::{Exit, Program};
use crate::response::Response;
use crate::sandbox::Sandbox;
use crate::timeout::within;

/// A `cargo gin dev` that has not been started yet. Awaiting it starts it and waits until it listens.
#[derive(Debug)]
pub struct Start {
    sandbox: Sandbox,
    command: Command,
}

impl Start {
    pub(crate) fn new(sandbox: Sandbox, command: Command) -> Start {
        Start { sandbox, command }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Start {
        self.command.arg(arg);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Start {
        self.command.env(name, value);
        self
    }

    /// Starts it in its own user namespace, by a shell script that ends with `exec "$0" "$@"`. Limits and mounts that the script
    /// sets apply only there.
    #[must_use]
    pub fn limited(mut self, script: &str) -> Start {
        let mut shell = Command::new("unshare");
        shell.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
        shell.arg(self.command.get_program());
        shell.args(self.command.get_args());
        if let Some(folder) = self.command.get_current_dir() {
            shell.current_dir(folder);
        }
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        self.command = shell;
        self
    }

    /// Starts it, fails unless it exits with an error, and returns how it exited.
    pub async fn fails(self) -> Exit {
        let exit = Program::start(self.command).wait().await;
        assert!(!exit.stderr.contains("panicked"), "{}", exit.stderr);
        assert_ne!(exit.code, 0, "it did not fail");
        exit
    }
}

impl IntoFuture for Start {
    type Output = Dev;
    type IntoFuture = Pin<Box<dyn Future<Output = Dev>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let program = Program::start(self.command);
            let listening = program.events.find("the dev server to listen", |event| {
                event["event"] == "listening"
            });
            let listening = listening.await;
            let url = listening["url"].as_str().expect("the event has a URL");
            let address = address(url);
            Dev {
                program,
                client: Client::new(address),
                edited_after: Cell::new(0),
                originals: RefCell::default(),
                sandbox: self.sandbox,
            }
        })
    }
}

/// Returns the address of a URL whose host is an address, or else a name of this machine.
fn address(url: &str) -> SocketAddr {
    let (_, host) = url.split_once("://").expect("a URL has a scheme");
    host.parse().unwrap_or_else(|_| {
        let port = host.rsplit_once(':').map(|(_, port)| port.parse());
        let port = port.expect("the URL has a port");
        ([127, 0, 0, 1], port.expect("a port is a number")).into()
    })
}

/// A running `cargo gin dev` with its project. Dropping it stops it.
#[derive(Debug)]
pub struct Dev {
    // In this order: the program exits before its directory is deleted.
    program: Program,
    client: Client,
    /// The latest build when a file was last edited. Builds that the edit causes have higher numbers.
    edited_after: Cell<u64>,
    originals: RefCell<HashMap<String, String>>,
    sandbox: Sandbox,
}

impl Deref for Dev {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.program
    }
}

impl Dev {
    /// Returns the address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.client.address()
    }

    /// Returns its project, for changes other than edits. [`Dev::phase`] then waits for a phase that follows this call.
    pub fn project(&self) -> &Sandbox {
        self.edited_after.set(self.latest_build());
        &self.sandbox
    }

    /// Writes a file in place.
    pub fn edit(&self, path: &str, text: &str) {
        if let Ok(original) = std::fs::read_to_string(self.sandbox.path(path)) {
            let mut originals = self.originals.borrow_mut();
            originals.entry(path.to_owned()).or_insert(original);
        }
        self.project().edit(path, text);
    }

    /// Replaces the first `old` in a file by `new`, in place.
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        self.project().replace(path, old, new);
    }

    /// Writes the text that a file had before its first edit.
    pub fn restore(&self, path: &str) {
        let original = self.originals.borrow().get(path).cloned();
        let original = original.expect("the file was edited before");
        self.project().edit(path, &original);
    }

    /// Edits the app so that it responds with `text`.
    pub fn say(&self, text: &str) {
        let main = self.sandbox.read("src/main.rs");
        let (start, rest) = main.split_once("\"v").expect("the app has a version");
        let (_, end) = rest.split_once('"').expect("a string has an end");
        self.edit("src/main.rs", &format!("{start}\"{text}\"{end}"));
    }

    /// Returns a GET request without a browser's header fields.
    pub fn get(&self, path: &str) -> Request {
        self.client.get(path)
    }

    /// Opens a connection that can be reused.
    pub async fn connect(&self) -> Connection {
        self.client.connect().await
    }

    /// Requests a page as a browser does, until the response is not the page that waits for the app.
    pub async fn page(&self, path: &str) -> Response {
        within("a page other than the building page", async {
            loop {
                let response = self.get(path).as_navigation().await;
                if response.status != 503 {
                    return response;
                }
            }
        })
        .await
    }

    /// Returns the JSON of `/__gin/status`.
    pub async fn status(&self) -> Value {
        self.get("/__gin/status").await.is(200).json()
    }

    /// Returns the number of the latest attempt once a request has its response, and with it every change made before the call.
    pub async fn settled(&self) -> u64 {
        self.get("/").await;
        let number = self.status().await["build"].as_u64();
        number.expect("attempts are numbered")
    }

    /// Waits for the phase `name`, after the last edit or else the start, and returns its event.
    pub async fn phase(&self, name: &str) -> Value {
        let before = self.edited_after.get();
        let fits = |event: &Value| {
            event["event"] == "phase"
                && event["phase"] == name
                && event["build"].as_u64() > Some(before)
        };
        let what = format!("the phase to be `{name}`");
        self.program.events.find(&what, fits).await
    }

    /// Returns the number of the build that started last.
    pub fn latest_build(&self) -> u64 {
        let events = self.program.events.all();
        let builds = events.iter().filter_map(|event| event["build"].as_u64());
        builds.max().unwrap_or_default()
    }
}
