//! A process's standard output and error: a terminal where ours is one, otherwise a pipe.

use std::process::Stdio;

#[cfg(unix)]
use tokio::fs::File;
use tokio::io::AsyncRead;
use tokio::process::Command;

use crate::os::process::Process;
#[cfg(unix)]
use crate::runner::pty::Pty;
use crate::state::Stream;

/// Our end of one of a process's streams.
pub(crate) type StdioReader = Box<dyn AsyncRead + Send + Unpin>;

/// Our ends of the terminals that a process was given. A stream without one has a pipe.
pub(crate) struct ProcessStreams {
    stdout: Option<StdioReader>,
    stderr: Option<StdioReader>,
}

impl ProcessStreams {
    /// Gives the command its standard output and error.
    pub(crate) fn attach(command: &mut Command) -> ProcessStreams {
        let (stdout, theirs) = open(Stream::Stdout);
        command.stdout(theirs);
        let (stderr, theirs) = open(Stream::Stderr);
        command.stderr(theirs);
        ProcessStreams { stdout, stderr }
    }

    /// Returns our ends of both streams, once the command is running.
    pub(crate) fn readers(self, process: &mut Process) -> Vec<(Stream, StdioReader)> {
        let stdout = self.stdout.or_else(|| Some(Box::new(process.stdout()?)));
        let stderr = self.stderr.or_else(|| Some(Box::new(process.stderr()?)));
        let stdout = stdout.map(|reader| (Stream::Stdout, reader));
        let stderr = stderr.map(|reader| (Stream::Stderr, reader));
        stdout.into_iter().chain(stderr).collect()
    }
}

/// Opens a stream: our end and the process's. The process itself holds our end of a pipe.
#[cfg(unix)]
fn open(stream: Stream) -> (Option<StdioReader>, Stdio) {
    if let Some(Pty { ours, theirs }) = terminal(stream) {
        return (Some(Box::new(File::from_std(ours))), theirs.into());
    }
    (None, Stdio::piped())
}

/// Opens a stream as a pipe, of which the process itself holds our end.
#[cfg(not(unix))]
fn open(_stream: Stream) -> (Option<StdioReader>, Stdio) {
    (None, Stdio::piped())
}

/// Opens a terminal like ours. If the system has none left, a pipe will do.
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
