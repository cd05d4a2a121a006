//! The task that edits files, and remembers how they were.

use tokio::sync::{mpsc, oneshot, watch};

use crate::fix::choice::Choice;
use crate::fix::edit::apply;
use crate::fix::refused::Refused;
use crate::fix::rewrite::{Fault, Rewrite, rewrite};
use crate::fix::suggestion::edits;
use crate::state::Status;

/// What a page asks for, and who is told how it went.
#[derive(Debug)]
pub(crate) struct Order {
    /// What to do.
    pub(crate) task: Task,
    /// Is told when it is done.
    pub(crate) done: oneshot::Sender<Result<Fixed, Refused>>,
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

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fixed {
    /// The files that were written, as rustc names them.
    pub(crate) files: Vec<String>,
    /// How many steps can be taken back now.
    pub(crate) undoable: usize,
}

/// Edits files by order, one order at a time: of two for the same place the second finds the file changed.
#[derive(Debug)]
pub(crate) struct Fixer {
    status: watch::Receiver<Status>,
    journal: Journal,
    /// How many steps can be taken back.
    undoable: watch::Sender<usize>,
}

/// What was done, the last at the end.
#[derive(Debug, Default)]
struct Journal(Vec<Vec<Rewrite>>);

impl Fixer {
    /// A fixer for the builds that `status` tells of.
    pub(crate) fn new(status: watch::Receiver<Status>) -> Fixer {
        Fixer {
            status,
            journal: Journal::default(),
            undoable: watch::Sender::default(),
        }
    }

    /// Tells how many steps can be taken back.
    pub(crate) fn undoable(&self) -> watch::Receiver<usize> {
        self.undoable.subscribe()
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

    /// Makes suggestions of a build.
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
            step.push(Rewrite {
                path: taken.path.clone(),
                before: before.to_owned(),
                after,
                name,
            });
        }
        rewrite(&step).map_err(|(culprit, fault)| {
            refused(culprit, fault, |file| Refused::Changed { file, build })
        })?;
        let files = names(&step);
        self.journal.add(step);
        Ok(self.fixed(files))
    }

    /// Takes back what was made last.
    pub(super) fn undo(&mut self) -> Result<Fixed, Refused> {
        let last = self.journal.0.last().ok_or(Refused::Nothing)?;
        let back: Vec<_> = last.iter().map(Rewrite::back).collect();
        rewrite(&back)
            .map_err(|(culprit, fault)| refused(culprit, fault, |file| Refused::Moved { file }))?;
        self.journal.0.pop();
        Ok(self.fixed(names(&back)))
    }

    fn fixed(&self, files: Vec<String>) -> Fixed {
        let undoable = self.journal.0.len();
        self.undoable.send_replace(undoable);
        Fixed { files, undoable }
    }
}

impl Journal {
    /// How many steps can be undone.
    const STEPS: usize = 50;
    /// How many octets they may hold on to in all, but for the last one.
    const SIZE: usize = 16 << 20;

    /// Adds a step and forgets the oldest beyond the limits.
    fn add(&mut self, step: Vec<Rewrite>) {
        self.0.push(step);
        let mut size = 0;
        let newest = self.0.iter().rev().enumerate();
        let kept = newest.take_while(|(index, step)| {
            size += step.iter().map(Rewrite::size).sum::<usize>();
            *index == 0 || *index < Self::STEPS && size <= Self::SIZE
        });
        let forgotten = self.0.len() - kept.count();
        self.0.drain(..forgotten);
    }
}

fn names(step: &[Rewrite]) -> Vec<String> {
    step.iter().map(|rewrite| rewrite.name.clone()).collect()
}

/// A fault as it is told. `changed` says what it means that the file holds something else.
fn refused(culprit: &Rewrite, fault: Fault, changed: impl Fn(String) -> Refused) -> Refused {
    let file = culprit.name.clone();
    match fault {
        Fault::Changed => changed(file),
        Fault::Unwritable(error) => Refused::Unwritable {
            file,
            reason: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_steps_are_forgotten_and_never_the_last() {
        let step = |size: usize| {
            vec![Rewrite {
                name: "a.rs".to_owned(),
                path: "/a.rs".into(),
                before: "x".repeat(size),
                after: String::new(),
            }]
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
