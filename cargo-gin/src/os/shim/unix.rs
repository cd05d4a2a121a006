//! The code between fork and exec, in safe Rust: this same program, started with [`FLAG`], does what only the child can do,
//! and then replaces itself by the app.
//!
//! It has the kernel kill it when its parent dies, takes back the limit of file descriptors that we have raised, and sets `LISTEN_PID`,
//! the child's own id.

use std::ffi::OsString;
use std::io;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::process::Command;

use crate::os::descriptors;
use crate::os::reaper::own_executable;

/// The argument that makes this program a shim: `FLAG PARENT FILES NAME PROGRAM ARGS…`. `FILES` is the limit of file descriptors, or 0
/// to keep it. `NAME` is the program's name for itself.
pub(crate) const FLAG: &str = "--exec";

/// The first passed descriptor by systemd's convention, `sd_listen_fds(3)`.
const LISTEN_FDS_START: i32 = 3;

/// The longest wait for a program that is open for writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The pause before the next attempt.
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// Returns the command that becomes `program`.
pub(crate) fn command(program: &Path, args: &[OsString]) -> anyhow::Result<Command> {
    named_command(program, program, args)
}

/// Returns the command that becomes `program` under another name.
pub(crate) fn named_command(
    name: &Path,
    program: &Path,
    args: &[OsString],
) -> anyhow::Result<Command> {
    let mut command = Command::new(own_executable()?);
    command
        .arg(FLAG)
        .arg(std::process::id().to_string())
        .arg(descriptors::inherited().unwrap_or_default().to_string())
        .arg(name)
        .arg(program)
        .args(args)
        .env_remove("LISTEN_FDS")
        .env_remove("LISTEN_PID")
        .env_remove("LISTEN_FDNAMES");
    Ok(command)
}

/// Passes an open socket to the command.
pub(crate) fn pass(command: &mut Command, listener: TcpListener) -> anyhow::Result<()> {
    use command_fds::CommandFdExt as _;
    let mapping = command_fds::FdMapping {
        parent_fd: listener.into(),
        child_fd: LISTEN_FDS_START,
    };
    command
        .fd_mappings(vec![mapping])
        .context("cannot pass the socket")?
        .env("LISTEN_FDS", "1")
        .env("LISTEN_FDNAMES", "gin");
    Ok(())
}

/// The main function of the shim. Only returns if it fails.
pub(crate) fn exec(
    mut args: impl Iterator<Item = OsString>,
) -> anyhow::Result<std::convert::Infallible> {
    let parent = args
        .next()
        .and_then(|id| id.into_string().ok()?.parse::<i32>().ok());
    let files = args
        .next()
        .and_then(|files| files.into_string().ok()?.parse::<u64>().ok());
    let name = args.next().context("the shim was started without a name")?;
    let program = args
        .next()
        .context("the shim was started without a program")?;
    die_with(parent)?;
    if let Some(files) = files.filter(|files| *files > 0) {
        descriptors::adopt(files);
    }
    let mut command = std::process::Command::new(&program);
    command.arg0(name).args(args);
    if std::env::var_os("LISTEN_FDS").is_some() {
        command.env("LISTEN_PID", std::process::id().to_string());
    }
    let error = become_program(&mut command);
    Err(error).with_context(|| format!("cannot start {}", program.display()))
}

/// Replaces this process by the command. Waits while its file is still open for writing, as by a program that copies it, or a child
/// that was forked meanwhile. Only returns if it fails.
fn become_program(command: &mut std::process::Command) -> io::Error {
    let began = Instant::now();
    loop {
        let error = command.exec();
        if error.kind() != io::ErrorKind::ExecutableFileBusy || began.elapsed() > BUSY_TIMEOUT {
            return error;
        }
        thread::sleep(BUSY_PAUSE);
    }
}

/// Has the kernel kill this process when its parent dies. Fails if it has died already.
#[cfg(target_os = "linux")]
fn die_with(parent: Option<i32>) -> anyhow::Result<()> {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};
    set_parent_process_death_signal(Some(Signal::KILL))
        .context("cannot tie the app to its parent")?;
    let is_orphan = getppid().map(|id| id.as_raw_nonzero().get()) != parent;
    anyhow::ensure!(!is_orphan, "the dev server is gone");
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn die_with(_parent: Option<i32>) -> anyhow::Result<()> {
    Ok(())
}
