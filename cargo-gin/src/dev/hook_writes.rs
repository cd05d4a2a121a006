//! Files that hooks write.
//!
//! A hook that runs before cargo may write sources. The build reads them, so their changes must not start another. Who wrote a file
//! cannot be observed, only when:
//!
//! | last change of all files | files | the change |
//! |---|---|---|
//! | not during a run of a hook | any | is the user's, and so are these files from now on |
//! | during a run of `build` | all were written in two runs, and never otherwise | is dropped: cargo reads them after the hook |
//! | during a run of `build` | others | starts an attempt once the hook has ended, so that the hook reads them, too |
//! | during a run of `build` | one is the user's | starts an attempt at once |
//! | during a run of another hook | any | starts an attempt, but a hook that began several in a row is skipped once |

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::hooks::When;
use crate::state::ChangedFiles;

/// A run of a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HookRun {
    pub(super) when: When,
    pub(super) began: SystemTime,
    /// Absent while it runs.
    pub(super) ended: Option<SystemTime>,
}

/// The files that hooks are known to write, and those of the user's.
#[derive(Debug, Default)]
pub(super) struct HookWrites {
    /// The runs of `build` in which each file was written.
    runs: HashMap<PathBuf, Count>,
    users: HashSet<PathBuf>,
    /// The attempts in a row that changes during runs of hooks have begun.
    rounds: Rounds,
}

/// The attempts in a row that changes during runs of hooks have begun.
#[derive(Clone, Copy, Debug, Default)]
struct Rounds {
    when: Option<When>,
    count: Count,
}

/// A number of runs. Several changes during one run count once.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    runs: u32,
    /// The start of the last one.
    began: Option<SystemTime>,
}

/// The fate of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It counts.
    Counts,
    /// It counts once the hook has ended.
    Waits,
    /// The build after the hook reads it.
    Folded,
    /// It is folded, as is known only now.
    RevealedAsFolded,
    /// It counts, but the hook that began as many attempts in a row is skipped.
    CountsWithout(When),
}

impl HookRun {
    fn covers(&self, time: Option<SystemTime>) -> bool {
        match time {
            Some(time) => time >= self.began && self.ended.is_none_or(|ended| time <= ended),
            // It is gone, most likely just now.
            None => self.ended.is_none(),
        }
    }
}

impl HookWrites {
    /// The number of runs in which a file is written until it is taken for the hook's.
    const LEARNED: u32 = 2;
    /// The number of attempts in a row that changes during runs of a hook may begin.
    const ROUNDS: u32 = 5;

    /// Decides about a change. `last` is the run of a hook that began last, and `touched` returns the time of the last change to a
    /// file, if it exists.
    pub(super) fn fate(
        &mut self,
        files: &ChangedFiles,
        last: Option<&HookRun>,
        touched: impl Fn(&Path) -> Option<SystemTime>,
    ) -> Fate {
        let during = |file: &&PathBuf| last.is_some_and(|run| run.covers(touched(file)));
        let Some(run) = last.filter(|_| files.paths().all(|file| during(&file))) else {
            self.rounds = Rounds::default();
            for file in files.paths().filter(|file| !during(file)) {
                self.runs.remove(file);
                self.users.insert(file.clone());
            }
            return Fate::Counts;
        };
        if run.when != When::Build {
            return self.beside(run);
        }
        if files.paths().all(|file| self.is_learned(file)) {
            return Fate::Folded;
        }
        if self.rounds.next(run) > Self::ROUNDS {
            for file in files.paths() {
                self.users.remove(file);
                let count = self.runs.entry(file.clone()).or_default();
                count.runs = count.runs.max(Self::LEARNED);
            }
            return Fate::RevealedAsFolded;
        }
        if files.paths().any(|file| self.users.contains(file)) {
            return Fate::Counts;
        }
        for file in files.paths() {
            self.runs.entry(file.clone()).or_default().add(run);
        }
        if files.paths().all(|file| self.is_learned(file)) {
            Fate::Folded
        } else {
            Fate::Waits
        }
    }

    fn is_learned(&self, file: &Path) -> bool {
        self.runs
            .get(file)
            .is_some_and(|count| count.runs >= Self::LEARNED)
    }

    /// Decides about a change during a run of a hook that the build does not wait for.
    fn beside(&mut self, run: &HookRun) -> Fate {
        if self.rounds.next(run) > Self::ROUNDS {
            self.rounds = Rounds::default();
            Fate::CountsWithout(run.when)
        } else {
            Fate::Counts
        }
    }
}

impl Rounds {
    /// Counts the attempt after a run, and returns the number of attempts.
    fn next(&mut self, run: &HookRun) -> u32 {
        if self.when.replace(run.when) != Some(run.when) {
            self.count = Count::default();
        }
        self.count.add(run);
        self.count.runs
    }
}

impl Count {
    fn add(&mut self, run: &HookRun) {
        if self.began.replace(run.began) != Some(run.began) {
            self.runs += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// A hook that runs again and again, each time for a minute.
    struct Scene {
        writes: HookWrites,
        run: HookRun,
    }

    impl Scene {
        fn of(when: When) -> Scene {
            Scene {
                writes: HookWrites::default(),
                run: HookRun {
                    when,
                    began: at(0),
                    ended: None,
                },
            }
        }

        /// Begins the next run.
        fn runs(&mut self) -> &mut Scene {
            self.run.began += Duration::from_secs(60);
            self.run.ended = None;
            self
        }

        fn ends(&mut self) -> &mut Scene {
            self.run.ended = Some(self.run.began + Duration::from_secs(59));
            self
        }

        /// Decides about a change of a file during the run.
        fn during(&mut self, file: &str) -> Fate {
            self.fate(file, self.run.began + Duration::from_secs(30))
        }

        /// Decides about a change of a file before the run.
        fn before(&mut self, file: &str) -> Fate {
            self.fate(file, self.run.began - Duration::from_secs(1))
        }

        fn fate(&mut self, file: &str, time: SystemTime) -> Fate {
            let files = ChangedFiles::named(file);
            (self.writes).fate(&files, Some(&self.run), |_| Some(time))
        }
    }

    #[test]
    fn a_file_that_two_runs_have_written_is_folded() {
        let mut scene = Scene::of(When::Build);
        assert_eq!(scene.runs().during("out.rs"), Fate::Waits);
        assert_eq!(scene.during("out.rs"), Fate::Waits, "it is the same run");
        assert_eq!(scene.ends().during("out.rs"), Fate::Waits);
        assert_eq!(scene.runs().during("out.rs"), Fate::Folded);
        assert_eq!(scene.ends().during("out.rs"), Fate::Folded);
        assert_eq!(scene.runs().during("new.rs"), Fate::Waits);
        assert_eq!(scene.before("out.rs"), Fate::Counts);
        assert_eq!(scene.during("out.rs"), Fate::Counts, "the user writes it");
    }

    #[test]
    fn a_file_is_known_by_its_path_before_and_after_its_name_changes() {
        let mut writes = HookWrites::default();
        let mut fate = |root: &str, began: SystemTime| {
            let files = ChangedFiles::one("/site/app/out.rs", Path::new(root));
            let run = HookRun {
                when: When::Build,
                began,
                ended: None,
            };
            writes.fate(&files, Some(&run), |_| Some(began))
        };
        assert_eq!(fate("/site/app", at(60)), Fate::Waits);
        assert_eq!(fate("/site", at(120)), Fate::Folded);
    }

    #[test]
    fn a_save_of_the_user_s_counts_at_once() {
        let mut scene = Scene::of(When::Build);
        for _ in 0..10 {
            assert_eq!(scene.runs().before("main.rs"), Fate::Counts);
            assert_eq!(scene.during("main.rs"), Fate::Counts);
        }
    }

    #[test]
    fn a_hook_that_writes_the_user_s_files_ends_after_a_few_rounds() {
        let mut scene = Scene::of(When::Build);
        scene.runs().before("main.rs");
        for _ in 0..HookWrites::ROUNDS {
            assert_eq!(scene.runs().during("main.rs"), Fate::Counts);
        }
        assert_eq!(scene.runs().during("main.rs"), Fate::RevealedAsFolded);
        assert_eq!(scene.ends().during("main.rs"), Fate::Folded);
    }

    #[test]
    fn a_hook_beside_the_app_that_starts_builds_is_skipped_once() {
        let mut scene = Scene::of(When::Ready);
        for _ in 0..2 {
            for _ in 0..HookWrites::ROUNDS {
                assert_eq!(scene.runs().during("main.rs"), Fate::Counts);
            }
            let last = scene.runs().during("main.rs");
            assert_eq!(last, Fate::CountsWithout(When::Ready));
        }
        scene.runs().during("main.rs");
        scene.before("main.rs");
        for _ in 0..HookWrites::ROUNDS {
            assert_eq!(scene.runs().during("main.rs"), Fate::Counts);
        }
    }
}
