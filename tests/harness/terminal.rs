//! A program on a terminal, and the user who types at it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{Write, empty};
use std::ops::Deref;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::process::Command;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;

use crate::events::Events;
use crate::program::Program;

/// A program on its own terminal. Dropping it also closes the terminal.
#[derive(Debug)]
pub struct Terminal {
    program: Program,
    /// The user's end of the terminal.
    keyboard: File,
    /// The number of lines up to the last one that contained certain words.
    seen: RefCell<HashMap<String, usize>>,
}

impl Deref for Terminal {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.program
    }
}

impl Terminal {
    /// Starts `command` as the leader of a session on a new terminal. The variable `SCREEN` has the terminal's path.
    pub(crate) fn start(command: &Command) -> Terminal {
        let ours =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal can be opened");
        grantpt(&ours).expect("it is ours");
        unlockpt(&ours).expect("it is ours");
        let name = ptsname(&ours, Vec::new()).expect("it has a name");
        let name = PathBuf::from(OsString::from_vec(name.into_bytes()));
        let mut open = OpenOptions::new();
        let theirs = open.read(true).write(true).open(&name);
        let theirs = theirs.expect("the program's end can be opened");
        let same = || theirs.try_clone().expect("it can be duplicated");

        let mut session = Command::new("setsid");
        session
            .arg("--ctty")
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => session.env(name, value),
                None => session.env_remove(name),
            };
        }
        if let Some(directory) = command.get_current_dir() {
            session.current_dir(directory);
        }
        session.env("SCREEN", name);
        // Tests look for plain text, which escape sequences for colors would interrupt.
        session.env("TERM", "xterm").env("NO_COLOR", "1");
        session.stdin(same()).stdout(same()).stderr(same());
        let keyboard = File::from(ours);
        let screen = keyboard.try_clone().expect("it can be duplicated");
        Terminal {
            program: Program::run(session, |_| (Events::read(screen), Events::read(empty()))),
            keyboard,
            seen: RefCell::default(),
        }
    }

    /// Types `keys`.
    pub fn types(&self, keys: &str) {
        let mut keyboard = &self.keyboard;
        keyboard
            .write_all(keys.as_bytes())
            .expect("the terminal accepts keys");
    }

    /// Ends a shell by typing `exit`, and fails unless all processes that it started exit too.
    ///
    /// A signal instead could arrive just when the shell starts to wait for a key, which would then delay its effect.
    pub async fn exits(&self) {
        self.types("exit\n");
        self.wait().await;
        self.leaves_nothing();
    }

    /// Waits until one more line than at the last call contains `words`, and returns it.
    pub async fn shows_again(&self, words: &str) -> String {
        let seen = self.seen.borrow().get(words).copied().unwrap_or_default();
        let line = self.program.events.find_after(seen, words).await;
        self.seen.borrow_mut().insert(words.to_owned(), line.0);
        line.1
    }

    /// Waits until a line on the screen contains `words`, and returns the line.
    pub async fn shows(&self, words: &str) -> String {
        let says = |line: &Value| line.as_str().is_some_and(|line| line.contains(words));
        let line = self.program.events.find(words, says).await;
        line.as_str().expect("a line is text").to_owned()
    }
}
