//! On Windows the app is started as it is.

use std::net::TcpListener;
use std::path::Path;

use tokio::process::Command;

/// The command that runs `program`.
#[expect(
    clippy::unnecessary_wraps,
    reason = "elsewhere our own program must be found first"
)]
pub(crate) fn command(program: &Path, args: &[String]) -> anyhow::Result<Command> {
    let mut command = Command::new(program);
    command.args(args);
    Ok(command)
}

/// No socket can be passed on by its number.
pub(crate) fn pass(_command: &mut Command, _listener: TcpListener) -> anyhow::Result<()> {
    anyhow::bail!("Windows can't pass a socket on; the app has to open its port itself")
}
