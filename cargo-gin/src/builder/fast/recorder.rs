//! The recorder: has cargo call rustc through the wrapper.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::process::Command;
use toml::Value;

use crate::builder::fast::call::Call;
use crate::builder::fast::wrapper::{self, Chain};
use crate::cargo::Layers;

/// The directory of the wrapper, in which it leaves the calls.
#[derive(Debug)]
pub(super) struct Recorder {
    directory: TempDir,
}

impl Recorder {
    /// Makes the directory, which only this user can read: the variables of a call may be secrets.
    pub(super) fn new() -> anyhow::Result<Recorder> {
        let directory = tempfile::Builder::new().prefix("gin-fast-").tempdir();
        let directory = directory.context("cannot make a directory for the calls of rustc")?;
        link_to_own_file(&wrapper::link(directory.path()))?;
        Ok(Recorder { directory })
    }

    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Has a run of cargo recorded. `arguments` are those of `--config`.
    pub(super) fn apply(&self, command: &mut Command, arguments: &[String]) -> anyhow::Result<()> {
        const VARIABLE: &str = "RUSTC_WRAPPER";
        let link = wrapper::link(self.directory.path());
        // The program may have been replaced or deleted since it was started.
        anyhow::ensure!(link.is_file(), "the program's own file is gone");
        let link = link.to_str().context("its path is not UTF-8")?;
        let variable = env::var_os(VARIABLE);
        let chain = Chain {
            wrapper: match &variable {
                Some(wrapper) if wrapper.is_empty() => None,
                Some(wrapper) => Some(wrapper.into()),
                None => configured(arguments)?,
            },
            variable: match &variable {
                Some(wrapper) => {
                    let wrapper = wrapper.to_str().context("RUSTC_WRAPPER is not UTF-8")?;
                    Some(wrapper.to_owned())
                }
                None => None,
            },
        };
        chain.write(self.directory.path())?;
        // A setting is in no variable, which build scripts could declare as an input. But the variable beats it.
        if variable.is_some() {
            command.env(VARIABLE, link);
        } else {
            // A string of JSON is one of TOML.
            let setting = serde_json::Value::from(link);
            command.arg(format!("--config=build.rustc-wrapper={setting}"));
        }
        Ok(())
    }

    /// Takes the calls of the last run.
    pub(super) fn take(&self) -> Vec<Call> {
        wrapper::take(self.directory.path())
    }
}

/// Returns the wrapper that cargo's configuration names.
fn configured(arguments: &[String]) -> anyhow::Result<Option<PathBuf>> {
    let layers = Layers::read(arguments)?;
    let Some(found) = layers.find(&["build", "rustc-wrapper"]) else {
        return Ok(None);
    };
    let Value::String(wrapper) = found.value else {
        anyhow::bail!("`build.rustc-wrapper` in {} is not text", found.name);
    };
    // A path is relative to the configuration. A name is searched for in `PATH`.
    Ok((!wrapper.is_empty()).then(|| {
        if wrapper.contains(std::path::is_separator) {
            found.base.join(wrapper)
        } else {
            wrapper.into()
        }
    }))
}

/// Makes a link to the file of this program.
pub(super) fn link_to_own_file(path: &Path) -> anyhow::Result<()> {
    let program = env::current_exe().context("cannot find the program's own file")?;
    link(&program, path).context("cannot make a link to the program's own file")
}

#[cfg(unix)]
fn link(program: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(program, link)
}

#[cfg(not(unix))]
fn link(program: &Path, link: &Path) -> std::io::Result<()> {
    std::fs::hard_link(program, link).or_else(|_| std::fs::copy(program, link).map(drop))
}
