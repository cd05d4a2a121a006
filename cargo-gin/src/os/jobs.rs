//! Job control: Ctrl-Z and `fg`.
//!
//! A child that is just being started belongs to the group of the terminal's job until it has made its own. At Ctrl-Z it is
//! stopped like us, and the thread that starts it waits for it, so that not even the shell notices that we stopped. Its group is
//! then another one, which no shell continues. So a thread of its own handles Ctrl-Z: it continues our children first, and
//! then stops us.

use std::io;
use std::thread;

use rustix::process::{Pid, Signal as Number, getpid, kill_process};
use tokio::runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::os::procfs::{self, Stat};

/// The signals of job control, and the exit of a child.
struct Signals {
    stop: Signal,
    resume: Signal,
    child: Signal,
}

/// Handles the signals from now on, in a thread of its own.
pub(crate) fn start() -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    let signals = {
        let _context = runtime.enter();
        Signals::listen()?
    };
    thread::Builder::new()
        .name("jobs".to_owned())
        .spawn(move || runtime.block_on(signals.handle()))?;
    Ok(())
}

impl Signals {
    fn listen() -> io::Result<Signals> {
        Ok(Signals {
            stop: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
            resume: signal(SignalKind::from_raw(Number::CONT.as_raw()))?,
            child: signal(SignalKind::child())?,
        })
    }

    async fn handle(mut self) {
        loop {
            tokio::select! {
                _ = self.stop.recv() => {
                    resume_children();
                    // The system stops no job that nobody can continue.
                    if is_job() {
                        send(getpid(), Number::STOP);
                    }
                }
                _ = self.resume.recv() => resume_children(),
                _ = self.child.recv() => bury_adopted(),
            }
        }
    }
}

/// Continues every child that was stopped, and cancels a stop that has not taken effect yet.
fn resume_children() {
    let children = procfs::children();
    children
        .filter_map(pid)
        .for_each(|child| send(child, Number::CONT));
}

/// Waits for adopted children that have exited: the compilers of a cargo that was killed.
///
/// All our own children lead their groups, or are in ours.
fn bury_adopted() {
    use rustix::process::{WaitOptions, getpgrp, waitpid};
    let own = getpgrp().as_raw_nonzero().get().unsigned_abs();
    let adopted = procfs::children()
        .filter_map(Stat::read)
        .filter(|child| child.is_zombie && child.group != child.id && child.group != own);
    for child in adopted {
        // An error means that another thread was faster.
        let _ = waitpid(pid(child.id), WaitOptions::NOHANG);
    }
}

/// Returns `true` if a shell of the same session can continue our group. Where the system does not show that, it is expected.
fn is_job() -> bool {
    let Some(own) = Stat::read(std::process::id()) else {
        return true;
    };
    let mut process = own;
    while let Some(parent) = Stat::read(process.parent) {
        if parent.group != own.group {
            return parent.session == own.session;
        }
        process = parent;
    }
    false
}

fn send(process: Pid, signal: Number) {
    // An error means that it has exited in the meantime.
    let _ = kill_process(process, signal);
}

fn pid(id: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(id).ok()?)
}
