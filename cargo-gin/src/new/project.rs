//! The new project on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, bail, ensure};

use crate::cli::{New, TemplateName};
use crate::new::surroundings::{Place, Surroundings, settle};
use crate::new::template::{self, Gin, Standing};

/// The files of a project, by their paths in it.
type Files = Vec<(&'static str, String)>;

/// Creates a project from a template.
pub(crate) fn run(new: &New) -> anyhow::Result<ExitCode> {
    let path = std::path::absolute(&new.path)
        .with_context(|| format!("cannot resolve {}", new.path.display()))?;
    let name = match (&new.name, path.file_name().and_then(|name| name.to_str())) {
        (Some(name), _) => name,
        (None, Some(name)) => name,
        (None, None) => bail!(
            "{} has no name that a package can have; set one with --name",
            path.display()
        ),
    };
    check(name)?;
    ensure!(
        is_free(&path),
        "{} exists already; choose another path. Nothing was written",
        path.display()
    );
    let checkout = gin_path(new)?;
    let gin = match &checkout {
        Some(path) => Gin::Path(path),
        None => Gin::Version(env!("CARGO_PKG_VERSION")),
    };
    let template = match new.template {
        TemplateName::Hello => template::HELLO,
    };
    let around = Surroundings::of(&path)?;
    let kept = path.ancestors().find(|above| above.is_dir());
    let kept = kept.unwrap_or(&path).to_owned();
    let files = |standing| template.files(name, &gin, standing);
    let standing = create(&path, &files, &around).map_err(|error| {
        remove(&path, &kept);
        error.context("no project was created")
    })?;
    if !new.no_git {
        init_git(&path);
    }
    let go = match new.path.display().to_string() {
        here if here == "." => String::new(),
        there => format!("    cd {there}\n"),
    };
    let place = match (standing, &around) {
        (Standing::Member, Surroundings::Workspace(root)) => {
            format!(", a member of the workspace of {}", root.display())
        }
        _ => String::new(),
    };
    eprintln!("created `{name}`{place}\n\n{go}    cargo gin dev\n");
    Ok(ExitCode::SUCCESS)
}

/// Checks a package's name by cargo's rules.
fn check(name: &str) -> anyhow::Result<()> {
    const KEYWORDS: &str = "abstract as async await become box break const continue crate do dyn else enum extern false \
        final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self static struct \
        super trait true try type typeof unsafe unsized use virtual where while yield test core std alloc proc_macro \
        build deps examples incremental";
    let wrong = match name {
        "" => Some("it is empty".to_owned()),
        "gin-core" | "gin-macros" | "gin-router" => {
            Some("the project depends on a package of this name".to_owned())
        }
        _ if KEYWORDS.split_ascii_whitespace().any(|word| word == name) => {
            Some("it is reserved by Rust or cargo".to_owned())
        }
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => {
            Some("it starts with a digit".to_owned())
        }
        _ => name
            .chars()
            .find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
            .map(|c| format!("it contains {c:?}")),
    };
    match wrong {
        Some(reason) => bail!(
            "`{name}` cannot be a package's name: {reason}; use letters, digits, `-` and `_`, or set another with --name"
        ),
        None => Ok(()),
    }
}

/// Returns `true` if nothing is at `path`, or only an empty directory.
fn is_free(path: &Path) -> bool {
    match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !path.exists(),
    }
}

/// Returns gin-core's directory: that of `--gin-path`, else the one in the checkout that built this program, if it still exists.
fn gin_path(new: &New) -> anyhow::Result<Option<PathBuf>> {
    if let Some(path) = &new.gin_path {
        let is_gin = path.join("Cargo.toml").is_file();
        ensure!(
            is_gin,
            "there is no gin-core in {}; --gin-path takes the directory of its Cargo.toml",
            path.display()
        );
        return Ok(Some(
            path.canonicalize()
                .with_context(|| format!("cannot resolve {}", path.display()))?,
        ));
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gin-core");
    Ok(beside
        .canonicalize()
        .ok()
        .filter(|path| path.join("Cargo.toml").is_file()))
}

/// Writes the project's files for its surroundings.
fn create(
    path: &Path,
    files: &dyn Fn(Standing) -> Files,
    around: &Surroundings,
) -> anyhow::Result<Standing> {
    let standing = match around {
        Surroundings::Alone => Standing::Root,
        Surroundings::Ignored => Standing::Apart,
        Surroundings::Workspace(_) => Standing::Member,
    };
    write_all(path, files(standing))?;
    let Surroundings::Workspace(root) = around else {
        return Ok(standing);
    };
    match settle(path, root)? {
        Place::Member => Ok(Standing::Member),
        Place::Outside => {
            write_all(path, files(Standing::Root))?;
            Ok(Standing::Root)
        }
    }
}

fn write_all(path: &Path, files: Files) -> anyhow::Result<()> {
    for (file, text) in files {
        write(&path.join(file), &text)?;
    }
    Ok(())
}

/// Removes what was written below `kept`, the nearest directory that was there before.
///
/// Errors leave files behind, which is better than to hide the reason for which they are removed.
fn remove(path: &Path, kept: &Path) {
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let _ = match entry.file_type() {
            Ok(kind) if kind.is_dir() => fs::remove_dir_all(entry.path()),
            _ => fs::remove_file(entry.path()),
        };
    }
    let made = path.ancestors().take_while(|directory| *directory != kept);
    for directory in made {
        let _ = fs::remove_dir(directory);
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)
            .with_context(|| format!("cannot create {}", directory.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Creates a git repository, unless the project is inside one. Without git there is none.
fn init_git(path: &Path) {
    if path
        .ancestors()
        .any(|directory| directory.join(".git").exists())
    {
        return;
    }
    let _ = Command::new("git")
        .args(["init", "--quiet"])
        .current_dir(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn names_are_checked_as_cargo_does() {
        for name in ["blog", "my-app", "my_app2", "café"] {
            assert!(check(name).is_ok(), "{name}");
        }
        for name in ["", "2fast", "a b", "a/b", "fn", "test", "deps", "gin-core"] {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
