//! A benchmark's program: how it is run, and its `main`.

use std::env;
use std::num::NonZeroU32;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::benchmark::Benchmark;
use crate::document::Document;
use crate::section::Section;
use crate::table::Table;

/// The outcome of a benchmark's program.
#[derive(Debug)]
pub struct Run {
    /// The section that the program printed. It gives the reason where nothing was measured.
    pub section: Section,
    /// `true` if the program exited with 0.
    pub succeeded: bool,
}

impl Benchmark {
    /// Runs the benchmark's program, which may print its progress to the terminal.
    ///
    /// # Errors
    ///
    /// If cargo cannot be started.
    pub fn run(self) -> Result<Run> {
        let output = Command::new("cargo")
            .args(self.arguments())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run cargo")?;
        let printed =
            Document::from(&*String::from_utf8_lossy(&output.stdout)).take(self.heading());
        Ok(Run {
            section: printed.unwrap_or_else(|| {
                Section::not_measured(
                    self,
                    &format_args!("the program failed ({})", output.status),
                )
            }),
            succeeded: output.status.success(),
        })
    }

    /// The whole `main` of the benchmark's program: measures as many rounds as the command line gives, or else `rounds`,
    /// and prints the section.
    ///
    /// # Errors
    ///
    /// If the command line is wrong, or with the error of `measure`. The section gives the latter, too.
    pub fn main(self, rounds: u32, measure: impl FnOnce(u32) -> Result<Vec<Table>>) -> Result<()> {
        let arguments: Vec<_> = env::args().skip(1).collect();
        let (command, rounds) = match &arguments[..] {
            [] => (self.command(), rounds),
            [given] => {
                let invalid = || format!("ROUNDS is a number from 1 on, and `{given}` is not");
                let rounds: NonZeroU32 = given.parse().with_context(invalid)?;
                (format!("{} -- {rounds}", self.command()), rounds.get())
            }
            _ => bail!("usage: {} [-- ROUNDS]", self.command()),
        };
        match measure(rounds) {
            Ok(tables) => print(&Section::measured(self, &command, &tables)),
            Err(error) => {
                print(&Section::not_measured(self, &format_args!("{error:#}")));
                return Err(error);
            }
        }
        Ok(())
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the section is the output of the program"
)]
fn print(section: &Section) {
    print!("{section}");
}
