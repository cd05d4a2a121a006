//! The wrapper: this same program, under another name, which cargo calls in the place of rustc. It takes the call down and passes it on.
//!
//! The name is that of a link in a directory with all else. So it needs no variable, which a compiler or a build script could see.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::builder::fast::call::Call;

/// The name of the link.
const NAME: &str = "gin-rustc";
/// The file with the [`Chain`].
const CHAIN: &str = "chain.json";

/// The user's own wrapper, which is called next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chain {
    pub(super) wrapper: Option<PathBuf>,
    /// The value of `RUSTC_WRAPPER` that ours has replaced.
    pub(super) variable: Option<String>,
}

impl Chain {
    /// Writes it into the directory of the wrapper.
    pub(super) fn write(&self, directory: &Path) -> anyhow::Result<()> {
        fs::write(directory.join(CHAIN), serde_json::to_vec(self)?)?;
        Ok(())
    }

    fn read(directory: &Path) -> anyhow::Result<Chain> {
        Ok(serde_json::from_slice(&fs::read(directory.join(CHAIN))?)?)
    }
}

/// Returns the path of the link in its directory.
pub(super) fn link(directory: &Path) -> PathBuf {
    directory.join(format!("{NAME}{}", std::env::consts::EXE_SUFFIX))
}

/// Returns the directory of the wrapper, if this program was called as one.
pub(super) fn directory(program: &OsStr) -> Option<&Path> {
    let program = Path::new(program);
    let directory = program.parent()?;
    (program.file_stem()? == NAME && directory.join(CHAIN).is_file()).then_some(directory)
}

/// The main function of the wrapper. `words` are rustc and its arguments.
pub(super) fn pass_on(directory: &Path, words: &[OsString]) -> anyhow::Result<ExitCode> {
    const VARIABLE: &str = "RUSTC_WRAPPER";
    let chain = Chain::read(directory).context("cannot read what the wrapper is to call")?;
    let wrapper = chain.wrapper.map(PathBuf::into_os_string);
    let words: Vec<OsString> = wrapper.into_iter().chain(words.iter().cloned()).collect();
    let (program, args) = words
        .split_first()
        .context("there is no compiler to call")?;
    let mut command = Command::new(program);
    command.args(args);
    let mut variables: Vec<_> = std::env::vars_os().collect();
    if let Some(value) = chain.variable {
        command.env(VARIABLE, &value);
        variables.retain(|(name, _)| name != VARIABLE);
        variables.push((VARIABLE.into(), value.into()));
    }
    // A call that was not taken down is left to cargo the next time.
    if let Some(call) = Call::current(&words, variables.into_iter()) {
        let _ = write(directory, &call);
    }
    become_program(&mut command).with_context(|| format!("cannot start {}", program.display()))
}

/// Writes a call into the directory. Nobody reads half of it.
fn write(directory: &Path, call: &Call) -> anyhow::Result<()> {
    let (name, hash) = (call.option("--crate-name"), call.value("extra-filename"));
    let name = format!("{}{}", name.unwrap_or_default(), hash.unwrap_or_default());
    let (part, whole) = (format!("{name}.part"), format!("{name}.call"));
    fs::write(directory.join(&part), serde_json::to_vec(call)?)?;
    fs::rename(directory.join(part), directory.join(whole))?;
    Ok(())
}

/// Takes the calls out of the directory.
pub(super) fn take(directory: &Path) -> Vec<Call> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path());
    let files = files.filter(|file| file.extension().is_some_and(|name| name == "call"));
    files
        .filter_map(|file| {
            let call = fs::read(&file).ok();
            fs::remove_file(&file).ok()?;
            serde_json::from_slice(&call?).ok()
        })
        .collect()
}

#[cfg(unix)]
fn become_program(command: &mut Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> std::io::Result<ExitCode> {
    let status = command.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
