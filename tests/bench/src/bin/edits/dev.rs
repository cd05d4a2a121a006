//! A process of `cargo gin dev`.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::app::{self, App};

/// A running dev server. Dropping it ends the process and its app.
pub(crate) struct Dev {
    process: Child,
    address: SocketAddr,
}

/// Builds `cargo-gin` with the profile of an installation and returns the path of the executable.
pub(crate) fn cargo_gin() -> anyhow::Result<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--package",
            "cargo-gin",
            "--message-format=json",
        ])
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "cargo-gin does not build");
    let lines = String::from_utf8_lossy(&output.stdout);
    lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "cargo-gin")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("cargo does not report the path of cargo-gin")
}

impl Dev {
    /// Starts a dev server and waits until it listens.
    pub(crate) fn start(cargo_gin: &Path, directory: &Path) -> anyhow::Result<Dev> {
        let mut process = Command::new(cargo_gin)
            .args(["gin", "dev", "--port", "0", "--message-format", "json"])
            .current_dir(directory)
            .env_remove("CARGO_TARGET_DIR")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = process
            .stdout
            .take()
            .context("standard output is not piped")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = lines
            .next()
            .context("the dev server ended without an event")??;
        // The dev server would block on a full pipe, so later events are read, too.
        std::thread::spawn(move || lines.count());
        let event: Value = serde_json::from_str(&first)?;
        let url = event["url"]
            .as_str()
            .context("the first event has no URL")?;
        let address = url.trim_start_matches("http://").parse()?;
        Ok(Dev { process, address })
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a request, which the dev server holds until the app is ready, and checks that the response ends with `text`.
    pub(crate) fn wait_for(&self, text: &str) -> anyhow::Result<()> {
        let response = app::get(self.address)?;
        ensure!(
            response.ends_with(text),
            "the app responded {response:?}, not {text:?}"
        );
        Ok(())
    }

    /// Returns the time from a save to the first response of the new code.
    pub(crate) fn edit(&self, app: &App, number: u32) -> anyhow::Result<Duration> {
        let since = Instant::now();
        app.edit(number)?;
        self.wait_for(&app::version(number))?;
        Ok(since.elapsed())
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // The app ends with the dev server, even after a kill.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
