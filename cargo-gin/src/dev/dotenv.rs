//! The variables of a package's `.env` file.

use std::fmt::Display;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};

use crate::cli::Env;
use crate::os::reaper::Reaper;
use crate::page::{MASK, is_secret, mask};
use crate::workspace::{Manifests, Unloadable};

/// Runs `cargo gin env`: prints each variable on a line.
pub(crate) fn print(env: &Env) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let reaper = Reaper::start()?;
    let manifests = runtime
        .block_on(Manifests::read(&env.selection, &reaper, drop))
        .map_err(Unloadable::into_error)?;
    reaper.finish();
    let workspace = manifests.choose(&env.selection, &[])?;
    let mut stdout = std::io::stdout().lock();
    for (name, value) in variables(&workspace.package_dir, &workspace.target.root)? {
        writeln!(stdout, "{name}={value}").context("cannot write")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the variables of the package's file, in its order. Without a file there are none.
///
/// The error quotes a wrong line as cargo quotes code, its file relative to `root`.
pub(super) fn variables(package: &Path, root: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let path = package.join(".env");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let name = path.strip_prefix(root).unwrap_or(&path).display();
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
    let variables: Result<_, _> = dotenvy::from_read_iter(text.as_bytes()).collect();
    variables.map_err(|error| match error {
        dotenvy::Error::LineParse(line, at) => anyhow!("{}", quote(&name, &text, &line, at)),
        error => anyhow!("cannot read {name}: {error}"),
    })
}

/// Quotes the wrong line of the file `name`, which ends with `rest`, with an arrow to the byte `at` of that. The value may be a
/// secret, and is masked.
fn quote(name: &impl Display, text: &str, rest: &str, at: usize) -> String {
    let rest = rest.lines().next().unwrap_or_default();
    let mut lines = text.lines().zip(1..);
    let (line, number) = lines
        .find(|(line, _)| line.contains(rest))
        .unwrap_or((rest, 1));
    let margin = " ".repeat(number.to_string().len());
    let shown = masked(line);
    let at = line.find(rest).unwrap_or_default() + at;
    let before = line.char_indices().take_while(|(index, _)| *index < at);
    let blanks = before.count().min(shown.chars().count());
    let (column, arrow) = (blanks + 1, " ".repeat(blanks));
    format!(
        "line {number} of `{name}` does not set a variable\n\
         {margin}--> {name}:{number}:{column}\n\
         {margin} |\n\
         {number} | {shown}\n\
         {margin} | {arrow}^ expected `NAME=value`, with quotes around a value that contains spaces\n"
    )
}

fn masked(line: &str) -> String {
    match line.split_once('=') {
        Some((name, _)) if is_secret(name.trim()) => format!("{name}={MASK}"),
        _ => mask(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the error for the file of a package `app` in a workspace.
    fn error_of(text: &str) -> String {
        let root = tempfile::tempdir().unwrap();
        let package = root.path().join("app");
        fs::create_dir(&package).unwrap();
        fs::write(package.join(".env"), text).unwrap();
        format!("{:#}", variables(&package, root.path()).unwrap_err())
    }

    #[test]
    fn a_line_that_sets_no_variable_is_quoted_with_its_place() {
        let error = error_of("A=1\n# é\ntwo words\n");
        assert!(
            error.contains("--> app/.env:3:5\n  |\n3 | two words\n  |     ^ expected"),
            "{error}"
        );
    }

    #[test]
    fn a_secret_is_masked() {
        let error = error_of("API_TOKEN=hunter2 and more\n");
        assert!(error.contains("1 | API_TOKEN=••••••\n"), "{error}");
    }

    #[test]
    fn a_file_that_is_not_text_is_named_relative_to_the_root() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(".env"), b"A=\xff").unwrap();
        let error = format!("{:#}", variables(root.path(), root.path()).unwrap_err());
        assert!(error.starts_with("cannot read .env: "), "{error}");
    }
}
