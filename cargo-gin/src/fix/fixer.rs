//! The task that edits files, and remembers how they were.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tokio::sync::{mpsc, oneshot, watch};

use super::choice::Choice;
use super::edit::{apply, edits};
use crate::phase::Status;

/// What a page asks for, and who is told how it went.
#[derive(Debug)]
pub(crate) struct Order {
    /// What to do.
    pub(crate) task: Task,
    /// Is told when it is done.
    pub(crate) done: oneshot::Sender<Result<(), Refused>>,
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// To make suggestions of a build.
    Fix {
        /// The build.
        build: u64,
        /// Which of them.
        choice: Choice,
    },
    /// To take back what was made last.
    Undo,
}

/// Why a file was left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Another build has begun since.
    Outdated,
    /// There is no such suggestion.
    Unknown,
    /// The file is not the one that was compiled.
    Changed,
    /// The file is not below the workspace's root.
    Foreign,
    /// There is nothing to take back.
    Nothing,
    /// The file can't be written.
    Unwritable,
}

impl Refused {
    /// What is the matter, and the remedy.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Refused::Outdated => "Another build has begun since. Look at what it says.",
            Refused::Unknown => "There is no such suggestion.",
            Refused::Changed => {
                "The file has changed since it was compiled. Wait for the next build."
            }
            Refused::Foreign => "The file is not in this workspace.",
            Refused::Nothing => "There is nothing to undo.",
            Refused::Unwritable => "The file can't be written. Look at its permissions.",
        }
    }
}

/// Edits files by order, one order at a time.
#[derive(Debug)]
pub(crate) struct Fixer {
    status: watch::Receiver<Status>,
    /// What was done, the last at the end.
    journal: Vec<Vec<Rewrite>>,
}

/// A file's text before and after.
#[derive(Debug)]
struct Rewrite {
    path: PathBuf,
    before: String,
    after: String,
}

impl Fixer {
    /// How many steps can be undone.
    const MEMORY: usize = 50;

    /// A fixer for the builds that `status` tells of.
    pub(crate) fn new(status: watch::Receiver<Status>) -> Fixer {
        Fixer {
            status,
            journal: Vec::new(),
        }
    }

    /// Works until nobody can order any more.
    pub(crate) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        while let Some(Order { task, done }) = orders.recv().await {
            let result = match task {
                Task::Fix { build, choice } => self.fix(build, choice),
                Task::Undo => self.undo(),
            };
            // Whoever asked may have left.
            let _ = done.send(result);
        }
    }

    fn fix(&mut self, build: u64, choice: Choice) -> Result<(), Refused> {
        let status = self.status.borrow().clone();
        if status.build != build {
            return Err(Refused::Outdated);
        }
        let edits = edits(&status.diagnostics, choice);
        if edits.is_empty() {
            return Err(Refused::Unknown);
        }
        let mut rewrites = Vec::new();
        for (name, edits) in &edits {
            let path = own(&status.target.root, name)?;
            let source = status.diagnostics.sources().get(name);
            let before = source.ok_or(Refused::Changed)?.text();
            let after = apply(before, edits).ok_or(Refused::Changed)?;
            rewrites.push(Rewrite {
                path,
                before: before.to_owned(),
                after,
            });
        }
        rewrite(&rewrites)?;
        if self.journal.len() == Self::MEMORY {
            self.journal.remove(0);
        }
        self.journal.push(rewrites);
        Ok(())
    }

    fn undo(&mut self) -> Result<(), Refused> {
        let last = self.journal.last().ok_or(Refused::Nothing)?;
        let back: Vec<_> = last.iter().map(Rewrite::back).collect();
        rewrite(&back)?;
        self.journal.pop();
        Ok(())
    }
}

impl Rewrite {
    fn back(&self) -> Rewrite {
        Rewrite {
            path: self.path.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }
}

/// The file `name` below `root`. Links are followed first, so that none leads out.
fn own(root: &Path, name: &str) -> Result<PathBuf, Refused> {
    let root = root.canonicalize().map_err(|_| Refused::Foreign)?;
    let path = root
        .join(name)
        .canonicalize()
        .map_err(|_| Refused::Changed)?;
    if path.starts_with(&root) {
        Ok(path)
    } else {
        Err(Refused::Foreign)
    }
}

/// Writes all files, or none if one of them is not as it was.
fn rewrite(rewrites: &[Rewrite]) -> Result<(), Refused> {
    for rewrite in rewrites {
        let is_as_before =
            fs::read(&rewrite.path).is_ok_and(|text| text == rewrite.before.as_bytes());
        if !is_as_before {
            return Err(Refused::Changed);
        }
    }
    for rewrite in rewrites {
        write(&rewrite.path, &rewrite.after).map_err(|_| Refused::Unwritable)?;
    }
    Ok(())
}

/// Puts a new file in the old one's place at once: whoever reads it meanwhile sees the one or the other.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::with_prefix_in(".cargo-gin-", folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file()
        .set_permissions(fs::metadata(path)?.permissions())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use super::*;
    use crate::change::Cause;
    use crate::diagnostics::{Diagnostic, Diagnostics, Origin};
    use crate::phase::{Phase, Target, Timings};
    use crate::source::Library;

    const TEXT: &str = "fn main() { let mut x = 1; }\n";

    /// A fixer in a workspace of its own, where rustc suggests to leave out the `mut` of `src/main.rs`.
    struct Bench {
        folder: tempfile::TempDir,
        fixer: Fixer,
    }

    impl Bench {
        fn new() -> Bench {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("src")).unwrap();
            fs::write(folder.path().join("src/main.rs"), TEXT).unwrap();
            let message = serde_json::json!({ "message": "unused mut", "level": "warning", "children": [{
                "message": "remove it", "level": "help", "spans": [{
                    "file_name": "src/main.rs", "byte_start": 16, "byte_end": 20, "line_start": 1, "line_end": 1,
                    "column_start": 17, "column_end": 21, "is_primary": true,
                    "suggested_replacement": "", "suggestion_applicability": "MachineApplicable",
                }]
            }]});
            let mut diagnostics = Diagnostics::default();
            diagnostics.push(Diagnostic {
                origin: Origin::Rustc,
                package: "blog".to_owned(),
                message: serde_json::from_value(message).unwrap(),
            });
            diagnostics.snapshot(&Library::new(folder.path(), &[]));
            let (_, statuses) = watch::channel(Status {
                target: Arc::new(Target {
                    package: "blog".to_owned(),
                    name: "blog".to_owned(),
                    root: folder.path().to_owned(),
                }),
                build: 7,
                cause: Cause::Started,
                since: Instant::now(),
                phase: Phase::Failed,
                diagnostics: Arc::new(diagnostics),
                timings: Timings::default(),
            });
            Bench {
                folder,
                fixer: Fixer::new(statuses),
            }
        }

        fn main(&self) -> PathBuf {
            self.folder.path().join("src/main.rs")
        }

        fn text(&self) -> String {
            fs::read_to_string(self.main()).unwrap()
        }
    }

    #[test]
    fn a_suggestion_is_made_and_undone() {
        let mut bench = Bench::new();
        assert_eq!(bench.fixer.fix(7, Choice::All), Ok(()));
        assert_eq!(bench.text(), "fn main() { let x = 1; }\n");
        assert_eq!(bench.fixer.fix(7, Choice::All), Err(Refused::Changed));
        assert_eq!(bench.fixer.undo(), Ok(()));
        assert_eq!(bench.text(), TEXT);
        assert_eq!(bench.fixer.undo(), Err(Refused::Nothing));
        let names: Vec<_> = fs::read_dir(bench.folder.path().join("src"))
            .unwrap()
            .collect();
        assert_eq!(names.len(), 1, "nothing is left beside the file");
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let mut bench = Bench::new();
        fs::write(bench.main(), "fn main() { mine }\n").unwrap();
        assert_eq!(bench.fixer.fix(7, Choice::All), Err(Refused::Changed));
        fs::write(bench.main(), TEXT).unwrap();
        assert_eq!(bench.fixer.fix(7, Choice::All), Ok(()));
        fs::write(bench.main(), "mine").unwrap();
        assert_eq!(bench.fixer.undo(), Err(Refused::Changed));
        assert_eq!(bench.text(), "mine");
    }

    #[test]
    fn only_suggestions_of_this_build_are_made() {
        let mut bench = Bench::new();
        let other = Choice::One {
            diagnostic: 0,
            child: 1,
        };
        assert_eq!(bench.fixer.fix(6, Choice::All), Err(Refused::Outdated));
        assert_eq!(bench.fixer.fix(7, other), Err(Refused::Unknown));
        assert_eq!(bench.text(), TEXT);
    }

    #[cfg(unix)]
    #[test]
    fn no_file_outside_the_workspace_is_written_and_modes_are_kept() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let mut bench = Bench::new();
        fs::set_permissions(bench.main(), fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(bench.fixer.fix(7, Choice::All), Ok(()));
        assert_eq!(
            fs::metadata(bench.main()).unwrap().permissions().mode() & 0o777,
            0o640
        );
        let mut bench = Bench::new();
        let outside = tempfile::NamedTempFile::new().unwrap();
        fs::write(outside.path(), TEXT).unwrap();
        fs::remove_file(bench.main()).unwrap();
        symlink(outside.path(), bench.main()).unwrap();
        assert_eq!(bench.fixer.fix(7, Choice::All), Err(Refused::Foreign));
        assert_eq!(fs::read_to_string(outside.path()).unwrap(), TEXT);
    }
}
