//! A program under test.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use rustix::process::Signal;
use tokio::sync::watch;

use crate::events::Events;
use crate::process::{MARK, Process};
use crate::timeout::within;

/// A running program. Dropping it ends it, and fails the test when it leaves a process behind.
#[derive(Debug)]
pub struct Program {
    process: Process,
    /// What all that it starts in turn bears.
    mark: String,
    exit: watch::Receiver<Option<ExitStatus>>,
    /// What it writes to standard output.
    pub events: Events,
    /// What it writes to standard error.
    pub stderr: Events,
}

/// How a program ended, and what it said.
#[derive(Clone, Debug)]
pub struct Exit {
    /// Its exit code, or 128 and the number of the signal that ended it.
    pub code: i32,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Program {
    /// Starts `command`.
    pub(crate) fn start(mut command: Command) -> Program {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Program::run(command, |child| {
            let stdout = child.stdout.take().expect("its output is piped");
            let stderr = child.stderr.take().expect("its output is piped");
            (Events::read(stdout), Events::read(stderr))
        })
    }

    /// Starts `command`, whose output and errors are then had by `read`.
    pub(crate) fn run(
        mut command: Command,
        read: impl FnOnce(&mut Child) -> (Events, Events),
    ) -> Program {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{number}", std::process::id());
        let mut child = command
            .env(MARK, &mark)
            .spawn()
            .expect("the program can be started");
        let (events, stderr) = read(&mut child);
        Program {
            process: Process {
                id: child.id(),
                name: String::new(),
                command_line: line(&command),
            },
            mark,
            exit: watch_exit(child),
            events,
            stderr,
        }
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Waits until it has ended by itself, or by a signal.
    pub async fn wait(&self) -> Exit {
        let mut exit = self.exit.clone();
        let status = *within("the program's end", exit.wait_for(Option::is_some))
            .await
            .expect("somebody waits for its end");
        let status = status.expect("it has ended");
        self.events.rest().await;
        self.stderr.rest().await;
        Exit {
            code: status
                .code()
                .unwrap_or_else(|| 128 + status.signal().unwrap_or_default()),
            stdout: self.events.text(),
            stderr: self.stderr.text(),
        }
    }

    /// Ends it by a signal, and sees that nothing is left of what it had started.
    pub async fn stop(&self, signal: Signal) -> Exit {
        self.signal(signal);
        let ended = self.wait().await;
        self.leaves_nothing();
        ended
    }

    /// What it has started and still runs, itself among them.
    pub fn processes(&self) -> Vec<Process> {
        Process::marked(&self.mark)
    }

    /// Fails unless all that it had started ends without further ado.
    pub fn leaves_nothing(&self) {
        for process in self.processes() {
            assert!(process.wait(), "{process:?} is left");
        }
        assert_eq!(self.processes(), [], "these were started afterwards");
    }

    fn has_ended(&self) -> bool {
        self.exit.borrow().is_some()
    }

    /// What helps to see why a test failed.
    fn report(&self) {
        eprintln!("--- {}", self.process.command_line);
        eprintln!("--- its output:\n{}", self.events.text());
        eprintln!("--- its errors:\n{}", self.stderr.text());
        eprintln!("--- what runs: {:#?}", self.processes());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if thread::panicking() {
            self.report();
            for process in self.processes() {
                process.signal(Signal::KILL);
            }
            return;
        }
        if !self.has_ended() {
            self.signal(Signal::TERM);
        }
        self.leaves_nothing();
    }
}

/// The command as a person would write it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(std::ffi::OsStr::to_string_lossy).collect();
    words.join(" ")
}

/// Waits for a child in a thread of its own.
fn watch_exit(mut child: Child) -> watch::Receiver<Option<ExitStatus>> {
    let (sender, receiver) = watch::channel(None);
    thread::spawn(move || {
        let status = child.wait().expect("it is our child");
        sender.send_replace(Some(status));
    });
    receiver
}
