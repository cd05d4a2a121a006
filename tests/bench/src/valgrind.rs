//! valgrind, which counts what a program does.

use std::env;
use std::process::Command;

use anyhow::{Context, Result};

/// The reason for a missing count.
pub const MISSING: &str = "valgrind is not installed";

/// A tool of valgrind.
#[derive(Clone, Copy, Debug)]
pub enum Tool {
    /// Counts instructions.
    Callgrind,
    /// Counts allocations.
    Memcheck,
}

/// Returns `true` if valgrind can be run.
pub fn is_installed() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok()
}

impl Tool {
    /// The command that runs the current program again under this tool; the program's arguments are still to be added.
    ///
    /// # Errors
    ///
    /// If the path of the current program is unknown.
    pub fn command(self) -> Result<Command> {
        let options: &[&str] = match self {
            Tool::Callgrind => &["--tool=callgrind", "--callgrind-out-file=/dev/null"],
            Tool::Memcheck => &[
                "--tool=memcheck",
                "--leak-check=no",
                "--undef-value-errors=no",
            ],
        };
        let mut command = Command::new("valgrind");
        command.args(options).arg(env::current_exe()?);
        Ok(command)
    }

    /// The count in what valgrind wrote to standard error.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn count(self, stderr: &str) -> Result<u64> {
        let label = match self {
            Tool::Callgrind => "Collected : ",
            Tool::Memcheck => "total heap usage: ",
        };
        let number = stderr.lines().find_map(|line| line.split_once(label));
        let (_, number) = number.with_context(|| format!("valgrind failed: {stderr}"))?;
        let digits: String = number
            .chars()
            .take_while(|c| *c != ' ')
            .filter(char::is_ascii_digit)
            .collect();
        Ok(digits.parse()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_stands_after_the_label_of_the_tool() {
        let callgrind = "==7== Events    : Ir\n==7== Collected : 123456\n";
        assert_eq!(Tool::Callgrind.count(callgrind).ok(), Some(123_456));
        let memcheck = "==7==   total heap usage: 1,234 allocs, 1,200 frees, 9,999 bytes\n";
        assert_eq!(Tool::Memcheck.count(memcheck).ok(), Some(1234));
        assert!(Tool::Callgrind.count(memcheck).is_err());
    }
}
