//! How the app's two streams reach us: by a terminal where ours goes to one, else by a pipe.

use std::process::Stdio;

#[cfg(unix)]
use tokio::fs::File;
use tokio::io::AsyncRead;
use tokio::process::Command;

use crate::os::process::Process;
#[cfg(unix)]
use crate::runner::pty::Pty;
use crate::state::Stream;

/// What one of the app's streams is read from.
pub(super) type Source = Box<dyn AsyncRead + Send + Unpin>;

/// Our ends of the terminals that the app was given. A stream without one has a pipe.
pub(super) struct Wires {
    stdout: Option<Source>,
    stderr: Option<Source>,
}

impl Wires {
    /// Gives the command its standard output and error.
    pub(super) fn lay(command: &mut Command) -> Wires {
        let (stdout, theirs) = wire(Stream::Stdout);
        command.stdout(theirs);
        let (stderr, theirs) = wire(Stream::Stderr);
        command.stderr(theirs);
        Wires { stdout, stderr }
    }

    /// What is to be read, once the command is running.
    pub(super) fn sources(self, process: &mut Process) -> Vec<(Stream, Source)> {
        let stdout = process.stdout().map(|pipe| -> Source { Box::new(pipe) });
        let stderr = process.stderr().map(|pipe| -> Source { Box::new(pipe) });
        let stdout = self
            .stdout
            .or(stdout)
            .map(|source| (Stream::Stdout, source));
        let stderr = self
            .stderr
            .or(stderr)
            .map(|source| (Stream::Stderr, source));
        stdout.into_iter().chain(stderr).collect()
    }
}

/// Our end and the app's. Ours is the process's own where it is a pipe.
#[cfg(unix)]
fn wire(stream: Stream) -> (Option<Source>, Stdio) {
    if let Some(Pty { ours, theirs }) = terminal(stream) {
        return (Some(Box::new(File::from_std(ours))), theirs.into());
    }
    (None, Stdio::piped())
}

/// A pipe, whose end is the process's own.
#[cfg(not(unix))]
fn wire(_stream: Stream) -> (Option<Source>, Stdio) {
    (None, Stdio::piped())
}

/// A terminal like ours. A system that has none left to give makes do with a pipe.
#[cfg(unix)]
fn terminal(stream: Stream) -> Option<Pty> {
    use std::io::IsTerminal as _;
    let (stdout, stderr) = (std::io::stdout(), std::io::stderr());
    match stream {
        Stream::Stdout if stdout.is_terminal() => Pty::open(stdout).ok(),
        Stream::Stderr if stderr.is_terminal() => Pty::open(stderr).ok(),
        Stream::Stdout | Stream::Stderr => None,
    }
}
