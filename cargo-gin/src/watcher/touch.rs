//! Changes that cargo would miss. It notices them once the file that it compares has a new time.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::state::ChangedFiles;
use crate::watcher::scope::NextTime;

/// The reason for which cargo would miss a change, with the path whose time it compares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hidden {
    /// The file was moved or restored with the time that it had before. Cargo takes it for what it has built already.
    Old(PathBuf),
    /// The name goes through a link, and led to this file before.
    Linked(PathBuf),
}

/// The changes of one moment that cargo would have missed.
#[derive(Debug, Default)]
pub(super) struct Touched {
    old: Option<ChangedFiles>,
    linked: Option<ChangedFiles>,
    failures: Vec<String>,
    /// The latest time that a path got.
    time: Option<NextTime>,
}

impl Touched {
    /// Gives a path this time, so that cargo notices a change of these files.
    pub(super) fn touch(
        &mut self,
        hidden: &Hidden,
        files: impl Iterator<Item = ChangedFiles>,
        time: NextTime,
    ) {
        let merged = files.reduce(|mut all, file| {
            all.merge(file);
            all
        });
        let Some(files) = merged else {
            return;
        };
        let (NextTime::Now(new) | NextTime::AfterRun(new)) = time;
        if let Err(error) = set_modified(hidden.path(), new) {
            let path = hidden.path().display();
            let text = format!(
                "cargo would miss {files}: the time of {path} cannot be set ({error}); run `touch {path}`"
            );
            return self.failures.push(text);
        }
        self.time = Some(time);
        let touched = match hidden {
            Hidden::Old(_) => &mut self.old,
            Hidden::Linked(_) => &mut self.linked,
        };
        match touched {
            Some(touched) => touched.merge(files),
            None => *touched = Some(files),
        }
    }

    /// Returns the notices for the user.
    pub(super) fn notices(self) -> impl Iterator<Item = String> {
        let time = match self.time {
            Some(NextTime::AfterRun(_)) => "to a time after it, as the clock has gone back since",
            Some(NextTime::Now(_)) | None => "to now",
        };
        let old = self.old.map(|files| {
            let (it, its) = pronouns(&files);
            format!(
                "cargo would miss {files}: {it} older than the last build; {its} was set {time}"
            )
        });
        let linked = self.linked.map(|files| {
            format!(
                "cargo would miss {files}: a link leads to another file now; the time of the former one was set {time}"
            )
        });
        self.failures.into_iter().chain(old).chain(linked)
    }
}

impl Hidden {
    /// Returns the path whose time cargo compares.
    pub(super) fn path(&self) -> &Path {
        match self {
            Hidden::Old(path) | Hidden::Linked(path) => path,
        }
    }
}

fn pronouns(files: &ChangedFiles) -> (&'static str, &'static str) {
    if files.len() == 1 {
        ("it is", "its time")
    } else {
        ("they are", "their time")
    }
}

fn set_modified(path: &Path, time: SystemTime) -> io::Result<()> {
    // Unix sets the time of a file that is open for reading, and of a directory. Windows requires one that is open for writing.
    let file = if cfg!(windows) {
        File::options().write(true).open(path)
    } else {
        File::open(path)
    };
    file?.set_modified(time)
}
