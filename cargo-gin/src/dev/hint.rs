//! The hint at what would help, once, if linking takes a great part of builds.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::builder::LINKS_EARLY;
use crate::cli::Dev;

const TUNE: &str = "`cargo gin tune` measures which linker or debug information would shorten it";
const FAST: &str = "with `--fast` the app starts before most of it, and `cargo gin tune` measures which linker or debug information would shorten it";

/// The builds that were measured so far.
#[derive(Debug)]
pub(super) struct Hint {
    remedy: &'static str,
    /// The number of builds in a row that linked for long.
    slow: usize,
    /// The number of all builds.
    builds: usize,
}

impl Hint {
    /// The number of slow builds in a row that the hint needs. The first build of a session may compile more than an edit.
    const SLOW: usize = 3;
    /// The number of builds after which the project counts as fast.
    const BUILDS: usize = 20;
    /// The shortest time of linking that is worth a hint.
    const LINKING: Duration = Duration::from_millis(300);

    /// Returns the hint for a session with or without `--fast`.
    pub(super) fn new(dev: &Dev) -> Hint {
        let is_remedy = LINKS_EARLY && !dev.fast && !dev.run.no_run;
        Hint::with(if is_remedy { FAST } else { TUNE })
    }

    fn with(remedy: &'static str) -> Hint {
        Hint {
            remedy,
            slow: 0,
            builds: 0,
        }
    }

    /// Considers a build that began at `began` and took this long. Returns the text of the hint, once.
    pub(super) fn consider(
        &mut self,
        executable: &Path,
        began: SystemTime,
        took: Duration,
    ) -> Option<String> {
        if self.builds >= Self::BUILDS {
            return None;
        }
        self.builds += 1;
        let linking = linking(executable, began)?;
        if linking < Self::LINKING || linking * 5 < took * 2 {
            self.slow = 0;
            return None;
        }
        self.slow += 1;
        if self.slow < Self::SLOW {
            return None;
        }
        self.builds = Self::BUILDS;
        Some(format!(
            "linking took {} ms of the last build's {} ms; {}",
            linking.as_millis(),
            took.as_millis(),
            self.remedy
        ))
    }
}

/// Returns the time between the last object file that this build compiled and the end of the program's file. `None` if the
/// program was not compiled incrementally, or not now.
fn linking(executable: &Path, began: SystemTime) -> Option<Duration> {
    let compiled = newest_object(executable)?;
    let linked = modified(executable)?;
    if compiled < began {
        return None;
    }
    linked.duration_since(compiled).ok()
}

/// Returns the time of the newest object file of a program.
fn newest_object(executable: &Path) -> Option<SystemTime> {
    let name = executable.file_stem()?.to_str()?.replace('-', "_");
    // A program is in the directory of its profile, an example below that.
    let mut directories = executable.ancestors().skip(1).take(2);
    let incremental = directories.find_map(|directory| {
        let incremental = directory.join("incremental");
        incremental.is_dir().then_some(incremental)
    })?;
    // `NAME-HASH/SESSION/*.o`; rustc deletes older sessions.
    let crates = entries(&incremental).filter(|path| {
        let crate_name = path.file_name().and_then(|name| name.to_str());
        crate_name.is_some_and(|crate_name| {
            crate_name
                .rsplit_once('-')
                .is_some_and(|(own, _)| own == name)
        })
    });
    let newest = crates.max_by_key(|path| modified(path))?;
    let objects = entries(&newest).flat_map(|session| entries(&session).collect::<Vec<_>>());
    let objects = objects.filter(|path| path.extension().is_some_and(|end| end == "o"));
    objects.filter_map(|path| modified(&path)).max()
}

fn entries(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path()))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    /// Creates a file that was last changed this long after `began`.
    fn create(path: &Path, began: SystemTime, millis: u64) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = File::create(path).unwrap();
        file.set_modified(began + Duration::from_millis(millis))
            .unwrap();
    }

    #[test]
    fn the_hint_comes_once_after_three_builds_that_linked_for_long() {
        let root = tempfile::tempdir().unwrap();
        let executable = root.path().join("debug/my-app");
        let began = SystemTime::now();
        let took = Duration::from_secs(1);
        let mut hint = Hint::with(TUNE);
        assert_eq!(hint.consider(&executable, began, took), None);
        let session = root.path().join("debug/incremental/my_app-1x/s-2-3");
        let mut build = |compiled, linked| {
            create(&session.join("a.o"), began, compiled);
            create(&executable, began, linked);
            hint.consider(&executable, began, took)
        };
        for (compiled, linked, is_hint) in [
            (400, 900, false),
            (400, 900, false),
            // Fast.
            (800, 900, false),
            (400, 900, false),
            (400, 900, false),
            (400, 900, true),
            (400, 900, false),
        ] {
            let text = build(compiled, linked);
            assert_eq!(text.is_some(), is_hint, "{text:?}");
            let figures = "linking took 500 ms of the last build's 1000 ms";
            assert!(text.is_none_or(|text| text.starts_with(figures)));
        }
    }

    #[test]
    fn a_program_that_was_not_compiled_now_does_not_count() {
        let root = tempfile::tempdir().unwrap();
        let executable = root.path().join("debug/app");
        let began = SystemTime::now();
        create(
            &root.path().join("debug/incremental/app-1/s-1/a.o"),
            began,
            0,
        );
        create(&executable, began, 900);
        let later = began + Duration::from_millis(1);
        assert_eq!(linking(&executable, later), None);
        assert_eq!(
            linking(&executable, began),
            Some(Duration::from_millis(900))
        );
    }
}
