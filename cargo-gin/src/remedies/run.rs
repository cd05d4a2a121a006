//! Runs the program of a remedy.

use std::io;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::cargo;

/// The longest time that a program may take: `cargo add` reads the index of a registry.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The most lines of a program's errors that are shown.
const LINES: usize = 6;

/// The reason why a program did not do its work.
#[derive(Debug)]
pub(crate) enum Failed {
    Unstarted(io::Error),
    TimedOut,
    /// It exited with an error, whose last lines these are.
    Exited(String),
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failed::Unstarted(error) => write!(f, "The program could not be started: {error}."),
            Failed::TimedOut => {
                write!(
                    f,
                    "The program took longer than {} s and was ended.",
                    TIMEOUT.as_secs()
                )
            }
            Failed::Exited(lines) => f.write_str(lines),
        }
    }
}

/// Runs a program with its arguments, and waits until it has exited. Dropping the future kills it.
pub(crate) async fn run(argv: &[String], directory: &Path) -> Result<(), Failed> {
    let Some((program, rest)) = argv.split_first() else {
        return Ok(());
    };
    let mut command = match program.as_str() {
        "cargo" => cargo::command(),
        program => Command::new(program),
    };
    command
        .args(rest)
        .current_dir(directory)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    // Ctrl-C ends it with us, not before.
    #[cfg(unix)]
    command.process_group(0);
    match timeout(TIMEOUT, command.output()).await {
        Err(_) => Err(Failed::TimedOut),
        Ok(Err(error)) => Err(Failed::Unstarted(error)),
        Ok(Ok(output)) if output.status.success() => Ok(()),
        Ok(Ok(output)) => Err(Failed::Exited(last_lines(&output))),
    }
}

/// Returns the last lines of a program's errors, or its status if it has printed none.
fn last_lines(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = errors
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let first = lines.len().saturating_sub(LINES);
    match lines.get(first..) {
        Some(lines) if !lines.is_empty() => lines.join("\n"),
        _ => output.status.to_string(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    async fn ran(argv: &[&str]) -> Result<(), String> {
        let argv: Vec<_> = argv.iter().map(|word| (*word).to_owned()).collect();
        let ran = run(&argv, Path::new("/")).await;
        ran.map_err(|failed| failed.to_string())
    }

    #[tokio::test]
    async fn a_program_runs_without_a_shell() {
        assert_eq!(ran(&["true", "; false"]).await, Ok(()));
        let failed = ran(&["ls", "/no/such; true"]).await.unwrap_err();
        assert!(failed.contains("/no/such; true"), "{failed}");
        let unstarted = ran(&["no-such-program"]).await.unwrap_err();
        assert!(
            unstarted.starts_with("The program could not be started"),
            "{unstarted}"
        );
        let silent = ran(&["false"]).await.unwrap_err();
        assert!(silent.contains('1'), "{silent}");
    }
}
