//! `cargo gin completions`: scripts that complete commands and options in a shell.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};
use clap_complete::{Shell, generate};

use crate::cli::{Cli, Completions};

/// Completes `cargo gin …` in bash, and leaves every other command of cargo to cargo's own script.
const BASH: &str = include_str!("completions.bash");

/// Runs `cargo gin completions`.
pub(crate) fn print(options: &Completions) -> anyhow::Result<ExitCode> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(&script(options.shell))
        .context("cannot write")?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the script for `cargo-gin …` and `cargo gin …`.
fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    if shell == Shell::Bash {
        return bash();
    }
    generate(shell, &mut Cli::command(), "cargo-gin", &mut script);
    match shell {
        // Cargo's own script calls the function `_cargo-gin`, which is defined above.
        Shell::Zsh => {}
        // Cargo has no script for these. Fish has one, and adds this to it.
        _ => generate(shell, &mut below_cargo(), "cargo", &mut script),
    }
    script
}

/// Returns the script for bash.
fn bash() -> Vec<u8> {
    let mut script = Vec::new();
    // The generator takes a hyphen in the name for the space before a subcommand, and then completes no option.
    generate(Shell::Bash, &mut Cli::command(), "cargo_gin", &mut script);
    let script = String::from_utf8_lossy(&script);
    let mut script = script.replace(" cargo_gin\n", " cargo-gin\n");
    script.push_str(BASH);
    script.into_bytes()
}

/// Returns cargo as a command that has only ours.
fn below_cargo() -> Command {
    Command::new("cargo")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .subcommand(Cli::command().name("gin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_has_the_options_of_both_spellings() {
        for shell in [
            Shell::Bash,
            Shell::Elvish,
            Shell::Fish,
            Shell::PowerShell,
            Shell::Zsh,
        ] {
            let script = String::from_utf8(script(shell)).unwrap();
            assert!(script.contains("app-port"), "{shell}");
            let both = match shell {
                Shell::Bash => "complete -F _cargo_or_gin",
                Shell::Elvish => "set edit:completion:arg-completer[cargo] =",
                Shell::Fish => "complete -c cargo -n \"__fish_cargo_using_subcommand gin",
                Shell::PowerShell => "-CommandName 'cargo'",
                _ => "_cargo-gin()",
            };
            assert!(script.contains(both), "{shell}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn bash_completes_both_spellings_and_leaves_the_rest_to_cargo() {
        let script = String::from_utf8(script(Shell::Bash)).unwrap();
        for (words, expected) in [
            ("cargo gin dev --app-p", "--app-port\n"),
            ("cargo-gin dev --app-p", "--app-port\n"),
            ("cargo gin compl", "completions\n"),
            ("cargo gin", "cargo's own\n"),
            ("cargo build --rel", "cargo's own\n"),
        ] {
            let (before, word) = words.rsplit_once(' ').unwrap();
            let last = before.split(' ').next_back().unwrap();
            let name = words.split(' ').next().unwrap();
            let line = format!(
                "_cargo() {{ COMPREPLY=(\"cargo's own\"); }}\n{script}\n\
                 COMP_WORDS=({words})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
                 specification=$(complete -p {name})\n\
                 [[ $specification =~ -F\\ ([^ ]+) ]]\n\
                 ${{BASH_REMATCH[1]}} {name} '{word}' {last}\n\
                 printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
            );
            let mut bash = std::process::Command::new("bash");
            let output = bash.args(["--norc", "-c", &line]).output().unwrap();
            let completed = String::from_utf8_lossy(&output.stdout);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(completed, expected, "{words}: {errors}");
        }
    }
}
