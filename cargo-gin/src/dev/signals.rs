//! The signals and other reasons that end the dev server.

use std::io;
use std::process::ExitCode;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlBreak, CtrlC, CtrlClose, ctrl_break, ctrl_c, ctrl_close};

use crate::terminal::QuitReason;

/// The reason for which the dev server ends, or another command that listens for signals.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quit {
    /// A signal, by its number: 1 if the terminal was closed, 2 for Ctrl-C, 3 for Ctrl-\, 15 for SIGTERM.
    Signal(u8),
    /// The key `q`.
    Key,
    /// The reader of our output is gone.
    Unread,
    /// The one attempt of `--once` is over, with this exit code.
    Over(ExitCode),
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
    /// Returns the exit code that shells expect: 128 plus the signal's number.
    pub(crate) fn code(self) -> ExitCode {
        match self {
            Quit::Signal(number) => ExitCode::from(128 + number),
            Quit::Key => ExitCode::SUCCESS,
            Quit::Over(code) => code,
            // As if by SIGPIPE, which Rust programs ignore.
            Quit::Unread => ExitCode::from(128 + 13),
        }
    }
}

/// The signals that end the dev server.
#[cfg(unix)]
pub(crate) struct Signals {
    hangup: Signal,
    interrupt: Signal,
    quit: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Signals {
    /// Handles the signals from now on.
    pub(crate) fn listen() -> io::Result<Signals> {
        Ok(Signals {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next signal.
    pub(crate) async fn quit(&mut self) -> Quit {
        tokio::select! {
            _ = self.hangup.recv() => Quit::Signal(1),
            _ = self.interrupt.recv() => Quit::Signal(2),
            _ = self.quit.recv() => Quit::Signal(3),
            _ = self.terminate.recv() => Quit::Signal(15),
        }
    }
}

/// The console events that end the dev server.
#[cfg(windows)]
pub(crate) struct Signals {
    interrupt: CtrlC,
    pause: CtrlBreak,
    close: CtrlClose,
}

#[cfg(windows)]
impl Signals {
    /// Handles the events from now on.
    pub(crate) fn listen() -> io::Result<Signals> {
        Ok(Signals {
            interrupt: ctrl_c()?,
            pause: ctrl_break()?,
            close: ctrl_close()?,
        })
    }

    /// Waits for the next signal.
    pub(crate) async fn quit(&mut self) -> Quit {
        tokio::select! {
            _ = self.interrupt.recv() => Quit::Signal(2),
            _ = self.pause.recv() => Quit::Signal(15),
            _ = self.close.recv() => Quit::Signal(1),
        }
    }
}
