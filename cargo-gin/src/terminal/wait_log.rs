//! The waits of a build as lines, for output that is not a terminal and has no status line.

use crate::state::{Blocked, Progress};

/// The waits of a build, each of which is printed once.
#[derive(Debug, Default)]
pub(super) struct WaitLog {
    /// The line of the work before the first crate.
    step: String,
    /// The lock that cargo waits for, and its line.
    lock: Option<(String, String)>,
}

impl WaitLog {
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
        lines
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
