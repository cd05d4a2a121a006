//! A program on a terminal, and the person before it.

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

/// A program that has a terminal for itself. Dropping it closes the terminal as well.
#[derive(Debug)]
pub struct Terminal {
    program: Program,
    /// The person's end of the terminal.
    keyboard: File,
}

impl Deref for Terminal {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.program
    }
}

impl Terminal {
    /// Starts `command` at the head of a session whose terminal this is. It finds the terminal's name in `SCREEN`.
    pub(crate) fn start(command: &Command) -> Terminal {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("there is a terminal");
        grantpt(&ours).expect("it is ours");
        unlockpt(&ours).expect("it is ours");
        let name = ptsname(&ours, Vec::new()).expect("it has a name");
        let name = PathBuf::from(OsString::from_vec(name.into_bytes()));
        let mut open = OpenOptions::new();
        let theirs = open.read(true).write(true).open(&name);
        let theirs = theirs.expect("its other end can be opened");
        let same = || theirs.try_clone().expect("it can be shared");

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
        if let Some(folder) = command.get_current_dir() {
            session.current_dir(folder);
        }
        session.env("SCREEN", name);
        // A line is looked for by its words, and colours would come between.
        session.env("TERM", "xterm").env("NO_COLOR", "1");
        session.stdin(same()).stdout(same()).stderr(same());
        let keyboard = File::from(ours);
        let screen = keyboard.try_clone().expect("it can be shared");
        Terminal {
            program: Program::run(session, |_| (Events::read(screen), Events::read(empty()))),
            keyboard,
        }
    }

    /// Types.
    pub fn types(&self, keys: &str) {
        let mut keyboard = &self.keyboard;
        keyboard.write_all(keys.as_bytes()).expect("it takes keys");
    }

    /// Has a shell that waits for a command end, and sees that nothing is left of what it had started. A signal could come just
    /// when the shell begins to wait, and then it is not heard of before the next key.
    pub async fn exits(&self) {
        self.types("exit\n");
        self.wait().await;
        self.leaves_nothing();
    }

    /// Waits until a line on the screen says `words`.
    pub async fn shows(&self, words: &str) -> String {
        let says = |line: &Value| line.as_str().is_some_and(|line| line.contains(words));
        let line = self.program.events.find(words, says).await;
        line.as_str().expect("a line is text").to_owned()
    }
}
