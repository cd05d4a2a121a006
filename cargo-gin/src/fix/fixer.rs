//! The task that edits files and can undo its edits.

use std::io;

use tokio::sync::{mpsc, oneshot, watch};

use crate::fix::choice::Choice;
use crate::fix::edit::{apply, patches};
use crate::fix::refused::Refused;
use crate::fix::rewrite::{Rewrite, RewriteError, read, rewrite};
use crate::fix::step::Change;
use crate::fix::suggestion::edits;
use crate::state::Status;

/// An order of a page, with the channel for the result.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) task: Task,
    /// Receives the result.
    pub(crate) done: oneshot::Sender<Result<Fixed, Refused>>,
}

/// The work that a page can order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Apply suggestions of a build.
    Fix {
        /// The number of the attempt.
        build: u64,
        choice: Choice,
    },
    /// Undo the last step.
    Undo,
}

/// The result of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fixed {
    /// The written files, by rustc's names.
    pub(crate) files: Vec<String>,
    /// The number of steps that can be undone now.
    pub(crate) undoable: usize,
}

/// The task that carries out orders one at a time: of two for the same place, the second finds the file changed.
#[derive(Debug)]
pub(crate) struct Fixer {
    status: watch::Receiver<Status>,
    journal: Journal,
    /// The number of steps that can be undone.
    undoable: watch::Sender<usize>,
}

/// The steps that can be undone, the last at the end.
#[derive(Debug, Default)]
struct Journal(Vec<Vec<Change>>);

impl Fixer {
    /// Makes a fixer for the builds in `status`.
    pub(crate) fn new(status: watch::Receiver<Status>) -> Fixer {
        Fixer {
            status,
            journal: Journal::default(),
            undoable: watch::Sender::default(),
        }
    }

    /// Subscribes to the number of steps that can be undone.
    pub(crate) fn undoable(&self) -> watch::Receiver<usize> {
        self.undoable.subscribe()
    }

    /// Runs until all senders of orders are gone.
    pub(crate) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        while let Some(Order { task, done }) = orders.recv().await {
            let result = match task {
                Task::Fix { build, choice } => self.fix(build, choice),
                Task::Undo => self.undo(),
            };
            // The client may have disconnected.
            let _ = done.send(result);
        }
    }

    /// Applies suggestions of a build.
    pub(super) fn fix(&mut self, build: u64, choice: Choice) -> Result<Fixed, Refused> {
        let status = self.status.borrow().clone();
        if status.attempt != build {
            return Err(Refused::Outdated { build });
        }
        let sources = status.diagnostics.sources();
        let mut step = Vec::new();
        for (name, edits) in edits(&status.diagnostics, choice, build)? {
            let taken = sources.find(&name).ok_or(Refused::Unknown)?;
            let before = taken.source.text();
            let after = apply(before, &edits).ok_or(Refused::Overlapping)?;
            let rewrite = Rewrite {
                path: taken.path.clone(),
                before: before.to_owned(),
                after,
                name,
            };
            let patches = patches(before, &edits);
            step.push(Change { rewrite, patches });
        }
        let rewrites: Vec<_> = step.iter().map(|change| change.rewrite.clone()).collect();
        rewrite(&rewrites).map_err(|(culprit, error)| {
            refused(culprit, error, |file| Refused::Changed { file, build })
        })?;
        self.journal.add(step);
        Ok(self.fixed(names(&rewrites)))
    }

    /// Undoes the last step. Later changes of its files are kept. A step that cannot be undone is dropped.
    pub(super) fn undo(&mut self) -> Result<Fixed, Refused> {
        let last = self.journal.0.last().ok_or(Refused::Nothing)?;
        let undone = undo(last);
        if !matches!(undone, Err(Refused::Unwritable { .. })) {
            self.journal.0.pop();
        }
        self.undoable.send_replace(self.journal.0.len());
        undone.map(|files| self.fixed(files))
    }

    fn fixed(&self, files: Vec<String>) -> Fixed {
        let undoable = self.journal.0.len();
        self.undoable.send_replace(undoable);
        Fixed { files, undoable }
    }
}

impl Journal {
    /// The largest number of steps.
    const STEPS: usize = 50;
    /// The largest size of all steps together, in bytes. The last step is kept whatever its size.
    const SIZE: usize = 16 << 20;

    /// Adds a step and forgets the oldest beyond the limits.
    fn add(&mut self, step: Vec<Change>) {
        self.0.push(step);
        let mut size = 0;
        let newest = self.0.iter().rev().enumerate();
        let kept = newest.take_while(|(index, step)| {
            size += step.iter().map(Change::size).sum::<usize>();
            *index == 0 || *index < Self::STEPS && size <= Self::SIZE
        });
        let forgotten = self.0.len() - kept.count();
        self.0.drain(..forgotten);
    }
}

/// Undoes a step, and returns the names of its files.
fn undo(step: &[Change]) -> Result<Vec<String>, Refused> {
    let mut back = Vec::new();
    for change in step {
        let file = || change.rewrite.name.clone();
        let moved = || Refused::Moved { file: file() };
        let now = match read(&change.rewrite.path) {
            Ok(now) => now.ok_or_else(moved)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(moved()),
            Err(error) => {
                return Err(Refused::Unwritable {
                    file: file(),
                    reason: error.to_string(),
                });
            }
        };
        back.push(change.inverse(&now).ok_or_else(moved)?);
    }
    rewrite(&back)
        .map_err(|(culprit, error)| refused(culprit, error, |file| Refused::Moved { file }))?;
    Ok(names(&back))
}

fn names(step: &[Rewrite]) -> Vec<String> {
    step.iter().map(|rewrite| rewrite.name.clone()).collect()
}

/// Converts an error into a refusal. `changed` makes the refusal for a file with other contents.
fn refused(culprit: &Rewrite, error: RewriteError, changed: impl Fn(String) -> Refused) -> Refused {
    let file = culprit.name.clone();
    match error {
        RewriteError::Changed => changed(file),
        RewriteError::Unwritable(error) => Refused::Unwritable {
            file,
            reason: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_steps_are_dropped_and_the_last_is_kept() {
        let step = |size: usize| {
            let rewrite = Rewrite {
                name: "a.rs".to_owned(),
                path: "/a.rs".into(),
                before: "x".repeat(size),
                after: String::new(),
            };
            let patches = Vec::new();
            vec![Change { rewrite, patches }]
        };
        let mut journal = Journal::default();
        for _ in 0..60 {
            journal.add(step(1));
        }
        assert_eq!(journal.0.len(), Journal::STEPS);
        journal.add(step(Journal::SIZE - 10));
        assert_eq!(journal.0.len(), 11);
        journal.add(step(Journal::SIZE + 1));
        assert_eq!(journal.0.len(), 1);
    }
}
