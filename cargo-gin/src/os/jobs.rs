//! Job control: Ctrl-Z and `fg`.
//!
//! A child that is just being started belongs to the group of the terminal's job until it has made its own. At Ctrl-Z it is
//! stopped like us, and the thread that starts it waits for it, so that not even the shell notices that we stopped. Its group is
//! then another one, which no shell continues. So a thread of its own handles Ctrl-Z: it continues our children first, and
//! then stops us.
//!
//! The terminal is ours alone. The system stops a child that reads from it, with its whole group, and announces that to its parent
//! only. Nobody would continue it, and nobody would know why nothing happens. So the same thread ends it.

use std::collections::HashSet;
use std::io;
use std::thread;

use rustix::process::{Pid, Signal as Number, WaitId, WaitIdOptions, getpid, kill_process, waitid};
use tokio::runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::os::group::Group;
use crate::os::procfs::{self, Stat};

/// The signals of job control, and those of children that exit or stop.
struct Signals {
    stop: Signal,
    resume: Signal,
    child: Signal,
    /// The groups that have been sent SIGHUP.
    hung_up: HashSet<u32>,
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
            hung_up: HashSet::new(),
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
                _ = self.child.recv() => {
                    bury_adopted();
                    self.refuse_terminal();
                }
            }
        }
    }

    /// Ends the groups that were stopped because they use the terminal.
    fn refuse_terminal(&mut self) {
        let stopped = procfs::children().filter(|child| wants_terminal(*child));
        for group in stopped.filter_map(Group::from_id) {
            if self.hung_up.insert(group.id()) {
                group.hang_up();
            } else {
                group.kill();
            }
        }
    }
}

/// Returns `true` if a child was stopped because it, or a process of its group, reads from the terminal or changes its modes.
fn wants_terminal(child: u32) -> bool {
    let options = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let status = pid(child).map(|child| waitid(WaitId::Pid(child), options));
    let Some(Ok(Some(status))) = status else {
        return false;
    };
    let signal = status.stopping_signal();
    [Number::TTIN, Number::TTOU]
        .map(|number| Some(number.as_raw()))
        .contains(&signal)
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
