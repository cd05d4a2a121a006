//! The terminal that we were started in, as a keyboard. It may be ours, or that of another job of the person's shell.

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

/// Standard input, giving each octet as it is typed. The terminal gets its own mode back when this is dropped.
#[derive(Debug)]
pub(super) struct Keyboard {
    original: Termios,
    job: Job,
    /// The shell lets us go on, perhaps after it has changed the terminal's mode.
    resumed: Signal,
    looks: Interval,
    typed: mpsc::Receiver<u8>,
}

/// What the shell has made of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    /// What is typed is for us.
    Foreground,
    /// What is typed is for others. Whoever reads it all the same, or changes the terminal's mode, is stopped.
    Background,
}

impl Job {
    /// A terminal that does not control us has no jobs, and says so by an error.
    fn now() -> Job {
        match tcgetpgrp(io::stdin()) {
            Ok(foreground) if foreground != getpgrp() => Job::Background,
            _ => Job::Foreground,
        }
    }
}

/// How often a job in the background looks whether it still is. A shell that brings one to the foreground while it runs
/// tells it nothing.
const LOOK: Duration = Duration::from_millis(500);

impl Keyboard {
    /// Standard input, if it is a terminal.
    pub(super) fn open() -> Option<Keyboard> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return None;
        }
        let original = tcgetattr(stdin).ok()?;
        let resumed = signal(SignalKind::from_raw(Number::CONT.as_raw())).ok()?;
        let (sender, typed) = mpsc::channel(64);
        let job = take(&original);
        // A wait for keys can't be cancelled, so it has a thread that nobody waits for.
        thread::spawn(move || read(&sender));
        Some(Keyboard {
            original,
            job,
            resumed,
            looks: interval(LOOK),
            typed,
        })
    }

    /// Waits until something is typed. Nothing is any more once the terminal is gone.
    pub(super) async fn octet(&mut self) -> Option<u8> {
        loop {
            select! {
                _ = self.resumed.recv() => self.job = take(&self.original),
                _ = self.looks.tick(), if self.job == Job::Background => self.job = take(&self.original),
                octet = self.typed.recv() => return octet,
            }
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        if Job::now() == Job::Foreground {
            // The terminal may be gone, and then so is its mode.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.original);
        }
    }
}

/// Has the terminal give us each key at once and show none, if it is ours.
fn take(original: &Termios) -> Job {
    let job = Job::now();
    if job == Job::Foreground {
        let mut raw = original.clone();
        // Signals stay: Ctrl-C is not ours to interpret.
        raw.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        // A read takes what is there and waits for nothing.
        raw.special_codes[SpecialCodeIndex::VMIN] = 0;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        // Without it keys come with the next Enter.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &raw);
    }
    job
}

/// Sends what is typed for us, until either end is gone.
fn read(types: &mpsc::Sender<u8>) {
    let stdin = io::stdin();
    let mut octets = [0; 64];
    while !types.is_closed() {
        let mut waiting = [PollFd::new(&stdin, PollFlags::IN)];
        // An error means that a signal came between.
        let is_typed = poll(&mut waiting, None).is_ok();
        if waiting[0].revents().contains(PollFlags::HUP) {
            return;
        }
        if Job::now() == Job::Background {
            thread::sleep(LOOK);
        } else if is_typed && let Ok(count) = rustix::io::read(&stdin, &mut octets) {
            // Whether somebody still listens is asked in the next round.
            let _ = octets[..count]
                .iter()
                .try_for_each(|octet| types.blocking_send(*octet));
        }
    }
}
