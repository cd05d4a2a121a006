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

/// `cargo gin dev`, about to be started: awaited, it listens.
#[derive(Debug)]
pub struct Start {
    sandbox: Sandbox,
    command: Command,
}

impl Start {
    pub(crate) fn new(sandbox: Sandbox, command: Command) -> Start {
        Start { sandbox, command }
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Start {
        self.command.arg(arg);
        self
    }

    /// With a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Start {
        self.command.env(name, value);
        self
    }

    /// By a shell whose script then becomes `"$0" "$@"`, in a user namespace of its own: with limits and mounts that only hold there.
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

    /// For a start that fails: how it ended.
    pub async fn fails(self) -> Exit {
        let ended = Program::start(self.command).wait().await;
        assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
        assert_ne!(ended.code, 0, "it did not fail");
        ended
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
            let url = listening["url"].as_str().expect("it tells its URL");
            let address = url.strip_prefix("http://").map(str::parse);
            let address = address.expect("it speaks HTTP").expect("its URL is an IP");
            Dev {
                program,
                client: Client::new(address),
                seen: Cell::new(0),
                originals: RefCell::default(),
                sandbox: self.sandbox,
            }
        })
    }
}

/// A running `cargo gin dev` with its project. Dropping it ends it.
#[derive(Debug)]
pub struct Dev {
    // In this order: the program ends before its folder goes.
    program: Program,
    client: Client,
    /// The newest build when a file was last edited: what follows from the edit bears a higher number.
    seen: Cell<u64>,
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
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.client.address()
    }

    /// Its project, to do more with than edit a file. [`Dev::phase`] then speaks of what comes after that.
    pub fn project(&self) -> &Sandbox {
        self.seen.set(self.newest_build());
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

    /// Writes a file in place, with another text at a place where it says `old`.
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        self.project().replace(path, old, new);
    }

    /// Writes what a file held before its first edit.
    pub fn restore(&self, path: &str) {
        let original = self.originals.borrow().get(path).cloned();
        let original = original.expect("the file was edited before");
        self.project().edit(path, &original);
    }

    /// Edits the app so that it says `text`.
    pub fn say(&self, text: &str) {
        let main = self.sandbox.read("src/main.rs");
        let (start, rest) = main.split_once("\"v").expect("the app says a version");
        let (_, end) = rest.split_once('"').expect("a string has an end");
        self.edit("src/main.rs", &format!("{start}\"{text}\"{end}"));
    }

    /// Asks as a script would.
    pub fn get(&self, path: &str) -> Request {
        self.client.get(path)
    }

    /// A connection for one request after the other.
    pub async fn connect(&self) -> Connection {
        self.client.connect().await
    }

    /// Asks as a browser does, until there is something else than the page that says to wait.
    pub async fn page(&self, path: &str) -> Response {
        within("a page other than the building page", async {
            loop {
                let answer = self.get(path).as_navigation().await;
                if answer.status != 503 {
                    return answer;
                }
            }
        })
        .await
    }

    /// What `/__gin/status` says.
    pub async fn status(&self) -> Value {
        self.get("/__gin/status").await.is(200).json()
    }

    /// Waits until the phase that follows the last edit, or the start, is this one.
    pub async fn phase(&self, name: &str) -> Value {
        let seen = self.seen.get();
        let fits = |event: &Value| {
            event["event"] == "phase"
                && event["phase"] == name
                && event["build"].as_u64() > Some(seen)
        };
        let what = format!("the phase to be `{name}`");
        self.program.events.find(&what, fits).await
    }

    /// The number of the build that was begun last.
    pub fn newest_build(&self) -> u64 {
        let events = self.program.events.all();
        let builds = events.iter().filter_map(|event| event["build"].as_u64());
        builds.max().unwrap_or_default()
    }
}
