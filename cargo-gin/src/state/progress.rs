//! How far a run of cargo has come.

use std::time::{Duration, Instant};

/// How far cargo has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Crates done.
    pub(crate) done: usize,
    /// Crates in all. 0 until cargo says.
    pub(crate) total: usize,
    /// How many were done when cargo first said: mostly those that needed no work.
    pub(crate) fresh: usize,
    /// What cargo is compiling now, the oldest first.
    pub(crate) underway: Underway,
    /// What cargo waits for, if it waits.
    pub(crate) blocked: Option<Blocked>,
}

/// The crates that are being compiled, and those that took longest before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Underway {
    now: Vec<Unit>,
    slowest: Vec<Compiled>,
}

/// A crate that is being compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    /// As cargo calls it: `hyper`, `ring(build)`.
    pub(crate) name: String,
    /// When it was first seen.
    pub(crate) since: Instant,
}

/// A crate that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Compiled {
    /// As cargo calls it.
    pub(crate) name: String,
    /// How long it was seen at work.
    pub(crate) took: Duration,
}

/// Another cargo has what this one needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blocked {
    /// What is waited for, in cargo's words: "file lock on build directory".
    pub(crate) what: String,
    /// Who has it: "cargo (pid 812)". Unknown where the system does not tell.
    pub(crate) holder: Option<String>,
}

impl Underway {
    /// How many of the slowest are remembered.
    const SLOWEST: usize = 5;

    /// A crate is being compiled, besides the others.
    pub(crate) fn start(&mut self, name: &str, now: Instant) {
        if !self.now.iter().any(|unit| unit.name == name) {
            self.now.push(Unit {
                name: name.to_owned(),
                since: now,
            });
        }
    }

    /// These are being compiled, and no others: those that were before are done.
    pub(crate) fn become_these<'a>(&mut self, names: impl Iterator<Item = &'a str>, now: Instant) {
        let mut old = std::mem::take(&mut self.now);
        for name in names {
            // "Compiling ring" is said of all its parts: ring(build), then ring.
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

    /// What is being compiled now.
    pub(crate) fn now(&self) -> &[Unit] {
        &self.now
    }

    /// The names of what is being compiled now.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.now.iter().map(|unit| unit.name.as_str()).collect()
    }

    /// What took longest and is done, the slowest first: at most 5.
    pub(crate) fn slowest(&self) -> &[Compiled] {
        &self.slowest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_timed_from_when_they_are_first_seen_to_when_they_are_no_more() {
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
    fn only_the_slowest_are_remembered() {
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
