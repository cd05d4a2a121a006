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

/// A running program. Dropping it stops it, and fails the test if a process is left behind.
#[derive(Debug)]
pub struct Program {
    process: Process,
    /// The value of [`MARK`] in its environment and in that of every process that it starts.
    mark: String,
    exit: watch::Receiver<Option<ExitStatus>>,
    /// Its standard output.
    pub events: Events,
    /// Its standard error.
    pub stderr: Events,
}

/// The exit of a program, with its output.
#[derive(Clone, Debug)]
pub struct Exit {
    /// The exit code, or 128 plus the number of the signal that ended it.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
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

    /// Starts `command`, and takes its standard output and standard error from `read`.
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

    /// Waits until it has exited, by itself or by a signal.
    pub async fn wait(&self) -> Exit {
        let mut exit = self.exit.clone();
        let status = *within("the program's exit", exit.wait_for(Option::is_some))
            .await
            .expect("a thread waits for its exit");
        let status = status.expect("it has exited");
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

    /// Stops it by a signal, and fails unless all processes that it started exit too.
    pub async fn stop(&self, signal: Signal) -> Exit {
        self.signal(signal);
        let exit = self.wait().await;
        self.leaves_nothing();
        exit
    }

    /// Returns the running processes that it has started, and itself.
    pub fn processes(&self) -> Vec<Process> {
        Process::marked(&self.mark)
    }

    /// Fails unless all processes that it started exit by themselves.
    pub fn leaves_nothing(&self) {
        for process in self.processes() {
            assert!(process.wait(), "{process:?} still runs");
        }
        assert_eq!(
            self.processes(),
            [],
            "these processes were started afterwards"
        );
    }

    fn has_exited(&self) -> bool {
        self.exit.borrow().is_some()
    }

    /// Prints the output and the running processes, to explain a failed test.
    fn report(&self) {
        eprintln!("--- {}", self.process.command_line);
        eprintln!("--- standard output:\n{}", self.events.text());
        eprintln!("--- standard error:\n{}", self.stderr.text());
        eprintln!("--- running processes: {:#?}", self.processes());
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
        if !self.has_exited() {
            self.signal(Signal::TERM);
        }
        self.leaves_nothing();
    }
}

/// Returns the command as a user would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(std::ffi::OsStr::to_string_lossy).collect();
    words.join(" ")
}

/// Waits for a child in a new thread.
fn watch_exit(mut child: Child) -> watch::Receiver<Option<ExitStatus>> {
    let (sender, receiver) = watch::channel(None);
    thread::spawn(move || {
        let status = child.wait().expect("it is our child");
        sender.send_replace(Some(status));
    });
    receiver
}
