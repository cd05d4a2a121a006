//! The variables of `.env`, `.env.local` and the files of `--env-file`.

use std::fmt::Display;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, ensure};

use crate::cli::Env;
use crate::os::reaper::Reaper;
use crate::page::{MASK, is_secret, mask};
use crate::workspace::{Manifests, Unloadable, Workspace};

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
    let workspace = workspace.with_env_files(&env.files)?;
    let mut stdout = std::io::stdout().lock();
    for (name, value) in variables(&workspace)? {
        writeln!(stdout, "{name}={value}").context("cannot write")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the variables of the workspace's files, each once, in their order.
///
/// The error quotes a wrong line as cargo quotes code, its file relative to the workspace's root.
pub(super) fn variables(workspace: &Workspace) -> anyhow::Result<Vec<(String, String)>> {
    let mut variables: Vec<(String, String)> = Vec::new();
    for path in workspace.env_files() {
        if !path.is_file() {
            ensure!(
                !workspace.given_env_files.contains(&path),
                "there is no file {}; create it, or drop --env-file",
                path.display()
            );
            continue;
        }
        for (name, value) in read(&path, &workspace.target.root)? {
            if !variables.iter().any(|(known, _)| *known == name) {
                variables.push((name, value));
            }
        }
    }
    Ok(variables)
}

/// Reads a file.
fn read(path: &Path, root: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let name = path.strip_prefix(root).unwrap_or(path).display();
    let bytes = fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let text = str::from_utf8(&bytes).map_err(|error| {
        let line = number_of_line(&bytes, error.valid_up_to());
        anyhow!("line {line} of `{name}` is not UTF-8; save the file in that encoding\n --> {name}:{line}\n")
    })?;
    // Editors on Windows start a file with a byte order mark, which does not belong to the first name.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let variables: Result<_, _> = dotenvy::from_read_iter(text.as_bytes()).collect();
    variables.map_err(|error| match error {
        dotenvy::Error::LineParse(line, at) => anyhow!("{}", quote(&name, text, &line, at)),
        error => anyhow!("cannot read {name}: {error}"),
    })
}

/// Returns the number of the line that the byte at `index` is in.
fn number_of_line(bytes: &[u8], index: usize) -> usize {
    let before = bytes.iter().take(index);
    1 + before.filter(|byte| **byte == b'\n').count()
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
    fn error_of(text: impl AsRef<[u8]>) -> String {
        let root = tempfile::tempdir().unwrap();
        let package = root.path().join("app");
        fs::create_dir(&package).unwrap();
        let path = package.join(".env");
        fs::write(&path, text).unwrap();
        format!("{:#}", read(&path, root.path()).unwrap_err())
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
    fn a_file_that_is_not_text_is_named_with_its_line() {
        let error = error_of(b"A=1\nB=\xff\n");
        assert!(
            error.starts_with("line 2 of `app/.env` is not UTF-8"),
            "{error}"
        );
        assert!(error.contains("--> app/.env:2"), "{error}");
    }

    #[test]
    fn a_byte_order_mark_does_not_belong_to_a_name() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(".env");
        fs::write(&path, "\u{feff}A=1\nB=2").unwrap();
        let variables = read(&path, root.path()).unwrap();
        let expected = [("A", "1"), ("B", "2")];
        assert_eq!(
            variables,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
