//! A program that watches the sources of an app, and builds and starts it after each save.

use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use gin_bench::dev;
use gin_bench::process::free_address;

use crate::app::App;

/// The programs, with the settings that their users have for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    Watchexec,
    Bacon,
}

/// A program that runs. Dropping it ends it and the app.
pub(crate) struct Watcher {
    process: Child,
    address: SocketAddr,
}

/// The longest that an edit may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The time between two requests. More requests would take the build's CPU time.
const PAUSE: Duration = Duration::from_millis(1);

impl Program {
    fn command(self) -> Command {
        let (program, arguments) = match self {
            // The app stays in the process group, by which it is ended.
            Program::Watchexec => (
                "watchexec",
                "--quiet --restart --wrap-process=none --watch src -- cargo run --quiet",
            ),
            Program::Bacon => ("bacon", "--headless --job run-long"),
        };
        let mut command = Command::new(program);
        command.args(arguments.split(' '));
        command
    }
}

impl Watcher {
    /// Starts the program. An error if it is not installed.
    pub(crate) fn start(program: Program, app: &App) -> Result<Watcher> {
        let address = free_address()?;
        let process = program
            .command()
            .current_dir(app.directory())
            .env("PORT", address.port().to_string())
            .env_remove("CARGO_TARGET_DIR")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {program:?}"))?;
        Ok(Watcher { process, address })
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends requests until the response ends with `text`.
    pub(crate) fn wait_for(&self, text: &str) -> Result<()> {
        let since = Instant::now();
        // Until then the old app responds, or nothing listens.
        while !dev::get(self.address).is_ok_and(|response| response.ends_with(text)) {
            if since.elapsed() > PATIENCE {
                bail!("the app did not respond with {text:?}");
            }
            sleep(PAUSE);
        }
        Ok(())
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        // It may have ended by itself.
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.process.wait();
    }
}
