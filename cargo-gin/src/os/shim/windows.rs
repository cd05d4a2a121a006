//! Starts an app directly: Windows needs no preparations.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::Path;

use tokio::process::Command;

/// Returns the command that runs `program`.
#[expect(
    clippy::unnecessary_wraps,
    reason = "elsewhere our own program must be found first"
)]
pub(crate) fn command(program: &Path, args: &[OsString]) -> anyhow::Result<Command> {
    let mut command = Command::new(program);
    command.args(args);
    Ok(command)
}

/// Returns the command that runs `program`, whose name cannot be another one.
pub(crate) fn named_command(
    _name: &Path,
    program: &Path,
    args: &[OsString],
) -> anyhow::Result<Command> {
    command(program, args)
}

/// Fails: Windows cannot pass a socket by its number.
pub(crate) fn pass(_command: &mut Command, _listener: TcpListener) -> anyhow::Result<()> {
    anyhow::bail!("Windows cannot pass a socket to a process; the app has to open its port itself")
}
