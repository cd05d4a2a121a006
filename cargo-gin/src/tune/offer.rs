//! The offer: files with their texts before and after the changes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use similar::TextDiff;

use crate::fix::{Rewrite, RewriteError, rewrite};
use crate::tune::change::{Change, File, make_all};

/// A file and its text before and after the changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileChange {
    pub(super) path: PathBuf,
    /// `None` if there is no such file.
    pub(super) before: Option<String>,
    /// `None` if the file goes.
    pub(super) after: Option<String>,
}

/// Returns the files that the changes concern, below the workspace's root, in the order of their first changes.
pub(super) fn files(root: &Path, changes: &[Change]) -> anyhow::Result<Vec<FileChange>> {
    let mut files: Vec<FileChange> = Vec::new();
    for file in changes.iter().map(|change| &change.file) {
        let path = path_of(root, file);
        if files.iter().any(|known| known.path == path) {
            continue;
        }
        let own = changes.iter().filter(|change| change.file == *file);
        let before = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        let after = make_all(before.as_deref().unwrap_or_default(), own)
            .with_context(|| format!("cannot change {}", path.display()))?;
        files.push(FileChange {
            path,
            before,
            after: Some(after),
        });
    }
    Ok(files)
}

/// Returns the path of a file that has settings.
pub(super) fn path_of(root: &Path, file: &File) -> PathBuf {
    match file {
        File::Manifest => root.join("Cargo.toml"),
        File::Package(directory) => root.join(directory).join("Cargo.toml"),
        File::Configuration => configuration(root),
    }
}

/// Returns the configuration file that cargo reads in a directory. It prefers the name without an extension.
fn configuration(root: &Path) -> PathBuf {
    let directory = root.join(".cargo");
    let old = directory.join("config");
    if old.is_file() {
        old
    } else {
        directory.join("config.toml")
    }
}

impl FileChange {
    /// Returns the change that takes this one back.
    pub(super) fn inverse(&self) -> FileChange {
        FileChange {
            path: self.path.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }

    /// Returns the difference of both texts. Paths are relative to `root`.
    pub(super) fn diff(&self, root: &Path) -> String {
        let name = self.path.strip_prefix(root).unwrap_or(&self.path).display();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (before, after) = (text(&self.before), text(&self.after));
        let header = |text: &Option<String>, side: char| match text {
            Some(_) => format!("{side}/{name}"),
            None => "/dev/null".to_owned(),
        };
        TextDiff::from_lines(&before, &after)
            .unified_diff()
            .context_radius(2)
            .header(&header(&self.before, 'a'), &header(&self.after, 'b'))
            .to_string()
    }
}

/// Writes all files or none. A file with other contents than the text before the change stays as it is, and so do all others.
pub(super) fn write(files: &[FileChange]) -> anyhow::Result<()> {
    let mut rewrites = Vec::new();
    for file in files {
        if let (Some(before), Some(after)) = (&file.before, &file.after) {
            let path = file.path.canonicalize();
            let path = path.with_context(|| format!("cannot find {}", file.path.display()))?;
            rewrites.push(Rewrite {
                name: path.display().to_string(),
                path,
                before: before.clone(),
                after: after.clone(),
            });
        }
    }
    let mut created = Vec::new();
    for file in files {
        if let (None, Some(text)) = (&file.before, &file.after) {
            let made = create(&file.path, text);
            created.push(&file.path);
            if let Err(error) = made {
                take_back(&created[..created.len() - 1]);
                return Err(error);
            }
        }
    }
    for file in files {
        if let (Some(text), None) = (&file.before, &file.after)
            && fs::read_to_string(&file.path).ok().as_ref() != Some(text)
        {
            bail!(
                "{} has changed since; nothing was written",
                file.path.display()
            );
        }
    }
    if let Err((failed, error)) = rewrite(&rewrites) {
        let name = failed.name.clone();
        take_back(&created);
        match error {
            RewriteError::Changed => bail!("{name} has changed since; nothing was written"),
            RewriteError::Unwritable(error) => {
                return Err(error)
                    .with_context(|| format!("cannot write {name}; nothing was changed"));
            }
        }
    }
    let removed: Vec<&PathBuf> = files
        .iter()
        .filter(|file| file.after.is_none())
        .map(|file| &file.path)
        .collect();
    take_back(&removed);
    Ok(())
}

/// Creates a file and its directory.
fn create(path: &Path, text: &str) -> anyhow::Result<()> {
    let directory = path.parent().unwrap_or(path);
    let created = fs::create_dir_all(directory).and_then(|()| {
        let mut file = fs::File::create_new(path)?;
        io::Write::write_all(&mut file, text.as_bytes())
    });
    created.with_context(|| format!("cannot create {}; nothing was changed", path.display()))
}

/// Deletes files that were created, and their directories if they are empty.
fn take_back(files: &[&PathBuf]) {
    for file in files {
        // A file that stays has settings that were agreed to.
        let _ = fs::remove_file(file);
        // A directory with other files stays.
        let _ = file.parent().map(fs::remove_dir);
    }
}

#[cfg(test)]
mod tests {
    use crate::tune::change::Setting;

    use super::*;

    fn changes() -> [Change; 2] {
        let words = Setting::Words(vec!["-Clink-arg=-fuse-ld=mold".to_owned()]);
        [
            Change::manifest(&["profile", "dev", "debug"], false),
            Change::new(File::Configuration, &["build", "rustflags"], words),
        ]
    }

    #[test]
    fn files_are_written_and_taken_back() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let manifest = root.join("Cargo.toml");
        fs::write(&manifest, "[package]\nname = \"app\"\n").unwrap();
        let files = files(&root, &changes()).unwrap();
        let diffs: String = files.iter().map(|file| file.diff(&root)).collect();
        assert_eq!(
            diffs,
            "--- a/Cargo.toml\n+++ b/Cargo.toml\n@@ -1,2 +1,5 @@\n [package]\n name = \"app\"\n+\n+[profile.dev]\n+debug = false\n\
             --- /dev/null\n+++ b/.cargo/config.toml\n@@ -0,0 +1,2 @@\n+[build]\n+rustflags = [\"-Clink-arg=-fuse-ld=mold\"]\n"
        );
        write(&files).unwrap();
        let text = fs::read_to_string(&manifest).unwrap();
        assert!(text.ends_with("[profile.dev]\ndebug = false\n"), "{text}");
        assert!(root.join(".cargo/config.toml").is_file());
        let inverse: Vec<_> = files.iter().map(FileChange::inverse).collect();
        write(&inverse).unwrap();
        assert_eq!(
            fs::read_to_string(&manifest).unwrap(),
            "[package]\nname = \"app\"\n"
        );
        assert!(!root.join(".cargo").exists());
    }

    #[test]
    fn a_file_that_the_user_has_edited_since_stays_and_so_do_all_others() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let manifest = root.join("Cargo.toml");
        fs::write(&manifest, "[package]\n").unwrap();
        let files = files(&root, &changes()).unwrap();
        fs::write(&manifest, "[package] # mine\n").unwrap();
        let error = write(&files).unwrap_err().to_string();
        assert!(
            error.contains("has changed since; nothing was written"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&manifest).unwrap(), "[package] # mine\n");
        assert!(!root.join(".cargo").exists());
    }
}
