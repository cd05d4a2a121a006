//! A small app that responds with its version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use gin_bench::dev;
use gin_bench::process::free_address;

/// The app's package, in a temporary directory.
pub(crate) struct App {
    framework: Framework,
    directory: PathBuf,
}

/// The framework of an app, and the debug information that it is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framework {
    /// axum, with full debug information.
    Axum,
    /// axum, with the profile that `cargo gin new` writes.
    AxumLineTables,
    /// gin-core, with the profile that `cargo gin new` writes.
    Gin,
}

const MANIFEST: &str = r#"[package]
name = "edited"
version = "0.1.0"
edition = "2024"

[workspace]

"#;

const AXUM_DEPENDENCIES: &str = r#"[dependencies]
axum = "0.8"
tokio = { version = "1", features = ["macros", "net", "rt-multi-thread"] }
"#;

const PROFILE: &str = include_str!("../../../../../cargo-gin/src/new/profile.toml");

const GIN: &str = r#"use gin::prelude::*;

#[get("/")]
async fn home() -> &'static str {
    "VERSION"
}

#[gin::main]
async fn main() -> gin::Result<()> {
    gin::default().mount(routes![home]).run().await
}
"#;

const AXUM: &str = r#"use axum::{Router, routing::get};

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
    pub(crate) fn create(framework: Framework) -> anyhow::Result<App> {
        let directory = directory(&format!("{framework:?}"));
        fs::create_dir_all(directory.join("src"))?;
        fs::write(directory.join("Cargo.toml"), framework.manifest())?;
        fs::write(directory.join(".gitignore"), "/target\n")?;
        let app = App {
            framework,
            directory,
        };
        app.edit(0)?;
        app.build()?;
        Ok(app)
    }

    /// Copies the app with its compiled dependencies.
    pub(crate) fn copy(&self, name: &str) -> anyhow::Result<App> {
        let app = App {
            framework: self.framework,
            directory: directory(&format!("{:?}-{name}", self.framework)),
        };
        let status = Command::new("cp")
            .args(["--archive", "--reflink=auto"])
            .args([&self.directory, &app.directory])
            .status()?;
        ensure!(status.success(), "the app cannot be copied");
        Ok(app)
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Saves the source with another version.
    pub(crate) fn edit(&self, number: u32) -> anyhow::Result<()> {
        let source = self.framework.source().replace("VERSION", &version(number));
        fs::write(self.directory.join("src/main.rs"), source).context("cannot edit the app")
    }

    /// Returns the time from a save to the first response of the new code, without a dev server.
    pub(crate) fn build_and_start(&self, number: u32) -> anyhow::Result<Duration> {
        let since = Instant::now();
        self.edit(number)?;
        self.build()?;
        let address = free_address()?;
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

impl Framework {
    fn manifest(self) -> String {
        match self {
            Framework::Axum => format!("{MANIFEST}{AXUM_DEPENDENCIES}"),
            Framework::AxumLineTables => format!("{MANIFEST}{AXUM_DEPENDENCIES}\n{PROFILE}"),
            Framework::Gin => {
                let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
                format!(
                    "{MANIFEST}[dependencies]\ngin-core = {{ path = \"{workspace}/gin-core\" }}\n\n{PROFILE}"
                )
            }
        }
    }

    fn source(self) -> &'static str {
        match self {
            Framework::Axum | Framework::AxumLineTables => AXUM,
            Framework::Gin => GIN,
        }
    }
}

fn directory(name: &str) -> PathBuf {
    let all = std::env::temp_dir().join(format!("gin-bench-{}", std::process::id()));
    all.join(name)
}

impl Drop for App {
    fn drop(&mut self) {
        // A failure leaves files in the temporary directory, which the system cleans.
        let _ = fs::remove_dir_all(&self.directory);
        // The last one removes the directory of all.
        let _ = self.directory.parent().map(fs::remove_dir);
    }
}
