//! `cargo gin man`: the manual, a page for each command.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::cli::{Cli, Manual};

/// Runs `cargo gin man`.
pub(crate) fn write(options: &Manual) -> anyhow::Result<ExitCode> {
    match &options.dir {
        Some(dir) => pages(dir)?,
        None => overview()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a page for each command into `dir`.
fn pages(dir: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    clap_mangen::generate_to(Cli::command(), dir)
        .with_context(|| format!("cannot write the manual into {}", dir.display()))
}

/// Prints the page that lists the commands.
fn overview() -> anyhow::Result<()> {
    let mut page = Vec::new();
    Man::new(Cli::command())
        .render(&mut page)
        .context("cannot make the page")?;
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&page).context("cannot write")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page() {
        let directory = tempfile::tempdir().unwrap();
        let dir = directory.path().join("man1");
        pages(&dir).unwrap();
        for (page, words) in [
            ("cargo-gin.1", "The inner loop of Rust web development"),
            ("cargo-gin-dev.1", "GIN_APP_PORT"),
            ("cargo-gin-completions.1", "powershell"),
            ("cargo-gin-man.1", "DIR"),
        ] {
            let text = fs::read_to_string(dir.join(page)).unwrap();
            assert!(text.contains(words), "{page}: {text}");
        }
    }
}
