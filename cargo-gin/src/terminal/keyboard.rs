//! The keyboard: standard input of the terminal. It belongs to us only while we are the foreground job of the shell.

use std::io::{self, IsTerminal as _};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Signal as Number, getpgrp};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr,
};
use tokio::select;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Interval, interval};

/// Standard input, byte by byte as it is typed. Dropping it restores the mode of the terminal.
#[derive(Debug)]
pub(super) struct Keyboard {
    original: Termios,
    job: Job,
    /// SIGCONT. The shell may have changed the mode of the terminal before it.
    resumed: Signal,
    checks: Interval,
    typed: mpsc::Receiver<u8>,
}

/// Our role in the shell's job control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    /// The user types for us.
    Foreground,
    /// The user types for another job. Reading, or changing the mode of the terminal, would stop us.
    Background,
}

impl Job {
    /// Returns our current role. A terminal that does not control us has no jobs and returns an error.
    fn now() -> Job {
        match tcgetpgrp(io::stdin()) {
            Ok(foreground) if foreground != getpgrp() => Job::Background,
            _ => Job::Foreground,
        }
    }
}

/// The interval at which a background job checks its role. It is polled, because a shell that brings a running job to the
/// foreground does not notify it.
const CHECK: Duration = Duration::from_millis(500);

impl Keyboard {
    /// Opens standard input, if it is a terminal.
    pub(super) fn open() -> Option<Keyboard> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return None;
        }
        let original = tcgetattr(stdin).ok()?;
        let resumed = signal(SignalKind::from_raw(Number::CONT.as_raw())).ok()?;
        let (typed_tx, typed_rx) = mpsc::channel(64);
        let job = take(&original);
        // Waiting for keys cannot be cancelled, so it runs in a detached thread.
        thread::spawn(move || read(&typed_tx));
        Some(Keyboard {
            original,
            job,
            resumed,
            checks: interval(CHECK),
            typed: typed_rx,
        })
    }

    /// Waits for the next byte. Returns `None` once the terminal is gone.
    pub(super) async fn byte(&mut self) -> Option<u8> {
        loop {
            select! {
                _ = self.resumed.recv() => self.job = take(&self.original),
                _ = self.checks.tick(), if self.job == Job::Background => self.job = take(&self.original),
                byte = self.typed.recv() => return byte,
            }
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        if Job::now() == Job::Foreground {
            // The terminal may be gone, and its mode with it.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.original);
        }
    }
}

/// Turns off line buffering and echo, if we are the foreground job.
fn take(original: &Termios) -> Job {
    let job = Job::now();
    if job == Job::Foreground {
        let mut raw = original.clone();
        // Signals stay on: the terminal interprets Ctrl-C.
        raw.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        // A read returns what is there, without waiting.
        raw.special_codes[SpecialCodeIndex::VMIN] = 0;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        // If this fails, keys arrive with the next Enter.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &raw);
    }
    job
}

/// Sends typed bytes until either end is gone.
fn read(typed_tx: &mpsc::Sender<u8>) {
    let stdin = io::stdin();
    let mut bytes = [0; 64];
    while !typed_tx.is_closed() {
        let mut waiting = [PollFd::new(&stdin, PollFlags::IN)];
        // An error means that a signal interrupted the wait.
        let is_typed = poll(&mut waiting, None).is_ok();
        if waiting[0].revents().contains(PollFlags::HUP) {
            return;
        }
        if Job::now() == Job::Background {
            thread::sleep(CHECK);
        } else if is_typed && let Ok(count) = rustix::io::read(&stdin, &mut bytes) {
            // The next round checks whether the receiver is still there.
            let _ = bytes[..count]
                .iter()
                .try_for_each(|byte| typed_tx.blocking_send(*byte));
        }
    }
}
