//! The progress of a build.

use std::time::{Duration, Instant};

use crate::cargo::StatusLine;

/// The progress of a build, as cargo reports it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The number of crates that are compiled.
    pub(crate) done: usize,
    /// The number of all crates. 0 until cargo reports it.
    pub(crate) total: usize,
    /// The value of `done` in cargo's first report: mostly crates that needed no work.
    pub(crate) fresh: usize,
    /// The crates that cargo is compiling, the oldest first.
    pub(crate) underway: Underway,
    /// Present while cargo waits for a lock.
    pub(crate) blocked: Option<Blocked>,
    /// The work before the first crate: "updating crates.io index". Empty if there is none.
    pub(crate) step: String,
    /// The user's command that runs instead of cargo. Empty if there is none.
    pub(crate) hook: String,
}

/// The crates that are being compiled, and those that took longest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Underway {
    now: Vec<Unit>,
    slowest: Vec<Compiled>,
}

/// A crate that is being compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    /// The name in cargo's progress bar: `hyper`, `ring(build)`.
    pub(crate) name: String,
    /// The time of the first report that named it.
    pub(crate) since: Instant,
}

/// A crate that is compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Compiled {
    /// The name in cargo's progress bar.
    pub(crate) name: String,
    /// The time between the first and the last report that named it.
    pub(crate) took: Duration,
}

/// A lock that cargo waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blocked {
    /// The lock, in cargo's words: "file lock on build directory".
    pub(crate) what: String,
    /// The process that holds it: "cargo (pid 812)". Absent where the system does not report it.
    pub(crate) holder: Option<String>,
}

impl Blocked {
    /// Returns `true` for the lock of a target directory, which another one avoids. The other locks are those of cargo's caches.
    pub(crate) fn is_of_build(&self) -> bool {
        self.what.ends_with("directory")
    }
}

impl Progress {
    /// The progress of work before the first crate.
    pub(crate) fn preparing(step: String) -> Progress {
        Progress {
            step,
            ..Progress::default()
        }
    }

    /// The progress while a hook runs.
    pub(crate) fn of_hook(command: &str, name: &str) -> Progress {
        Progress {
            hook: format!("`{command}` ({name})"),
            ..Progress::default()
        }
    }

    /// Goes as far as cargo reports.
    pub(crate) fn advance(&mut self, line: StatusLine<'_>) {
        match line {
            StatusLine::Blocking(what) => {
                self.blocked = Some(Blocked {
                    what: what.to_owned(),
                    holder: None,
                });
            }
            StatusLine::Preparing(step) => {
                self.step = step;
                self.blocked = None;
            }
            StatusLine::Compiling(name) => {
                self.step.clear();
                self.blocked = None;
                self.underway.start(name, Instant::now());
            }
            StatusLine::Building {
                done,
                total,
                crates,
            } => {
                if self.total == 0 {
                    self.fresh = done;
                }
                (self.done, self.total) = (done, total);
                self.underway.become_these(crates, Instant::now());
                self.step.clear();
                self.blocked = None;
            }
            StatusLine::Other => self.blocked = None,
        }
    }

    /// Names the process that holds the lock that cargo waits for.
    pub(crate) fn held_by(&mut self, holder: Option<String>) {
        if let Some(blocked) = &mut self.blocked {
            blocked.holder = holder;
        }
    }
}

impl Underway {
    /// The number of slowest crates that are kept.
    const SLOWEST: usize = 5;

    /// Adds a crate to those that are being compiled.
    pub(crate) fn start(&mut self, name: &str, now: Instant) {
        if !self.now.iter().any(|unit| unit.name == name) {
            self.now.push(Unit {
                name: name.to_owned(),
                since: now,
            });
        }
    }

    /// Replaces the crates that are being compiled. Those that are missing from `names` are done.
    pub(crate) fn become_these<'a>(&mut self, names: impl Iterator<Item = &'a str>, now: Instant) {
        let mut old = std::mem::take(&mut self.now);
        for name in names {
            // Cargo prints "Compiling ring" for all its units at once, and then lists them: ring(build), later ring.
            let is_same = |unit: &Unit| unit.name == name;
            let is_part = |unit: &Unit| {
                name.strip_prefix(&unit.name)
                    .is_some_and(|rest| rest.starts_with('('))
            };
            let known = old
                .iter()
                .position(is_same)
                .or_else(|| old.iter().position(is_part));
            let since = known.map_or(now, |at| old.remove(at).since);
            let name = name.to_owned();
            self.now.push(Unit { name, since });
        }
        let done = old.into_iter().map(|Unit { name, since }| Compiled {
            name,
            took: now - since,
        });
        self.slowest.extend(done);
        self.slowest
            .sort_by_key(|compiled| std::cmp::Reverse(compiled.took));
        self.slowest.truncate(Self::SLOWEST);
    }

    /// Returns the crates that are being compiled.
    pub(crate) fn now(&self) -> &[Unit] {
        &self.now
    }

    /// Returns the names of the crates that are being compiled.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.now.iter().map(|unit| unit.name.as_str()).collect()
    }

    /// Returns the compiled crates that took longest, the slowest first: at most 5.
    pub(crate) fn slowest(&self) -> &[Compiled] {
        &self.slowest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_timed_from_its_first_report_to_the_one_that_lacks_it() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut underway = Underway::default();
        underway.start("ring", at(0));
        underway.start("app", at(1));
        underway.become_these(["ring(build)", "app"].into_iter(), at(2));
        underway.become_these(["app", "ring"].into_iter(), at(5));
        underway.become_these(["ring"].into_iter(), at(6));
        let since: Vec<_> = underway.now().iter().map(|unit| unit.since).collect();
        assert_eq!((underway.names(), since), (vec!["ring"], vec![at(5)]));
        let slowest: Vec<_> = underway
            .slowest()
            .iter()
            .map(|done| (done.name.as_str(), done.took.as_secs()))
            .collect();
        assert_eq!(slowest, [("ring(build)", 5), ("app", 5)]);
    }

    #[test]
    fn the_work_before_the_first_crate_is_named_until_then() {
        let mut progress = Progress::default();
        for (line, step, lock) in [
            (
                "    Blocking waiting for file lock on package cache",
                "",
                Some("file lock on package cache"),
            ),
            (
                "    Updating crates.io index",
                "updating crates.io index",
                None,
            ),
            (" Downloading crates ...", "downloading crates", None),
            ("  Downloaded http v1.3.1", "downloading crates", None),
            ("   Compiling http v1.3.1", "", None),
        ] {
            progress.advance(StatusLine::parse(line).expect("it begins with a verb"));
            let blocked = progress.blocked.as_ref();
            let found = blocked.map(|blocked| blocked.what.as_str());
            assert_eq!((progress.step.as_str(), found), (step, lock), "{line}");
        }
    }

    #[test]
    fn only_the_slowest_crates_are_kept() {
        let start = Instant::now();
        let mut underway = Underway::default();
        for seconds in 0..20 {
            underway.start(&format!("crate{seconds}"), start);
            underway.become_these([].into_iter(), start + Duration::from_secs(seconds));
        }
        assert_eq!(underway.slowest().len(), Underway::SLOWEST);
        assert_eq!(underway.slowest()[0].name, "crate19");
    }
}
