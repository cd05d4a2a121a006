//! What ends the dev server.

use std::io;
use std::process::ExitCode;

/// Why the dev server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quit {
    /// By its signal's number: 1 the terminal was closed, 2 Ctrl-C, 15 asked to end.
    Signal(u8),
    /// By the key `q`.
    Key,
}

impl Quit {
    /// The exit code that shells expect: 128 and the signal's number.
    pub(super) fn code(self) -> ExitCode {
        match self {
            Quit::Signal(number) => ExitCode::from(128 + number),
            Quit::Key => ExitCode::SUCCESS,
        }
    }
}

/// The signals that end the dev server.
#[cfg(unix)]
pub(super) struct Signals(Vec<(u8, tokio::signal::unix::Signal)>);

#[cfg(unix)]
impl Signals {
    /// Takes the signals over from now on.
    pub(super) fn listen() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = [
            (1, SignalKind::hangup()),
            (2, SignalKind::interrupt()),
            (15, SignalKind::terminate()),
        ];
        let listen = |(number, kind)| Ok((number, signal(kind)?));
        Ok(Signals(
            signals.into_iter().map(listen).collect::<io::Result<_>>()?,
        ))
    }

    /// Waits for the next of them.
    pub(super) async fn quit(&mut self) -> Quit {
        let [hangup, interrupt, terminate] = self.0.as_mut_slice() else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = hangup.1.recv() => Quit::Signal(hangup.0),
            _ = interrupt.1.recv() => Quit::Signal(interrupt.0),
            _ = terminate.1.recv() => Quit::Signal(terminate.0),
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Ctrl-C is taken over at the first wait.
    pub(super) fn listen() -> io::Result<Signals> {
        Ok(Signals)
    }

    /// Waits for the next Ctrl-C.
    pub(super) async fn quit(&mut self) -> Quit {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Quit::Signal(2),
            Err(_) => std::future::pending().await,
        }
    }
}
