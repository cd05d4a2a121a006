//! valgrind, which counts what a program does.

use std::env;
use std::ffi::OsStr;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::Process;

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
    /// Returns the count of an average unit of a server's work.
    ///
    /// The server is the current program with these arguments. `work` gets its address and one of the `runs`, which are a
    /// shorter and a longer one, and returns the units that the server did. The difference leaves out the start.
    ///
    /// # Errors
    ///
    /// If the server cannot be run under valgrind, or with the error of `work`.
    pub fn per_unit(
        self,
        arguments: &[impl AsRef<OsStr>],
        runs: [u32; 2],
        work: impl Fn(&str, u32) -> Result<u32>,
    ) -> Result<f64> {
        let count = |runs| -> Result<(u32, u64)> {
            let process = Process::start(self.command()?.args(arguments))?;
            let units = work(process.address(), runs);
            let errors = process.end()?;
            Ok((units?, self.count(&errors)?))
        };
        let [shorter, longer] = runs;
        let (few, least) = count(shorter)?;
        let (many, most) = count(longer)?;
        // The whole part may be more than the 32 bits that a float surely holds; what is left of a quotient is not.
        let (more, units) = (most.saturating_sub(least), u64::from(many - few));
        let whole = u32::try_from(more / units)?;
        let rest = u32::try_from(more % units)?;
        Ok(f64::from(whole) + f64::from(rest) / f64::from(many - few))
    }

    /// The command that runs the current program again under this tool; the program's arguments are still to be added.
    ///
    /// # Errors
    ///
    /// If the path of the current program is unknown.
    pub fn command(self) -> Result<Command> {
        let mut command = Command::new("valgrind");
        command.args(self.options()).arg(env::current_exe()?);
        Ok(command)
    }

    /// The options of valgrind that select this tool.
    #[must_use]
    pub fn options(self) -> &'static [&'static str] {
        match self {
            Tool::Callgrind => &["--tool=callgrind", "--callgrind-out-file=/dev/null"],
            Tool::Memcheck => &[
                "--tool=memcheck",
                "--leak-check=no",
                "--undef-value-errors=no",
            ],
        }
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
