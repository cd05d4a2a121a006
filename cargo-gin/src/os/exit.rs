//! The exit status of a process.

use std::ops::RangeInclusive;
use std::{fmt, process};

/// The exit status of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// The process exited with this code.
    Code(i32),
    /// A signal ended the process.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only Unix has signals"))]
    Signal {
        number: i32,
        /// `true` if the core was dumped.
        dumped: bool,
    },
}

impl ExitStatus {
    /// Returns the most likely reason for a SIGHUP: programs that use our terminal are ended by it.
    pub(crate) fn lacked_terminal(self) -> Option<&'static str> {
        match self {
            ExitStatus::Signal { number: HANGUP, .. } => Some(
                "A program that it ran prompted on the terminal, for a password for instance. No program can do so below `cargo gin dev`: run the command by itself, reply there, and save a file.",
            ),
            _ => None,
        }
    }
}

impl From<process::ExitStatus> for ExitStatus {
    #[cfg(unix)]
    fn from(status: process::ExitStatus) -> ExitStatus {
        use std::os::unix::process::ExitStatusExt as _;
        match (status.code(), status.signal()) {
            (Some(code), _) => ExitStatus::Code(code),
            (None, signal) => ExitStatus::Signal {
                number: signal.unwrap_or_default(),
                dumped: status.core_dumped(),
            },
        }
    }

    #[cfg(not(unix))]
    fn from(status: process::ExitStatus) -> ExitStatus {
        ExitStatus::Code(status.code().unwrap_or_default())
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            ExitStatus::Code(code) => write!(f, "exit code {code}"),
            ExitStatus::Signal { number, dumped } => {
                let dumped = if dumped { ", core dumped" } else { "" };
                match signal_name(number) {
                    Some(name) => write!(f, "{name} (signal {number}{dumped})"),
                    None => write!(f, "signal {number}{dumped}"),
                }
            }
        }
    }
}

/// The number of SIGHUP.
const HANGUP: i32 = 1;

/// The signals' names, by their numbers from 1. Those of Linux differ from those of all other systems.
const SIGNALS: [&str; 31] = if cfg!(target_os = "linux") {
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ]
} else {
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "EMT", "FPE", "KILL", "BUS", "SEGV", "SYS",
        "PIPE", "ALRM", "TERM", "URG", "STOP", "TSTP", "CONT", "CHLD", "TTIN", "TTOU", "IO",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "INFO", "USR1", "USR2",
    ]
};

/// signal(7): glibc and musl begin their real-time signals at 34.
const REAL_TIME: RangeInclusive<i32> = 34..=64;

fn signal_name(number: i32) -> Option<String> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    match SIGNALS.get(index) {
        Some(name) => Some(format!("SIG{name}")),
        None if cfg!(target_os = "linux") && REAL_TIME.contains(&number) => {
            Some(format!("SIGRTMIN+{}", number - REAL_TIME.start()))
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn signals_have_the_names_of_the_system() {
        for (number, name) in [
            (1, "SIGHUP (signal 1)"),
            (7, "SIGBUS (signal 7)"),
            (11, "SIGSEGV (signal 11)"),
            (24, "SIGXCPU (signal 24)"),
            (31, "SIGSYS (signal 31)"),
            (32, "signal 32"),
            (34, "SIGRTMIN+0 (signal 34)"),
            (64, "SIGRTMIN+30 (signal 64)"),
            (0, "signal 0"),
            (-1, "signal -1"),
        ] {
            let dumped = false;
            assert_eq!(ExitStatus::Signal { number, dumped }.to_string(), name);
        }
    }
}
