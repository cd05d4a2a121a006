//! The new project on disk.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, ensure};

use crate::cli::New;
use crate::new::choice;
use crate::new::dependency::Gin;
use crate::new::name::name;
use crate::new::surroundings::{Place, Surroundings, settle};
use crate::new::template::{Standing, Template};

/// The files of a project, by their paths in it.
type Files = Vec<(&'static str, String)>;

/// Creates a project from a template, or lists the templates.
pub(crate) fn run(new: &New) -> anyhow::Result<ExitCode> {
    let Some(given) = new.path.as_deref().filter(|_| !new.list) else {
        choice::list()?;
        return Ok(ExitCode::SUCCESS);
    };
    let path = std::path::absolute(given)
        .with_context(|| format!("cannot resolve {}", given.display()))?;
    let name = name(new, &path)?;
    ensure!(
        is_free(&path),
        "{} exists already; choose another path. Nothing was written",
        path.display()
    );
    let gin = Gin::of(new, &path)?;
    let template = Template::of(choice::choose(new.template)?);
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
    let place = match (standing, &around) {
        (Standing::Member, Surroundings::Workspace(root)) => {
            format!(", a member of the workspace of {}", root.display())
        }
        _ => String::new(),
    };
    eprintln!("created `{name}`{place}\n\n{}", next(given));
    if let Some(note) = gin.note() {
        eprintln!("{note}\n");
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the commands that run the project.
fn next(given: &Path) -> String {
    match given.display().to_string() {
        here if here == "." => "    cargo gin dev\n".to_owned(),
        there => format!("    cd {there}\n    cargo gin dev\n"),
    }
}

/// Returns `true` if nothing is at `path`, or only an empty directory or a git repository without files.
fn is_free(path: &Path) -> bool {
    match fs::read_dir(path) {
        Ok(mut entries) => {
            entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == ".git"))
        }
        Err(_) => !path.exists(),
    }
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
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name() != ".git") {
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
