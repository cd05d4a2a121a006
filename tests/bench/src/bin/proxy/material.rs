//! The files of the proxies: the app of the dev server, the settings of nginx, and Go's program.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use gin_bench::dev;
use tempfile::TempDir;

/// The files, in a directory that is removed in the end.
pub(crate) struct Material {
    directory: TempDir,
    cargo_gin: PathBuf,
}

const MANIFEST: &str = r#"[package]
name = "proxied"
version = "0.1.0"
edition = "2024"

[workspace]
"#;

/// An app that becomes the server that is behind the other proxies as well.
const SOURCE: &str = r#"use std::os::unix::process::CommandExt;
use std::process::Command;

fn main() {
    let error = Command::new(r"PROGRAM").args(["serve", "VERSION"]).exec();
    panic!("{error}");
}
"#;

impl Material {
    /// Writes the files, and builds the dev server and its app.
    pub(crate) fn create() -> Result<Material> {
        let material = Material {
            directory: TempDir::new()?,
            cargo_gin: dev::cargo_gin()?,
        };
        let app = material.app();
        fs::create_dir_all(app.join("src"))?;
        fs::write(app.join("Cargo.toml"), MANIFEST)?;
        fs::write(app.join(".gitignore"), "/target\n")?;
        material.edit(0)?;
        Ok(material)
    }

    pub(crate) fn cargo_gin(&self) -> &Path {
        &self.cargo_gin
    }

    /// The directory of the dev server's app.
    pub(crate) fn app(&self) -> PathBuf {
        self.directory.path().join("app")
    }

    /// Saves the app with another version.
    pub(crate) fn edit(&self, version: u64) -> Result<()> {
        let program = env::current_exe()?;
        let source = SOURCE.replace("PROGRAM", &program.to_string_lossy());
        let source = source.replace("VERSION", &version.to_string());
        fs::write(self.app().join("src/main.rs"), source).context("cannot edit the app")
    }

    /// Writes the settings of an nginx on `port` that passes all to `upstream`, and returns its directory.
    pub(crate) fn nginx(&self, port: u16, upstream: &str) -> Result<PathBuf> {
        let directory = self.directory.path().join("nginx");
        fs::create_dir_all(&directory)?;
        let settings = include_str!("nginx.conf").replace("PORT", &port.to_string());
        fs::write(
            directory.join("nginx.conf"),
            settings.replace("UPSTREAM", upstream),
        )?;
        Ok(directory)
    }

    /// Compiles Go's proxy and returns its path.
    pub(crate) fn reverse_proxy(&self) -> Result<PathBuf> {
        let source = self.directory.path().join("reverse.go");
        let program = self.directory.path().join("reverse");
        fs::write(&source, include_str!("reverse.go"))?;
        let mut build = Command::new("go");
        build.args(["build", "-o"]).arg(&program).arg(&source);
        let status = build.status().context("go cannot be started")?;
        ensure!(status.success(), "go cannot build it");
        Ok(program)
    }
}
