//! What ends the dev server.

use std::io;
use std::process::ExitCode;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlBreak, CtrlC, CtrlClose, ctrl_break, ctrl_c, ctrl_close};

use crate::terminal::QuitReason;

/// Why the dev server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quit {
    /// By its signal's number: 1 the terminal was closed, 2 Ctrl-C, 15 asked to end.
    Signal(u8),
    /// By the key `q`.
    Key,
    /// Whoever read what we tell has gone.
    Unread,
}

impl From<QuitReason> for Quit {
    fn from(reason: QuitReason) -> Quit {
        match reason {
            QuitReason::ByKey => Quit::Key,
            QuitReason::Unread => Quit::Unread,
        }
    }
}

impl Quit {
    /// The exit code that shells expect: 128 and the signal's number.
    pub(super) fn code(self) -> ExitCode {
        match self {
            Quit::Signal(number) => ExitCode::from(128 + number),
            Quit::Key => ExitCode::SUCCESS,
            // As if by SIGPIPE, which Rust programs don't get.
            Quit::Unread => ExitCode::from(128 + 13),
        }
    }
}

/// The signals that end the dev server.
#[cfg(unix)]
pub(super) struct Signals {
    hangup: Signal,
    interrupt: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Signals {
    /// Takes the signals over from now on.
    pub(super) fn listen() -> io::Result<Signals> {
        Ok(Signals {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next of them.
    pub(super) async fn quit(&mut self) -> Quit {
        tokio::select! {
            _ = self.hangup.recv() => Quit::Signal(1),
            _ = self.interrupt.recv() => Quit::Signal(2),
            _ = self.terminate.recv() => Quit::Signal(15),
        }
    }
}

/// What ends the dev server.
#[cfg(windows)]
pub(super) struct Signals {
    interrupt: CtrlC,
    pause: CtrlBreak,
    close: CtrlClose,
}

#[cfg(windows)]
impl Signals {
    /// Takes them over from now on.
    pub(super) fn listen() -> io::Result<Signals> {
        Ok(Signals {
            interrupt: ctrl_c()?,
            pause: ctrl_break()?,
            close: ctrl_close()?,
        })
    }

    /// Waits for the next of them.
    pub(super) async fn quit(&mut self) -> Quit {
        tokio::select! {
            _ = self.interrupt.recv() => Quit::Signal(2),
            _ = self.pause.recv() => Quit::Signal(15),
            _ = self.close.recv() => Quit::Signal(1),
        }
    }
}
