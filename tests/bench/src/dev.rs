//! A process of `cargo gin dev`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// A running dev server. Dropping it ends the process and its app.
#[derive(Debug)]
pub struct Dev {
    process: Child,
    address: SocketAddr,
}

/// Builds `cargo-gin` with the profile of an installation and returns the path of the executable.
///
/// # Errors
///
/// If it does not build.
pub fn cargo_gin() -> anyhow::Result<PathBuf> {
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
    ///
    /// # Errors
    ///
    /// If it ends before.
    pub fn start(cargo_gin: &Path, directory: &Path) -> anyhow::Result<Dev> {
        Dev::start_with(cargo_gin, directory, &[])
    }

    /// Starts a dev server with more options and waits until it listens.
    ///
    /// # Errors
    ///
    /// If it ends before.
    pub fn start_with(cargo_gin: &Path, directory: &Path, options: &[&str]) -> anyhow::Result<Dev> {
        let mut process = Command::new(cargo_gin)
            .args(["gin", "dev", "--port", "0", "--message-format", "json"])
            .args(options)
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

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The address of the proxy.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a request, which the dev server holds until the app is ready, and checks that the response ends with `text`.
    ///
    /// # Errors
    ///
    /// If it does not, or the dev server is gone.
    pub fn wait_for(&self, text: &str) -> anyhow::Result<()> {
        let response = get(self.address)?;
        ensure!(
            response.ends_with(text),
            "the app responded {response:?}, not {text:?}"
        );
        Ok(())
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // The app ends with the dev server, even after a kill.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Requests `/` on a new connection and returns the whole response.
///
/// # Errors
///
/// If nothing listens, or the connection breaks.
pub fn get(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response)
}
