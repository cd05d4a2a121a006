//! A small app on axum that responds with its version.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use gin_bench::dev;

/// The app's package, in a temporary directory.
pub(crate) struct App {
    directory: PathBuf,
}

const MANIFEST: &str = r#"[package]
name = "edited"
version = "0.1.0"
edition = "2024"

[dependencies]
axum = "0.8"
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }

[workspace]
"#;

const SOURCE: &str = r#"use axum::{Router, routing::get};

#[tokio::main]
async fn main() {
    let port = std::env::var("PORT").unwrap();
    let app = Router::new().route("/", get(|| async { "VERSION" }));
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
"#;

/// The response of the app after its `number`th edit.
pub(crate) fn version(number: u32) -> String {
    format!("version {number}.")
}

impl App {
    /// Writes the app and builds it with its dependencies.
    pub(crate) fn create() -> anyhow::Result<App> {
        let directory = std::env::temp_dir()
            .join(format!("gin-bench-{}", std::process::id()))
            .join("edited");
        fs::create_dir_all(directory.join("src"))?;
        fs::write(directory.join("Cargo.toml"), MANIFEST)?;
        fs::write(directory.join(".gitignore"), "/target\n")?;
        let app = App { directory };
        app.edit(0)?;
        app.build()?;
        Ok(app)
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Saves the source with another version.
    pub(crate) fn edit(&self, number: u32) -> anyhow::Result<()> {
        let source = SOURCE.replace("VERSION", &version(number));
        fs::write(self.directory.join("src/main.rs"), source).context("cannot edit the app")
    }

    /// Returns the time from a save to the first response of the new code, without a dev server.
    pub(crate) fn build_and_start(&self, number: u32) -> anyhow::Result<Duration> {
        let since = Instant::now();
        self.edit(number)?;
        self.build()?;
        let free = TcpListener::bind("127.0.0.1:0")?;
        let address = free.local_addr()?;
        drop(free);
        let mut process = Command::new(self.directory.join("target/debug/edited"))
            .env("PORT", address.port().to_string())
            .spawn()?;
        let took = loop {
            match dev::get(address) {
                Ok(response) if response.ends_with(&version(number)) => break since.elapsed(),
                Ok(response) => bail!("the app responded {response:?}"),
                // The app does not listen yet.
                Err(_) => std::hint::spin_loop(),
            }
        };
        process.kill()?;
        process.wait()?;
        Ok(took)
    }

    fn build(&self) -> anyhow::Result<()> {
        let status = Command::new("cargo")
            .args(["build", "--quiet"])
            .current_dir(&self.directory)
            .env_remove("CARGO_TARGET_DIR")
            .stdin(Stdio::null())
            .status()?;
        ensure!(status.success(), "the app does not build");
        Ok(())
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // A failure leaves files in the temporary directory, which the system cleans.
        let _ = self.directory.parent().map(fs::remove_dir_all);
    }
}
