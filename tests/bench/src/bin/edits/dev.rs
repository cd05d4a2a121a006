//! A running `cargo gin dev`.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::app::{self, App};

/// The dev server's process.
pub(crate) struct Dev {
    process: Child,
    address: SocketAddr,
}

/// Builds `cargo-gin` as it is installed. Answers where it is.
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
        .context("cargo does not tell where cargo-gin is")
}

impl Dev {
    /// Starts it and waits until it listens.
    pub(crate) fn start(cargo_gin: &Path, folder: &Path) -> anyhow::Result<Dev> {
        let mut process = Command::new(cargo_gin)
            .args(["gin", "dev", "--port", "0", "--message-format", "json"])
            .current_dir(folder)
            .env_remove("CARGO_TARGET_DIR")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = process.stdout.take().context("there is no pipe")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next().context("the dev server says nothing")??;
        // What it says later is of no use here, and it must not wait for a reader.
        std::thread::spawn(move || lines.count());
        let event: Value = serde_json::from_str(&first)?;
        let url = event["url"].as_str().context("it does not tell its URL")?;
        let address = url.trim_start_matches("http://").parse()?;
        Ok(Dev { process, address })
    }

    /// Its process's id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Asks until the app says `text`; the dev server holds the request as long as it has to.
    pub(crate) fn wait_for(&self, text: &str) -> anyhow::Result<()> {
        let answer = app::get(self.address)?;
        ensure!(
            answer.ends_with(text),
            "the app said {answer:?}, not {text:?}"
        );
        Ok(())
    }

    /// From the save to the first right answer.
    pub(crate) fn edit(&self, app: &App, number: u32) -> anyhow::Result<Duration> {
        let since = Instant::now();
        app.edit(number)?;
        self.wait_for(&app::version(number))?;
        Ok(since.elapsed())
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // It ends its app however it ends itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
