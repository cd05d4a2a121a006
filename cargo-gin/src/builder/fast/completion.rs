//! The rest of a build whose program is linked early: it is linked as a whole, and everything is left as by cargo.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::builder::fast::compiler::{Compiler, Said};
use crate::builder::fast::node::Node;
use crate::builder::fast::reason::Reason;
use crate::builder::fast::stamp::Stamp;
use crate::builder::fast::unit::UnitId;
use crate::os::exit::ExitStatus;

/// A compiler that has yet to link its program as a whole. Dropping it ends the compiler.
#[derive(Debug)]
pub(super) struct Remainder {
    pub(super) node: Arc<Node>,
    pub(super) began: SystemTime,
    pub(super) compiler: Compiler,
    pub(super) readers: JoinSet<()>,
    pub(super) line_rx: mpsc::Receiver<(UnitId, Option<String>)>,
}

/// The completion of a program, while its early version runs. Dropping it ends the compiler.
#[derive(Debug)]
pub(super) struct Completion {
    pub(super) node: Arc<Node>,
    task: JoinSet<Result<Completed, Reason>>,
}

/// A program that is complete.
#[derive(Debug)]
pub(super) struct Completed {
    /// The messages of the linker.
    pub(super) messages: Vec<String>,
    pub(super) twin: Twin,
}

/// A complete program, and the early one that behaves like it.
#[derive(Clone, Debug)]
pub(super) struct Twin {
    executable: PathBuf,
    stamp: Stamp,
    early: PathBuf,
}

impl Completion {
    /// Lets it run with cargo's locks, while the early program runs.
    pub(super) fn start(
        remainder: Remainder,
        early: PathBuf,
        locks: Vec<File>,
        notice_tx: mpsc::UnboundedSender<String>,
    ) -> Completion {
        let node = Arc::clone(&remainder.node);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let _locks = locks;
            let completed = remainder.finish(early).await;
            if let Err(reason) = &completed {
                let notice = format!(
                    "--fast: the app runs, but {reason} as a whole; cargo reports why at the next save"
                );
                // Without a receiver, the dev server is ending.
                let _ = notice_tx.send(notice);
            }
            completed
        });
        Completion { node, task }
    }

    /// Returns the complete program. If it is not complete yet, it ends the compiler and returns `None`.
    pub(super) async fn end(mut self) -> Option<Result<Completed, Reason>> {
        match self.task.try_join_next() {
            Some(Ok(result)) => Some(result),
            Some(Err(error)) => Some(Err(io::Error::other(error).into())),
            None => {
                self.task.shutdown().await;
                None
            }
        }
    }
}

impl Twin {
    /// Returns the early program, if the complete one is still the one that it behaves like.
    pub(super) fn of(&self, executable: &Path) -> Option<&PathBuf> {
        let is_same = self.executable == executable
            && self.stamp.proves(&Stamp::of(executable, &[]))
            && self.early.is_file();
        is_same.then_some(&self.early)
    }
}

impl Remainder {
    async fn finish(mut self, early: PathBuf) -> Result<Completed, Reason> {
        let mut messages = Vec::new();
        while let Some((_, Some(line))) = self.line_rx.recv().await {
            if let Said::Message(message) = self.compiler.read(line) {
                messages.push(message);
            }
        }
        self.readers.shutdown().await;
        if self.compiler.process.wait().await? != ExitStatus::Code(0) {
            let name = self.node.artifact.target.name.clone();
            return Err(Reason::Unlinked(name));
        }
        let kept = self.compiler.messages.as_bytes();
        self.node.complete(self.began, kept)?;
        let executable = self.node.artifact.executable.clone().unwrap_or_default();
        Ok(Completed {
            messages,
            twin: Twin {
                stamp: Stamp::of(&executable, &[]),
                executable,
                early,
            },
        })
    }
}
