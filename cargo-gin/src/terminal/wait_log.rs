//! The waits and the progress of a build as lines, for output that is not a terminal and has no status line.

use crate::state::{Blocked, Progress};

/// The waits of a build and the parts of a long one, each of which is printed once.
#[derive(Debug, Default)]
pub(super) struct WaitLog {
    /// The line of the work before the first crate.
    step: String,
    /// The lock that cargo waits for, and its line.
    lock: Option<(String, String)>,
    /// The number of parts of a long build that have a line.
    parts: usize,
}

impl WaitLog {
    /// The least number of crates that makes a build long.
    const LONG: usize = 16;
    /// The number of parts of a long build, each of which has a line when it begins.
    const PARTS: usize = 4;

    /// Returns the lines for what is new.
    pub(super) fn lines(&mut self, progress: &Progress) -> Vec<String> {
        let mut lines = Vec::new();
        match (&progress.blocked, &self.lock) {
            (Some(blocked), known) => {
                let line = waiting(blocked);
                if known.as_ref().is_none_or(|(_, known)| *known != line) {
                    lines.push(line.clone());
                }
                self.lock = Some((blocked.what.clone(), line));
            }
            (None, Some((what, _))) => {
                lines.push(format!("no longer waiting for {what}"));
                self.lock = None;
            }
            (None, None) => {}
        }
        if self.step != progress.step {
            self.step.clone_from(&progress.step);
            lines.extend((!self.step.is_empty()).then(|| self.step.clone()));
        }
        lines.extend(self.part(progress));
        lines
    }

    /// Returns the line of the part that a long build has just begun.
    fn part(&mut self, progress: &Progress) -> Option<String> {
        let crates = progress.total.saturating_sub(progress.fresh);
        let done = progress.done.saturating_sub(progress.fresh);
        let begun = match crates {
            0..Self::LONG => 0,
            _ => Self::PARTS.min(1 + done * Self::PARTS / crates),
        };
        let known = std::mem::replace(&mut self.parts, begun);
        match (known, begun) {
            (0, 1..) => Some(format!("compiling {crates} crates")),
            (1.., _) if begun > known => Some(format!("compiled {done} of {crates} crates")),
            _ => None,
        }
    }
}

/// Returns the lock that cargo waits for, with its holder.
pub(super) fn waiting(blocked: &Blocked) -> String {
    match &blocked.holder {
        Some(holder) => format!("waiting for {}: held by {holder}", blocked.what),
        None => format!(
            "waiting for {}: another cargo is running, perhaps rust-analyzer",
            blocked.what
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_build_has_a_line_for_each_quarter() {
        let mut log = WaitLog::default();
        let compiling = |done, total, fresh| Progress {
            done,
            total,
            fresh,
            ..Progress::default()
        };
        for (progress, lines) in [
            (compiling(100, 140, 100), &["compiling 40 crates"][..]),
            (compiling(109, 140, 100), &[]),
            (compiling(110, 140, 100), &["compiled 10 of 40 crates"]),
            (compiling(111, 140, 100), &[]),
            (compiling(131, 140, 100), &["compiled 31 of 40 crates"]),
            (compiling(140, 140, 100), &[]),
            (compiling(138, 140, 138), &[]),
            (compiling(0, 0, 0), &[]),
            (compiling(0, 16, 0), &["compiling 16 crates"]),
        ] {
            assert_eq!(log.lines(&progress), lines, "{progress:?}");
        }
    }

    #[test]
    fn each_wait_has_a_line_when_it_begins_and_when_it_ends() {
        let mut log = WaitLog::default();
        let step = |step: &str| Progress::preparing(step.to_owned());
        let blocked = |holder: Option<&str>| Progress {
            blocked: Some(Blocked {
                what: "file lock on package cache".to_owned(),
                holder: holder.map(str::to_owned),
            }),
            ..step("reading")
        };
        for (progress, lines) in [
            (step("reading"), &["reading"][..]),
            (step("reading"), &[]),
            (
                blocked(Some("cargo (pid 7)")),
                &["waiting for file lock on package cache: held by cargo (pid 7)"],
            ),
            (blocked(Some("cargo (pid 7)")), &[]),
            (
                blocked(None),
                &[
                    "waiting for file lock on package cache: another cargo is running, perhaps rust-analyzer",
                ],
            ),
            (
                step("updating"),
                &[
                    "no longer waiting for file lock on package cache",
                    "updating",
                ],
            ),
            (Progress::default(), &[]),
            (step("reading"), &["reading"]),
        ] {
            assert_eq!(log.lines(&progress), lines, "{progress:?}");
        }
    }
}
